import { duckdbType } from '../sql/duckdb-type.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column } from '../table/column.ts';
import { compilePredicate } from './compile-predicate.ts';
import { literalText } from './literal.ts';
import type { Mask } from './masked-type.ts';
import { actionsById, restrictedColumn, restrictedColumns } from './restricted-columns.ts';
import type { ColumnAction, Restriction } from './restriction.ts';

/** A restriction as DuckDB SQL over a relation whose columns have these names. */
export interface CompiledRestriction {
  readonly select: readonly CompiledColumn[];
  /** A row stays only where this is true. Reads unmasked values. */
  readonly where?: string;
}

export interface CompiledColumn {
  /** As its readers see it. */
  readonly column: Column;
  readonly sql: string;
}

interface Masking {
  readonly actions: ReadonlyMap<number, ColumnAction>;
  readonly hashKey: string;
}

/**
 * Compiles a bound restriction. `hashKey` is in hex: a plain hash of a name, a birthday or a telephone number is undone
 * by hashing all of them, a keyed one only by who has the key. NULL stays NULL under every mask but `fixed`.
 */
export function compileRestriction(columns: readonly Column[], restriction: Restriction, hashKey: string): CompiledRestriction {
  if (!/^([0-9a-f]{2})+$/.test(hashKey)) throw new Error('hash key is not hex');
  const masking: Masking = { actions: actionsById(restriction), hashKey };
  const originals = new Map(columns.map((column) => [column.id, column]));
  const select = restrictedColumns(columns, restriction).map((column) => {
    const original = originals.get(column.id) ?? column;
    return { column, sql: maskedValue(original, quoteName(original.name), masking) };
  });
  return { select, ...(restriction.rows !== undefined && { where: compilePredicate(columns, restriction.rows) }) };
}

function maskedValue(column: Column, value: string, masking: Masking): string {
  const action = masking.actions.get(column.id);
  if (action === undefined || action.kind === 'drop') return keptValue(column, value, masking);
  return mask(column, value, action, masking.hashKey);
}

function keptValue(column: Column, value: string, masking: Masking): string {
  if (column.type.kind !== 'struct' || !isActedOn(column, masking.actions)) return value;
  const kept = column.type.fields.filter((field) => restrictedColumn(field, masking.actions).length > 0);
  const fields = kept.map((field) => `${quoteText(field.name)}: ${maskedValue(field, `struct_extract(${value}, ${quoteText(field.name)})`, masking)}`);
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE {${fields.join(', ')}} END`;
}

function isActedOn(column: Column, actions: ReadonlyMap<number, ColumnAction>): boolean {
  return actions.has(column.id) || (column.type.kind === 'struct' && column.type.fields.some((field) => isActedOn(field, actions)));
}

function mask({ type }: Column, value: string, action: Mask, hashKey: string): string {
  switch (action.kind) {
    case 'null':
      return `CAST(NULL AS ${duckdbType(type)})`;
    case 'fixed':
      return `CAST(${quoteText(literalText(type, action.value) ?? unbound())} AS ${duckdbType(type)})`;
    case 'show-last':
      return lastCharacters(`CAST(${value} AS VARCHAR)`, action.count);
    case 'truncate-date':
      return truncated(type.kind, value, action.unit);
    case 'keyed-hash':
      return `sha256(unhex('${hashKey}00') || encode(${valueText(type.kind, value)}))`;
    default:
      return action satisfies never;
  }
}

/** A value no longer than what may be shown is hidden whole. */
function lastCharacters(text: string, count: number): string {
  const length = `length(${text})`;
  return `CASE WHEN ${length} > ${count} THEN repeat('*', ${length} - ${count}) || right(${text}, ${count}) ELSE repeat('*', ${length}) END`;
}

/** Days begin at midnight UTC, wherever the worker thinks it is. */
function truncated(kind: Column['type']['kind'], value: string, unit: string): string {
  if (kind === 'timestamptz') return `timezone('UTC', date_trunc('${unit}', timezone('UTC', ${value})))`;
  const start = `date_trunc('${unit}', ${value})`;
  return kind === 'date' ? `CAST(${start} AS DATE)` : start;
}

function valueText(kind: Column['type']['kind'], value: string): string {
  return kind === 'timestamptz' ? `CAST(timezone('UTC', ${value}) AS VARCHAR) || '+00'` : `CAST(${value} AS VARCHAR)`;
}

function unbound(): never {
  throw new Error('restriction not bound: a fixed value does not fit its column');
}
