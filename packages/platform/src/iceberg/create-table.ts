import type { Column } from '@hanse/core/table/column.ts';
import type { TableMetadata } from './metadata.ts';
import { formatFields, walkFields } from './schema.ts';

export interface NewTable {
  readonly uuid: string;
  /** The table's own folder as an absolute address: `files.uri('metadata/<uuid>')`. */
  readonly location: string;
  readonly columns: readonly Column[];
  readonly properties?: Readonly<Record<string, string>>;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Metadata of an unpartitioned table without a snapshot (Iceberg table spec, format version 2). */
export function createTable({ uuid, location, columns, properties, at }: NewTable): TableMetadata {
  return {
    'format-version': 2,
    'table-uuid': uuid,
    location,
    'last-sequence-number': 0,
    'last-updated-ms': Date.parse(at),
    'last-column-id': highestId(columns),
    schemas: [{ type: 'struct', 'schema-id': 0, fields: formatFields(columns) }],
    'current-schema-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: [] }],
    'default-spec-id': 0,
    'last-partition-id': 999,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: properties ?? {},
    'current-snapshot-id': null,
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    refs: {},
  };
}

/** The highest field id at any depth; 0 where there are no columns. */
export function highestId(columns: readonly Column[]): number {
  return Math.max(0, ...Array.from(walkFields(columns), (field) => field.id));
}
