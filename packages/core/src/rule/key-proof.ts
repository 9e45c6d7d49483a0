import { type Pass, presentKeys } from './compile-passes.ts';
import type { ColumnType } from '../table/column.ts';
import type { KeyMeasure } from './measure.ts';

/**
 * How it is shown that no key repeats, for much less than counting what repeats. `dense`: integers that may lie close together;
 * `sorted`: values that sort in eight bytes; `hashed`: by 64 bits of a hash.
 */
export type KeyProof = 'dense' | 'sorted' | 'hashed';

const proofs: Readonly<Partial<Record<ColumnType['kind'], KeyProof>>> = {
  int: 'dense',
  long: 'dense',
  date: 'sorted',
  timestamp: 'sorted',
  timestamptz: 'sorted',
  decimal: 'hashed',
  string: 'hashed',
  uuid: 'hashed',
};

/** Undefined for types whose equal values can differ in their bits: floats, and what may hold them. */
export function proofFor(types: readonly ColumnType[]): KeyProof | undefined {
  const found = types.map(({ kind }) => proofs[kind]);
  if (found.includes(undefined)) return undefined;
  return found.length === 1 ? found[0] : 'hashed';
}

/** The least and greatest key and how many there are, as `m0`, `m1`, `m2`: a footer answers it. */
export function extentPass(measure: KeyMeasure, relation: string): Pass {
  const [column = ''] = measure.columns;
  const condition = measure.where === undefined ? '' : ` WHERE (${measure.where}\n)`;
  return { kind: 'key', sql: `SELECT min(${column}) AS m0, max(${column}) AS m1, count(${column}) AS m2 FROM ${relation}${condition}`, measures: [measure] };
}

export interface Extent {
  readonly low: bigint;
  readonly high: bigint;
  readonly count: bigint;
}

/** Bits that each thread may hold: 32 MiB of memory. */
const bitLimit = 2n ** 28n;
const bitsPerKey = 64n;

/** A statement whose `m0` is 0 where no key repeats, by a bit for each possible one; undefined where that is a waste. */
export function densePass(measure: KeyMeasure, relation: string, { low, high, count }: Extent): Pass | undefined {
  const bits = high - low + 1n;
  if (bits > bitLimit || bits > count * bitsPerKey) return undefined;
  const [column = ''] = measure.columns;
  const seen = `bit_count(bitstring_agg(k0, (${low})::BIGINT, (${high})::BIGINT))`;
  return {
    kind: 'key',
    sql: `SELECT count(*) - ${seen} AS m0\nFROM (${presentKeys({ ...measure, columns: [`${column}::BIGINT`] }, [relation])})`,
    measures: [measure],
  };
}

/**
 * A statement whose `m0` is 0 only where no key repeats: each is greater than the one before. That shows it whatever order they
 * come in, so nothing depends on how the engine sorts. Two keys of one hash are taken for a repetition.
 */
export function sortedPass(measure: KeyMeasure, relation: string): Pass {
  return { kind: 'key', sql: `SELECT ${notGrowing(runSql(measure, relation))} AS m0`, measures: [measure] };
}

/** The keys of a relation in order, as `k`: hashes of 63 bits, or the values. What is kept of a data file, so that later ones are compared with it. */
export function runSql(measure: KeyMeasure, relation: string): string {
  const key = measure.proof === 'hashed' ? `(hash(${measure.columns.map((_, index) => `k${index}`).join(', ')}) >> 1)::BIGINT` : 'k0';
  return `SELECT ${key} AS k FROM (${presentKeys(measure, [relation])}) ORDER BY k`;
}

/** As `sortedPass`, of kept runs: no key of all of them together repeats. */
export function runsPass(measure: KeyMeasure, runs: readonly string[]): Pass {
  return { kind: 'key', sql: `SELECT ${notGrowing(`${together(runs)} ORDER BY k`)} AS m0`, measures: [measure] };
}

/** A statement whose `m0` is 0 only where the added runs hold no key twice and none that the old ones hold. */
export function addedRunsPass(measure: KeyMeasure, old: readonly string[], added: readonly string[]): Pass {
  const met = `(SELECT count(*) FROM (${together(old)}) AS old SEMI JOIN (${together(added)}) AS added USING (k))`;
  return { kind: 'key', sql: `SELECT ${notGrowing(`${together(added)} ORDER BY k`)} + ${met} AS m0`, measures: [measure] };
}

function together(runs: readonly string[]): string {
  return runs.map((run) => `SELECT k FROM ${run}`).join(' UNION ALL ');
}

function notGrowing(sorted: string): string {
  return `(SELECT count(*) FILTER (WHERE k <= before) FROM (SELECT k, lag(k) OVER () AS before FROM (${sorted})))`;
}
