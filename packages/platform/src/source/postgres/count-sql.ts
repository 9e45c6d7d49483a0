import type { Field } from '@hanse/core/rule/dialect.ts';
import type { AggregateMeasure, KeyMeasure, ScanMeasure } from '@hanse/core/rule/measure.ts';
import { bytewise, postgres } from '@hanse/core/rule/postgres-dialect.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { ColumnType } from '@hanse/core/table/column.ts';

/** A select list of PostgreSQL holds 1,664 entries. */
const countsPerScan = 800;
/** A process of PostgreSQL keeps 32 compiled patterns: one more, and each is compiled anew for each row. */
const patternsPerScan = 30;

/** Of a key that is a field of a struct: what it is does not matter but for speed. */
const within: ColumnType = { kind: 'binary' };

type Counted = ScanMeasure | AggregateMeasure;

/** What one scan counts. */
export function scans(measures: readonly Counted[]): readonly (readonly Counted[])[] {
  const scanned: Counted[][] = [];
  let patterns = Infinity;
  for (const measure of measures) {
    const more = patternsIn(measure);
    const full = patterns + more > patternsPerScan || (scanned.at(-1)?.length ?? 0) >= countsPerScan;
    if (full) scanned.push([]);
    patterns = full ? more : patterns + more;
    scanned.at(-1)?.push(measure);
  }
  return scanned;
}

/** Those that a condition of the contract names in words of its own are taken for one. */
function patternsIn(measure: Counted): number {
  return (measure.kind === 'aggregate' ? measure.expression : (measure.where ?? '')).split(/!?~|\bSIMILAR\b|\bregexp_/i).length - 1;
}

export function scanSql(measures: readonly Counted[], relation: string): string {
  const counts = measures.map(
    (one, index) => `${one.kind === 'aggregate' ? one.expression : `count(*)${one.where === undefined ? '' : ` FILTER (WHERE ${one.where})`}`} AS m${index}`,
  );
  return `SELECT ${counts.join(',\n  ')}\nFROM ${relation}`;
}

/** Repetitions of each key, as branches that the server's parallel processes take one by one. */
export function keysSql(measures: readonly KeyMeasure[], relation: string, columns: readonly Field[]): string {
  const branches = measures.map((measure, index) => `SELECT ${index} AS place, ${repeatsOf(measure, relation, columns)}`);
  const counts = measures.map((_, index) => `max(repeats) FILTER (WHERE place = ${index}) AS m${index}`);
  return `SELECT ${counts.join(', ')}\nFROM (\n  ${branches.join('\n  UNION ALL ')}\n) AS keys`;
}

/** Sorted, not hashed, which the planner would prefer: half the time where keys do not repeat, and none of it memory. */
function repeatsOf({ columns, where }: KeyMeasure, relation: string, fields: readonly Field[]): string {
  const keys = columns.map((sql) => ({ sql, type: fields.find(({ name }) => quoteName(name) === sql)?.type ?? within }));
  const [first] = keys;
  const asked = where === undefined ? [] : [`(${where}\n)`];
  if (first !== undefined && keys.length === 1)
    return `count(${first.sql}) - count(DISTINCT ${bytewise(first)}) AS repeats FROM ${relation}${asked.map((one) => ` WHERE ${one}`).join('')}`;
  const present = [...columns.map((column) => `${column} IS NOT NULL`), ...asked].join(' AND ');
  const sorted = postgres.sortedKeys?.(keys, `${relation} WHERE ${present}`);
  return `coalesce(sum(n - 1), 0)::bigint AS repeats FROM (SELECT count(*) AS n FROM ${sorted} GROUP BY ${keys.map((_, index) => `k${index}`).join(', ')}) AS counted`;
}
