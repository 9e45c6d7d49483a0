import { quoteName } from '../sql/quote.ts';
import type { Field } from './dialect.ts';
import { type AggregateMeasure, type AnswerMeasure, distinctMeasures, type KeyMeasure, type Measure, type ScanMeasure } from './measure.ts';
import { measuresOf, planRules } from './plan-rules.ts';
import type { Rule } from './rule.ts';

/**
 * One statement and what its columns `m0`, `m1`, ... measure, in that order. Footer and scan give one row per relation with its place in
 * `relation`; the others give one row.
 */
export interface Pass {
  /** `footer`: counts that a file's statistics or dictionaries usually answer; `scan`: of what must be decoded, once. */
  readonly kind: 'footer' | Measure['kind'];
  readonly sql: string;
  readonly measures: readonly Measure[];
}

/** Above some hundred aggregates in one statement DuckDB spends more time planning than reading. */
const measuresPerScan = 250;
/** Each count that is asked apart binds its relation anew. */
const countsApart = 250;

/** Everything that the rules need to know of one relation, in the fewest passes. `relation` is a quoted, qualified SQL name. */
export function compilePasses(rules: readonly Rule[], columns: readonly Field[], relation: string): readonly Pass[] {
  const { scan, key, aggregate, sql } = distinctMeasures(planRules(rules, columns).flatMap(measuresOf));
  const object = rules[0]?.object ?? '';
  return [
    ...scanPasses(scan, [relation]),
    ...key.map((measure) => keyPass(measure, [relation])),
    ...aggregatePasses(aggregate, relation),
    ...sql.map((measure) => answerPass(measure, relation, object)),
  ];
}

/** Counts in each relation (a data file) by itself. */
export function scanPasses(measures: readonly ScanMeasure[], relations: readonly string[]): readonly Pass[] {
  const apart = chunks(
    measures.filter((measure) => measure.apart),
    Math.max(1, Math.floor(countsApart / relations.length)),
  );
  const together = chunks(
    measures.filter((measure) => !measure.apart),
    measuresPerScan,
  );
  return [
    ...apart.map((some): Pass => ({ kind: 'footer', sql: inEach(relations, (relation) => countedApart(some, relation)), measures: some })),
    ...together.map((some): Pass => ({ kind: 'scan', sql: inEach(relations, (relation) => countedTogether(some, relation)), measures: some })),
  ];
}

function inEach(relations: readonly string[], counted: (relation: string) => string): string {
  return relations.map((relation, place) => `SELECT ${place} AS relation,\n  ${counted(relation)}`).join('\nUNION ALL\n');
}

function countedApart(measures: readonly ScanMeasure[], relation: string): string {
  return measures.map(({ where }, index) => `(SELECT count(*) FROM ${relation}${where === undefined ? '' : ` WHERE ${where}`}) AS m${index}`).join(',\n  ');
}

function countedTogether(measures: readonly ScanMeasure[], relation: string): string {
  return `${measures.map(({ where }, index) => `count(*)${where === undefined ? '' : ` FILTER (WHERE ${where})`} AS m${index}`).join(',\n  ')}\nFROM ${relation}`;
}

/** Values over all rows, in the order of the measures. */
export function aggregatePasses(measures: readonly AggregateMeasure[], relation: string): readonly Pass[] {
  return chunks(measures, measuresPerScan).map((some) => {
    const values = some.map(({ expression }, index) => `${expression} AS m${index}`);
    return { kind: 'aggregate', sql: `SELECT ${values.join(',\n  ')}\nFROM ${relation}`, measures: some };
  });
}

/** Rows beyond the first of each key in the relations together, as `m0`; as `m1` some of the keys, with how often each is there. */
export function keyPass(measure: KeyMeasure, relations: readonly string[]): Pass {
  const sql = `SELECT coalesce(sum(n - 1), 0) AS m0, ${repeatedKeys(measure)} AS m1\nFROM (${groupedKeys(measure, relations)})`;
  return { kind: 'key', sql, measures: [measure] };
}

/**
 * How many repetitions the `added` relations bring to a table that now holds them, as `m0`: within themselves, and of keys that the
 * rest has. The added keys are the hash table; the table's key columns stream past it, where they lie within the extents of the added ones. As `m1` some of these keys.
 */
export function addedKeyPass(measure: KeyMeasure, added: readonly string[], relation: string, extents: readonly KeyExtent[] = []): Pass {
  const names = measure.columns.map((_, index) => `k${index}`).join(', ');
  const near = extents.length === 0 ? '' : ` WHERE ${within(extents)}`;
  const sql = [
    `WITH added AS MATERIALIZED (${groupedKeys(measure, added)}),`,
    `  met AS MATERIALIZED (SELECT ${names}, count(*) AS n FROM (SELECT * FROM (${presentKeys(measure, [relation])})${near}) AS everything SEMI JOIN added USING (${names}) GROUP BY ALL)`,
    'SELECT (SELECT coalesce(sum(n - 1), 0) FROM added)',
    `  + (SELECT count(*) FROM added JOIN met USING (${names}) WHERE met.n > added.n) AS m0,`,
    `  (SELECT ${repeatedKeys(measure)} FROM met) AS m1`,
  ].join('\n');
  return { kind: 'key', sql, measures: [measure] };
}

/** The least and greatest value of a key's column as SQL. */
export interface KeyExtent {
  readonly low: string;
  readonly high: string;
}

export function within(extents: readonly KeyExtent[]): string {
  return extents.map(({ low, high }, index) => `k${index} BETWEEN ${low} AND ${high}`).join(' AND ');
}

/** More would be seen by nobody: a sample is for the eye. */
const repeatedKeysShown = 20;

/** Of keys with their number `n`, those that are there most often: a list of structs with the keys as `k0`, `k1`, ... and `rows`. */
export function repeatedKeys({ columns }: KeyMeasure): string {
  return `max_by({${columns.map((_, index) => `'k${index}': k${index}`).join(', ')}, 'rows': n}, n, ${repeatedKeysShown}) FILTER (WHERE n > 1)`;
}

/** The contract's own query. It reads the relation as `${object}` and under the object's name. */
export function answerPass(measure: AnswerMeasure, relation: string, object: string): Pass {
  const query = measure.query.replaceAll('${object}', () => relation).replace(/[\s;]+$/, '');
  const named = [[object, relation] as const, ...(measure.beside ?? [])].filter(([name, lies]) => lies !== quoteName(name));
  const tables = named.map(([name, lies]) => `${quoteName(name)} AS NOT MATERIALIZED (SELECT * FROM ${lies})`);
  const known = tables.length === 0 ? '' : `WITH ${tables.join(', ')}\n`;
  return { kind: 'sql', sql: `${known}SELECT * FROM (\n${query}\n) AS answer LIMIT 2`, measures: [measure] };
}

function groupedKeys(measure: KeyMeasure, relations: readonly string[]): string {
  return `SELECT *, count(*) AS n FROM (${presentKeys(measure, relations)}) GROUP BY ALL`;
}

/** The columns of the keys that have no null, as `k0`, `k1`, ... */
export function presentKeys({ columns, where }: KeyMeasure, relations: readonly string[]): string {
  const named = columns.map((column, index) => `${column} AS k${index}`).join(', ');
  const present = [...columns.map((column) => `${column} IS NOT NULL`), ...(where === undefined ? [] : [`(${where}\n)`])].join(' AND ');
  return relations.map((relation) => `SELECT ${named} FROM ${relation} WHERE ${present}`).join(' UNION ALL ');
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
