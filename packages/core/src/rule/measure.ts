import type { JsonValue } from '../document/document.ts';
import type { KeyProof } from './key-proof.ts';

/** Something that is counted once, however many rules ask for it. `key` says what, so a stored value is good while the key is asked for. */
export type Measure = ScanMeasure | KeyMeasure | AggregateMeasure | AnswerMeasure;

/** Rows for which a condition is true; all rows without one. Adds up over data files. */
export interface ScanMeasure {
  readonly kind: 'scan';
  readonly key: string;
  readonly where?: string;
  /** Asked by itself: a Parquet file's statistics or dictionaries usually show that the condition is nowhere true, and nothing is decoded. */
  readonly apart?: true;
}

/** Rows beyond the first of each key; rows with a null in the key are left out. Does not add up. */
export interface KeyMeasure {
  readonly kind: 'key';
  readonly key: string;
  readonly columns: readonly string[];
  /** As a person writes the key: a name, and which of `columns` it is. */
  readonly names: readonly (readonly [name: string, column: string])[];
  /** Rows for which it is not true are left out too. */
  readonly where?: string;
  /** Absent where repetitions are to be expected, or cannot be excluded by bits. */
  readonly proof?: KeyProof;
}

/** One value over all rows, or those for which `where` is true. Does not add up. */
export interface AggregateMeasure {
  readonly kind: 'aggregate';
  readonly key: string;
  readonly expression: string;
}

/** The answer of a query. */
export interface AnswerMeasure {
  readonly kind: 'sql';
  readonly key: string;
  readonly query: string;
  /** The contract writes it: it passes the gate before it runs. */
  readonly written?: true;
  /** Relations that it may name beside `${object}`, by name. */
  readonly beside?: readonly (readonly [name: string, relation: string])[];
}

/** The scan measures of one data file by key: stored with it, because it never changes. */
export type FileMeasures = Readonly<Record<string, number>>;

/** What a checked table version leaves for the next one. */
export interface TableMeasures {
  readonly files: Readonly<Record<string, FileMeasures>>;
  /** By key measure, over all of `files` together. */
  readonly keys: Readonly<Record<string, number>>;
}

/** A measured value, or why there is none. */
export type Measured = { readonly value: JsonValue } | { readonly error: string };

export const allRows: ScanMeasure = { kind: 'scan', key: 'rows', apart: true };

export function rowsWhere(where: string): ScanMeasure {
  return { kind: 'scan', key: where, where };
}

export function aggregateMeasure(expression: string, where?: string): AggregateMeasure {
  const written = where === undefined ? expression : `${expression} FILTER (WHERE ${where}\n)`;
  return { kind: 'aggregate', key: written, expression: written };
}

/** The measure of columns that `stamp` tells from others of the same name; all rows have none. */
export function stampMeasure<T extends ScanMeasure | KeyMeasure>(measure: T, stamp: string): T {
  return stamp === '' || (measure.kind === 'scan' && measure.where === undefined) ? measure : { ...measure, key: `${measure.key} ${stamp}` };
}

/** Both together. What one of them lacks is unknown and left out; associative and commutative. */
export function mergeMeasures(a: FileMeasures, b: FileMeasures): FileMeasures {
  return Object.fromEntries(Object.entries(a).flatMap(([key, count]) => (b[key] === undefined ? [] : [[key, count + b[key]]])));
}

/** The measures by kind, each once, `allRows` first. */
export function distinctMeasures(measures: readonly Measure[]): {
  readonly scan: readonly ScanMeasure[];
  readonly key: readonly KeyMeasure[];
  readonly aggregate: readonly AggregateMeasure[];
  readonly sql: readonly AnswerMeasure[];
} {
  const unique = [...new Map([allRows, ...measures].map((measure) => [`${measure.kind} ${measure.key}`, measure])).values()];
  return {
    scan: unique.filter((measure) => measure.kind === 'scan'),
    key: unique.filter((measure) => measure.kind === 'key'),
    aggregate: unique.filter((measure) => measure.kind === 'aggregate'),
    sql: unique.filter((measure) => measure.kind === 'sql'),
  };
}
