import type { Column, ColumnType } from './column.ts';
import { canPromote } from './promote.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

/** A table's columns, the stable key behind each field id (its name where none is given), and the highest id ever used. */
export interface KeyedColumns {
  readonly columns: readonly Column[];
  readonly keys: Readonly<Record<string, string>>;
  readonly lastColumnId: number;
}

/** One difference; `path` is dotted, as the columns are named now. */
export type ColumnChange =
  | { readonly kind: 'added' | 'dropped' | 'required' | 'optional'; readonly id: number; readonly path: string }
  | { readonly kind: 'renamed'; readonly id: number; readonly path: string; readonly from: string }
  | { readonly kind: 'widened'; readonly id: number; readonly path: string; readonly from: ColumnType; readonly to: ColumnType }
  /** No promotion leads from one type to the other: the column has a new id, and rows of older files read as null. */
  | { readonly kind: 'retyped'; readonly id: number; readonly was: number; readonly path: string; readonly from: ColumnType; readonly to: ColumnType };

export interface AssignedColumns extends KeyedColumns {
  readonly changes: readonly ColumnChange[];
}

export const noColumns: KeyedColumns = { columns: [], keys: {}, lastColumnId: 0 };

interface Assignment {
  readonly previousKeys: Readonly<Record<string, string>>;
  readonly keys: Record<string, string>;
  readonly changes: ColumnChange[];
  readonly newId: () => number;
}

/**
 * Gives wanted columns their Iceberg field ids, at every depth: the same key keeps its id through renames, moves and
 * widenings; new ids lie above every id ever used, and none is used again.
 */
export function assignFieldIds(previous: KeyedColumns, wanted: readonly WantedField[]): AssignedColumns {
  let last = previous.lastColumnId;
  const newId = () => {
    last += 1;
    return last;
  };
  const assignment: Assignment = { previousKeys: previous.keys, keys: {}, changes: [], newId };
  const columns = assignFields(assignment, previous.columns, wanted, '');
  return { columns, keys: assignment.keys, lastColumnId: last, changes: assignment.changes };
}

function assignFields(assignment: Assignment, previous: readonly Column[], wanted: readonly WantedField[], prefix: string): readonly Column[] {
  const left = [...previous];
  const columns = wanted.map((column) => assignField(assignment, takeMatch(assignment, left, column, wanted), column, prefix));
  for (const { id, name } of left) assignment.changes.push({ kind: 'dropped', id, path: prefix + name });
  return columns;
}

/** By key; a property that gets an explicit id keeps the column that had its name for a key so far. */
function takeMatch({ previousKeys }: Assignment, left: Column[], { key, name }: WantedField, wanted: readonly WantedField[]): Column | undefined {
  const keyOf = (column: Column) => previousKeys[column.id] ?? column.name;
  const byKey = left.findIndex((column) => keyOf(column) === key);
  const byName = left.findIndex((column) => column.name === name && keyOf(column) === name && wanted.every((other) => other.key !== name));
  return left.splice(byKey >= 0 ? byKey : byName >= 0 ? byName : left.length, 1)[0];
}

function assignField(assignment: Assignment, known: Column | undefined, wanted: WantedField, prefix: string): Column {
  const path = prefix + wanted.name;
  const fits = known !== undefined && keepsId(known.type, wanted.type);
  const id = fits ? known.id : assignment.newId();
  const type = assignType(assignment, fits ? known.type : undefined, wanted.type, `${path}.`);
  assignment.keys[id] = wanted.key;
  if (known === undefined) assignment.changes.push({ kind: 'added', id, path });
  else if (!fits) assignment.changes.push({ kind: 'retyped', id, was: known.id, path, from: known.type, to: type });
  else assignment.changes.push(...changesOf(known, { ...wanted, type }, path));
  const { name, required, doc } = wanted;
  return { id, name, type, required, ...(doc !== undefined && { doc }) };
}

function changesOf(known: Column, wanted: Omit<Column, 'id'>, path: string): readonly ColumnChange[] {
  const { id } = known;
  const changes: ColumnChange[] = [];
  if (known.name !== wanted.name) changes.push({ kind: 'renamed', id, path, from: known.name });
  if (known.required !== wanted.required) changes.push({ kind: wanted.required ? 'required' : 'optional', id, path });
  if (isWidened(known.type, wanted.type)) changes.push({ kind: 'widened', id, path, from: known.type, to: wanted.type });
  return changes;
}

function keepsId(from: ColumnType, to: WantedType): boolean {
  if (from.kind === 'struct' && to.kind === 'struct') return true;
  if (from.kind === 'list' && to.kind === 'list') return keepsId(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return keepsId(from.key, to.key) && keepsId(from.value, to.value);
  if (to.kind === 'struct' || to.kind === 'list' || to.kind === 'map') return false;
  return canPromote(from, scalar(to));
}

type Scalar = Exclude<WantedType, { readonly kind: 'struct' | 'list' | 'map' }>;

/** Without what only a contract says of a type. */
function scalar(type: Scalar): ColumnType {
  return type.kind === 'decimal' ? { kind: 'decimal', precision: type.precision, scale: type.scale } : { kind: type.kind };
}

/** Fields of a struct speak for themselves. */
function isWidened(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.precision !== to.precision;
  if (from.kind === 'list' && to.kind === 'list') return isWidened(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return isWidened(from.key, to.key) || isWidened(from.value, to.value);
  return from.kind !== to.kind;
}

function assignType(assignment: Assignment, known: ColumnType | undefined, wanted: WantedType, prefix: string): ColumnType {
  const same = known?.kind === wanted.kind ? known : undefined;
  if (wanted.kind === 'struct') {
    const fields = same?.kind === 'struct' ? same.fields : [];
    return { kind: 'struct', fields: assignFields(assignment, fields, wanted.fields, prefix) };
  }
  if (wanted.kind === 'list') {
    const before = same?.kind === 'list' ? same : undefined;
    const elementId = before?.elementId ?? assignment.newId();
    return { kind: 'list', elementId, element: assignType(assignment, before?.element, wanted.element, `${prefix}element.`) };
  }
  if (wanted.kind === 'map') {
    const before = same?.kind === 'map' ? same : undefined;
    const keyId = before?.keyId ?? assignment.newId();
    const valueId = before?.valueId ?? assignment.newId();
    const key = assignType(assignment, before?.key, wanted.key, `${prefix}key.`);
    return { kind: 'map', keyId, key, valueId, value: assignType(assignment, before?.value, wanted.value, `${prefix}value.`) };
  }
  return scalar(wanted);
}
