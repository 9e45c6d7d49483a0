import { formatType } from '../table/wanted-type.ts';
import { type Compiled, isNumeric, isTemporal, type Value } from './dialect.ts';
import type { Aggregate } from './rule.ts';

const ofNumbers: Readonly<Partial<Record<Aggregate, (sql: string) => string>>> = {
  average: (sql) => `avg(${sql})`,
  minimum: (sql) => `min(${sql})`,
  maximum: (sql) => `max(${sql})`,
  sum: (sql) => `sum(${sql})`,
  // Between two decimals DuckDB rounds to their scale.
  median: (sql) => `percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(${sql} AS DOUBLE PRECISION))`,
  standardDeviation: (sql) => `stddev_samp(${sql})`,
};
const ofTexts: Readonly<Partial<Record<Aggregate, (sql: string) => string>>> = {
  averageLength: (sql) => `avg(length(${sql}))`,
  minimumLength: (sql) => `min(length(${sql}))`,
  maximumLength: (sql) => `max(length(${sql}))`,
};

/** An aggregate of a value, in the SQL that all dialects share. */
export function aggregateOf(aggregate: Aggregate, { sql, type }: Value): Compiled {
  if (aggregate === 'distinctValues') return { sql: `count(DISTINCT ${sql})` };
  const written = (isNumeric(type) ? ofNumbers : type.kind === 'string' ? ofTexts : {})[aggregate];
  return written === undefined ? { error: `${aggregate} does not apply to ${formatType(type)}` } : { sql: written(sql) };
}

/** The newest or oldest value in seconds since 1970; without a zone it is UTC, and a day is its first moment. */
export function secondsOf(of: 'newest' | 'oldest', { sql, type }: Value): Compiled {
  if (!isTemporal(type) || type.kind === 'time') return { error: `the age of ${formatType(type)} is not known: a date or timestamp says when` };
  return { sql: `extract(epoch FROM ${of === 'newest' ? 'max' : 'min'}(${sql}))` };
}
