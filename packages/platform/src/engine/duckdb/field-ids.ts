import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';

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
