import type { Column } from '@hanse/core/table/column.ts';
import { canPromote } from '@hanse/core/table/promote.ts';
import { UserError } from '../error.ts';
import { highestId } from './create-table.ts';
import { schemaOf, type TableMetadata } from './metadata.ts';
import { type Field, formatFields, parseFields, type SchemaJson, walkFields } from './schema.ts';

/**
 * Makes `columns` the table's current schema, found by field id (Iceberg table spec, "Schema Evolution"). `keepsFiles` says
 * that files of older schemas stay. A reused id, a narrowing, or a column that becomes required over files that stay is a `UserError`.
 */
export function evolveSchema(metadata: TableMetadata, columns: readonly Column[], keepsFiles: boolean): TableMetadata {
  const current = schemaOf(metadata);
  checkEvolution(metadata, columns, keepsFiles);
  const fields = formatFields(columns);
  const same = metadata.schemas.find((schema) => JSON.stringify(comparable(schema)) === JSON.stringify(fields));
  if (same !== undefined && same['schema-id'] === current['schema-id']) return metadata;
  const next = Math.max(...metadata.schemas.map((schema) => schema['schema-id'])) + 1;
  return {
    ...metadata,
    schemas: same === undefined ? [...metadata.schemas, { type: 'struct', 'schema-id': next, fields }] : metadata.schemas,
    'current-schema-id': same?.['schema-id'] ?? next,
    'last-column-id': Math.max(metadata['last-column-id'], highestId(columns)),
  };
}

const comparable = (schema: SchemaJson) => formatFields(parseFields(schema.fields));

function checkEvolution(metadata: TableMetadata, columns: readonly Column[], keepsFiles: boolean): void {
  const before = byId(parseFields(schemaOf(metadata).fields));
  for (const field of walkFields(columns)) {
    const known = before.get(field.id);
    const wrong = known === undefined ? newFieldFault(field, metadata, keepsFiles) : knownFieldFault(known, field, keepsFiles);
    if (wrong !== undefined) {
      throw new UserError('invalid', `Column ${field.path} (id ${field.id}) ${wrong}.`, 'Give the column a new id, or publish a new major version.');
    }
  }
}

function newFieldFault(field: Field, metadata: TableMetadata, keepsFiles: boolean): string | undefined {
  if (field.id <= metadata['last-column-id']) return 'has the id of a column that was dropped';
  return keepsFiles && field.required ? 'is new and required, and rows without it stay' : undefined;
}

function knownFieldFault(known: Field, field: Field, keepsFiles: boolean): string | undefined {
  if (!canPromote(known.type, field.type)) return `cannot change from ${known.type.kind} to ${field.type.kind}`;
  return keepsFiles && field.required && !known.required ? 'becomes required, and rows that may lack it stay' : undefined;
}

function byId(columns: readonly Column[]): ReadonlyMap<number, Field> {
  const fields = new Map<number, Field>();
  for (const field of walkFields(columns)) fields.set(field.id, field);
  return fields;
}
