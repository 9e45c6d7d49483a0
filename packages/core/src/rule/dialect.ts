import type { Column, ColumnType } from '../table/column.ts';
import type { Scalar } from './rule.ts';

/** A column as rules see it; tables of ours have ids, described relations none. */
export type Field = Pick<Column, 'name' | 'type'> &
  Partial<Pick<Column, 'id'>> & {
    /** The place's own name of the type, where it is known. */
    readonly typeName?: string;
  };

/** An expression and its type. */
export interface Value {
  readonly sql: string;
  readonly type: ColumnType;
}

/** SQL, or why there is none. */
export type Compiled = { readonly sql: string } | { readonly error: string };

/**
 * What engines write or mean differently. The same call is true of the same values in every dialect; what a dialect cannot say
 * with that meaning is an error that names it. Names, text literals and comparisons are written alike.
 */
export interface Dialect {
  readonly name: 'DuckDB' | 'PostgreSQL';
  /** The statement that shows the columns of a relation, which is quoted and qualified. */
  describe(relation: string): string;
  /** A value of a contract that compares exactly with values of the type. A time without a zone is one of `zone`. */
  literal(value: Scalar, type: ColumnType, zone?: string): Compiled;
  /** A struct whose fields are all null is not null. */
  isNull(value: Value): string;
  isPresent(value: Value): string;
  field(struct: string, name: string): string;
  /** What a list or map holds, as a list; undefined where the type has none of them. */
  items(step: 'element' | 'key' | 'value', value: Value): Value | undefined;
  /** Where `broken`, which speaks of `item`, is true of any item of the list. */
  hasItem(list: string, item: string, broken: string): string;
  itemCount(list: string): string;
  entryCount(map: string): string;
  /** Two nulls are a repetition. */
  repeatsItem(list: Value): string;
  /** In code points. */
  isShorter(text: string, limit: number): string;
  isLonger(text: string, limit: number): string;
  /** An ECMA-262 expression that matches nowhere in the text. */
  mismatch(pattern: string, text: string): Compiled;
  /** A text that does not have the format; undefined for a format that is not judged. */
  formatMismatch(format: string, text: string): string | undefined;
  /** Rows with these keys as `k0`, `k1`, ... in their order, where the engine groups what is sorted faster than what is not. */
  sortedKeys?(keys: readonly Value[], rows: string): string;
  /** NaN lies in no range, whatever order an engine gives it; undefined where the type has no NaN. */
  isNaN(value: Value): string | undefined;
  /** Exact for integers and decimals. A binary fraction is a multiple within one part in 10^9, because 0.3 is none of 0.1 otherwise. */
  isNoMultiple(divisor: number, value: Value): string;
}

const numeric = new Set<ColumnType['kind']>(['int', 'long', 'float', 'double', 'decimal']);
const temporal = new Set<ColumnType['kind']>(['date', 'time', 'timestamp', 'timestamptz']);

export function isNumeric(type: ColumnType): boolean {
  return numeric.has(type.kind);
}

export function isTemporal(type: ColumnType): boolean {
  return temporal.has(type.kind);
}
