import type { Column, ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import { quoteName } from './quote.ts';

const primitives: Readonly<Record<PrimitiveKind, string>> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  string: 'VARCHAR',
  uuid: 'UUID',
  binary: 'BLOB',
};

/** DuckDB's text of a column type. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'list':
      return `${sqlType(type.element)}[]`;
    case 'map':
      return `MAP(${sqlType(type.key)}, ${sqlType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${sqlType(field.type)}`).join(', ')})`;
    default:
      return primitives[type.kind];
  }
}

/** DuckDB's `FIELD_IDS` of a Parquet file: Iceberg's ids, nested ones too. */
export function fieldIds(columns: readonly Column[]): string {
  return `{${columns.map((column) => `${quoteName(column.name)}: ${fieldId(column.id, column.type)}`).join(', ')}}`;
}

function fieldId(id: number, type: ColumnType): string {
  const own = `__duckdb_field_id: ${id}`;
  switch (type.kind) {
    case 'list':
      return `{${own}, element: ${fieldId(type.elementId, type.element)}}`;
    case 'map':
      return `{${own}, key: ${fieldId(type.keyId, type.key)}, value: ${fieldId(type.valueId, type.value)}}`;
    case 'struct':
      return `{${own}, ${fieldIds(type.fields).slice(1, -1)}}`;
    default:
      return String(id);
  }
}
