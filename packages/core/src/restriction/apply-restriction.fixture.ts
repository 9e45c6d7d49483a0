import type { Column, ColumnType } from '../table/column.ts';
import { literalText } from './literal.ts';
import type { Mask } from './masked-type.ts';
import { actionsById } from './restricted-columns.ts';
import type { ColumnAction, CompareOperator, Literal, Predicate, Restriction } from './restriction.ts';

/** A value as the text its type shows (times in UTC), a struct as its fields by id, null as null. */
export type Cell = string | null | Cells;
export interface Cells {
  readonly [columnId: number]: Cell;
}

/**
 * What a bound restriction means, row by row: the reference that compiled SQL is held against. Undefined where the row
 * is hidden. `hash` gives the keyed hash of a text in hex.
 */
export function applyRestriction(columns: readonly Column[], restriction: Restriction, hash: (text: string) => string): (row: Cells) => Cells | undefined {
  const actions = actionsById(restriction);
  const { rows } = restriction;
  return (row) => (rows === undefined || holds(columns, row, rows) === true ? visible(columns, row, actions, hash) : undefined);
}

function visible(columns: readonly Column[], row: Cells, actions: ReadonlyMap<number, ColumnAction>, hash: (text: string) => string): Cells {
  const kept = columns.filter((column) => isLeft(column, actions));
  return Object.fromEntries(
    kept.map(({ id, type }) => {
      const [cell, action] = [row[id] ?? null, actions.get(id)];
      if (action !== undefined && action.kind !== 'drop') return [id, masked(type, cell, action, hash)];
      const fields = type.kind === 'struct' && isCells(cell) ? visible(type.fields, cell, actions, hash) : cell;
      return [id, fields];
    }),
  );
}

function isLeft({ id, type }: Column, actions: ReadonlyMap<number, ColumnAction>): boolean {
  const action = actions.get(id);
  if (action !== undefined || type.kind !== 'struct') return action?.kind !== 'drop';
  return type.fields.some((field) => isLeft(field, actions));
}

function masked(type: ColumnType, cell: Cell, action: Mask, hash: (text: string) => string): Cell {
  if (action.kind === 'fixed') return literalText(type, action.value) ?? null;
  if (typeof cell !== 'string') return null;
  switch (action.kind) {
    case 'null':
      return null;
    case 'keyed-hash':
      return hash(cell);
    case 'show-last': {
      const characters = [...cell];
      const shown = characters.length > action.count ? action.count : 0;
      return '*'.repeat(characters.length - shown) + characters.slice(characters.length - shown).join('');
    }
    case 'truncate-date':
      return truncate(cell, action.unit);
    default:
      return action satisfies never;
  }
}

function truncate(cell: string, unit: 'day' | 'month' | 'quarter' | 'year'): string {
  const quarter = String(Math.floor((Number(cell.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, '0');
  const starts = { day: cell.slice(0, 10), month: `${cell.slice(0, 7)}-01`, quarter: `${cell.slice(0, 5)}${quarter}-01`, year: `${cell.slice(0, 4)}-01-01` };
  const zone = cell.endsWith('+00') ? '+00' : '';
  return `${starts[unit]}${cell.length > 10 ? ` 00:00:00${zone}` : ''}`;
}

/** Undefined is SQL's unknown. */
function holds(columns: readonly Column[], row: Cells, predicate: Predicate<number>): boolean | undefined {
  switch (predicate.kind) {
    case 'and':
      return all(predicate.of.map((part) => holds(columns, row, part)));
    case 'or':
      return not(all(predicate.of.map((part) => not(holds(columns, row, part)))));
    case 'not':
      return not(holds(columns, row, predicate.of));
    case 'is-null':
      return (find(columns, row, predicate.column)?.cell ?? null) === null;
    case 'starts-with':
      return asked(columns, row, predicate.column, (_, cell) => cell.startsWith(predicate.value));
    case 'compare':
      return asked(columns, row, predicate.column, (type, cell) => compares(type, cell, predicate.operator, predicate.value));
    case 'in':
      if (predicate.values.length === 0) return false;
      return asked(columns, row, predicate.column, (type, cell) => predicate.values.some((value) => compares(type, cell, '=', value)));
    default:
      return predicate satisfies never;
  }
}

function not(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

function all(truths: readonly (boolean | undefined)[]): boolean | undefined {
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}

function asked(columns: readonly Column[], row: Cells, id: number, test: (type: ColumnType, cell: string) => boolean): boolean | undefined {
  const found = find(columns, row, id);
  return typeof found?.cell === 'string' ? test(found.type, found.cell) : undefined;
}

function find(columns: readonly Column[], row: Cells, id: number): { readonly type: ColumnType; readonly cell: Cell } | undefined {
  for (const column of columns) {
    const cell = row[column.id] ?? null;
    if (column.id === id) return { type: column.type, cell };
    const inner = column.type.kind === 'struct' ? find(column.type.fields, isCells(cell) ? cell : {}, id) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isCells(cell: Cell): cell is Cells {
  return typeof cell === 'object' && cell !== null;
}

const orders: Readonly<Record<CompareOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function compares(type: ColumnType, cell: string, operator: CompareOperator, value: Literal): boolean {
  return orders[operator](order(sortable(type, cell), sortable(type, String(literalText(type, value)))));
}

function order<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** DuckDB's order: NaN equals itself and is above all numbers; text goes by code points. */
function sortable(type: ColumnType, text: string): bigint | number | string {
  switch (type.kind) {
    case 'int':
    case 'long':
    case 'decimal':
      return BigInt(text.replace('.', ''));
    case 'float':
      return Math.fround(floating(text));
    case 'double':
      return floating(text);
    default:
      return Array.from(text, (character) => character.codePointAt(0)?.toString(16).padStart(6, '0')).join('');
  }
}

/** Literals are finite, so NaN and infinity need not be told apart. */
function floating(text: string): number {
  if (text === '-inf') return -Infinity;
  const number = Number(text);
  return Number.isNaN(number) ? Infinity : number;
}
