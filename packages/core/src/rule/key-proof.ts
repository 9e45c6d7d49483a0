import type { JsonValue } from '../document/document.ts';
import { isExpressible, quoteText } from '../sql/quote.ts';
import { type KeyExtent, type Pass, presentKeys, repeatedKeys, within } from './compile-passes.ts';
import type { ColumnType } from '../table/column.ts';
import type { KeyMeasure } from './measure.ts';

/**
 * How it is shown that no key repeats, for much less than counting all of them. `dense`: integers that may lie close together;
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

/** Of each column of the keys in the relations, the least and greatest value as text and their type: `l0`, `h0`, `t0`, `l1`, ... */
export function extentsPass(measure: KeyMeasure, relations: readonly string[]): Pass {
  const asked = measure.columns.map(
    (_, index) => `min(k${index})::VARCHAR AS l${index}, max(k${index})::VARCHAR AS h${index}, typeof(min(k${index})) AS t${index}`,
  );
  return { kind: 'key', sql: `SELECT ${asked.join(', ')} FROM (${presentKeys(measure, relations)})`, measures: [measure] };
}

/** Longer texts are no bounds: nobody reads a statement of that size. */
const longestBound = 1_000;

/** What `extentsPass` answered; undefined where there is no key, or a bound cannot be written. */
export function extentsIn(row: Readonly<Record<string, JsonValue>>, { columns }: KeyMeasure): readonly KeyExtent[] | undefined {
  const extents = columns.flatMap((_, index) => {
    const [low, high, type] = [row[`l${index}`], row[`h${index}`], row[`t${index}`]];
    if (typeof low !== 'string' || typeof high !== 'string' || !isBound(low) || !isBound(high)) return [];
    return [{ low: `${quoteText(low)}::${type}`, high: `${quoteText(high)}::${type}` }];
  });
  return extents.length === columns.length ? extents : undefined;
}

function isBound(text: string): boolean {
  return text.length <= longestBound && isExpressible(text);
}

/** A statement whose `m0` is 0 where no key of the relation lies within the extents: files are pruned by their statistics, and the first one ends it. */
export function nearPass(measure: KeyMeasure, relation: string, extents: readonly KeyExtent[]): Pass {
  const near = `SELECT 1 FROM (${presentKeys(measure, [relation])}) WHERE ${within(extents)} LIMIT 1`;
  return { kind: 'key', sql: `SELECT count(*) AS m0 FROM (${near})`, measures: [measure] };
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
 * Sorts the keys, and looks at the rows of those alone that do not grow: with all of them growing nothing is read twice. `m0` is how
 * many rows repeat a key, `m1` how many are less than the one before, which says that they came in no order and `m0` means nothing;
 * `m2` as `m1` of `keyPass`. Keys that have one hash are told apart by their values.
 */
export function sortedPass(measure: KeyMeasure, relation: string, sorted = runSql(measure, relation)): Pass {
  const sql = [
    `WITH met AS MATERIALIZED (SELECT k, k < before AS fell FROM (SELECT k, lag(k) OVER () AS before FROM (${sorted})) WHERE k <= before),`,
    `  counted AS (SELECT *, count(*) AS n FROM (${presentKeys(measure, [relation])}) WHERE ${sortedBy(measure)} IN (SELECT k FROM met) GROUP BY ALL)`,
    `SELECT coalesce(sum(n - 1), 0) AS m0, (SELECT count(*) FROM met WHERE fell) AS m1, ${repeatedKeys(measure)} AS m2 FROM counted`,
  ].join('\n');
  return { kind: 'key', sql, measures: [measure] };
}

/** The keys of a relation in order, as `k`: hashes of 63 bits, or the values. What is kept of a data file, so that later ones are compared with it. */
export function runSql(measure: KeyMeasure, relation: string): string {
  return `SELECT ${sortedBy(measure)} AS k FROM (${presentKeys(measure, [relation])}) ORDER BY k`;
}

function sortedBy({ proof, columns }: KeyMeasure): string {
  return proof === 'hashed' ? `(hash(${columns.map((_, index) => `k${index}`).join(', ')}) >> 1)::BIGINT` : 'k0';
}

/** The keys of kept runs together, in order, as `k`. */
export function mergedRuns(runs: readonly string[]): string {
  return `${together(runs)} ORDER BY k`;
}

/** A statement whose `m0` is 0 only where the added runs hold no key twice and none that the old ones hold. */
export function addedRunsPass(measure: KeyMeasure, old: readonly string[], added: readonly string[]): Pass {
  const met = `(SELECT count(*) FROM (${together(old)}) AS old SEMI JOIN (${together(added)}) AS added USING (k))`;
  return { kind: 'key', sql: `SELECT ${notGrowing(mergedRuns(added))} + ${met} AS m0`, measures: [measure] };
}

function together(runs: readonly string[]): string {
  return runs.map((run) => `SELECT k FROM ${run}`).join(' UNION ALL ');
}

function notGrowing(sorted: string): string {
  return `(SELECT count(*) FILTER (WHERE k <= before) FROM (SELECT k, lag(k) OVER () AS before FROM (${sorted})))`;
}
