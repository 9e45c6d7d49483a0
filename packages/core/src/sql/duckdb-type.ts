import type { ColumnType } from '../table/column.ts';
import { formatType } from '../table/wanted-type.ts';
import { quoteName } from './quote.ts';

/** The DuckDB type of a column, as a statement holds it. Throws for a field name that no statement can hold. */
export function duckdbType(type: ColumnType): string {
  return formatType(type, quoteName);
}
