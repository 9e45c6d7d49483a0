import type { Column, ColumnType } from '../table/column.ts';
import { columnPaths, pathEnd } from './column-path.ts';
import { maskedType } from './masked-type.ts';
import type { ColumnAction, Restriction } from './restriction.ts';

/**
 * The columns that a bound restriction leaves to its readers, with the types they have then. A struct
 * whose last field is dropped is dropped. Throws for a restriction that was not bound to these columns.
 */
export function restrictedColumns(columns: readonly Column[], restriction: Restriction): readonly Column[] {
  const actions = actionsById(restriction);
  const known = new Set(columnPaths(columns).map((path) => pathEnd(path).id));
  const unknown = restriction.columns.find(({ column }) => !known.has(column));
  if (unknown !== undefined) throw new Error(`restriction not bound: no column ${unknown.column}`);
  return columns.flatMap((column) => restrictedColumn(column, actions));
}

export function actionsById(restriction: Restriction): ReadonlyMap<number, ColumnAction> {
  return new Map(restriction.columns.map(({ column, action }) => [column, action]));
}

/** The column as it is left, or nothing. */
export function restrictedColumn(column: Column, actions: ReadonlyMap<number, ColumnAction>): readonly Column[] {
  const action = actions.get(column.id);
  if (action === undefined) return keptColumn(column, actions);
  if (action.kind === 'drop') return [];
  const type = maskedType(column.type, action);
  if (type === undefined) throw new Error(`restriction not bound: ${action.kind} on column ${column.id}`);
  return [{ ...column, type, required: column.required && action.kind !== 'null' }];
}

function keptColumn(column: Column, actions: ReadonlyMap<number, ColumnAction>): readonly Column[] {
  if (column.type.kind !== 'struct') return [column];
  const fields = column.type.fields.flatMap((field) => restrictedColumn(field, actions));
  const type: ColumnType = { kind: 'struct', fields };
  return fields.length === 0 ? [] : [{ ...column, type }];
}
