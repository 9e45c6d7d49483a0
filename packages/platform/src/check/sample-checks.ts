import type { JsonObject, JsonValue } from '@hanse/core/document/document.ts';
import { listOf, objectOf } from '@hanse/core/document/json.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { chunks } from '@hanse/core/rule/compile-passes.ts';
import { duckdb } from '@hanse/core/rule/duckdb-dialect.ts';
import { measuresOf, planRules } from '@hanse/core/rule/plan-rules.ts';
import { conditionOf, identifyingColumns, sampleSql, sampleTogether, type Sampling } from '@hanse/core/rule/sample-sql.ts';
import type { Session } from '../engine/engine.ts';
import { isRefused } from '../error.ts';
import type { CheckedTable } from './check-table.ts';
import type { RepeatedKeys } from './count-keys.ts';

const defaultRows = 5;
/** Characters of one value that are kept: a sample is for the eye. */
const valueLimit = 200;

/**
 * Adds some violating rows to each check that failed or warned; keys that repeat as they were met when they were counted. A sample
 * that cannot be read is left out: it changes no verdict.
 */
export async function sampleChecks(
  session: Pick<Session, 'rows'>,
  table: CheckedTable,
  checks: readonly Check[],
  repeated: RepeatedKeys = new Map(),
): Promise<readonly Check[]> {
  const identify = identifyingColumns(table.rules);
  const most = table.sampleRows ?? defaultRows;
  const sampled: Check[] = [];
  const known = await sampleMany(session, table, checks, { limit: most, identify });
  for (const check of checks) {
    const found = known.get(check);
    const wanted = found === undefined && most > 0 && (check.status === 'fail' || check.status === 'warn');
    const keys = wanted ? repeatedKeysOf(check, table, repeated) : undefined;
    // A statement ends where it has all there are.
    const asked = {
      limit: Math.min(most, check.violatingRows ?? most),
      identify,
      noRepeats: keys !== undefined,
      ...(table.context && { context: table.context }),
    };
    const sql = wanted && !keys?.length ? sampleSql(check.rule, table.columns, table.relation, asked) : undefined;
    const sample = sql === undefined ? (found ?? keys ?? []).slice(0, most) : await rowsOrNone(session, sql);
    sampled.push(sample.length === 0 ? check : { ...check, sample: sample.map(bounded) });
  }
  return sampled;
}

/** DuckDB binds all columns of a table for each statement: 80 ms where there are 1,000, for each of the rules that fail. */
const manyChecks = 16;
const checksTogether = 100;

async function sampleMany(
  session: Pick<Session, 'rows'>,
  { columns, relation, context = {} }: CheckedTable,
  checks: readonly Check[],
  sampling: Sampling,
): Promise<ReadonlyMap<Check, readonly JsonObject[]>> {
  const failed = checks.filter(({ status, rule }) => (status === 'fail' || status === 'warn') && conditionOf(rule, columns, context) !== undefined);
  const found = new Map<Check, readonly JsonObject[]>();
  if (failed.length < manyChecks || sampling.limit === 0 || (context.dialect ?? duckdb).name !== 'DuckDB') return found;
  for (const some of chunks(failed, checksTogether)) {
    const rules = some.map(({ rule }) => rule);
    const { sql, names } = sampleTogether(rules, columns, relation, { ...sampling, context });
    const [row] = await rowsOrNone(session, sql);
    for (const [index, check] of some.entries()) if (row !== undefined) found.set(check, rowsIn(row[`m${index}`], names[index] ?? []));
  }
  return found;
}

function rowsIn(list: JsonValue | undefined, names: readonly string[]): readonly JsonObject[] {
  return listOf(list).map((row) => Object.fromEntries(names.map((name, column) => [name, objectOf(row)[`c${column}`] ?? null])));
}

/** Undefined for a rule without a key, and where repetitions were not met. */
function repeatedKeysOf({ rule }: Check, { columns, context }: CheckedTable, repeated: RepeatedKeys): readonly JsonObject[] | undefined {
  if (repeated.size === 0) return undefined;
  const key = planRules([rule], columns, context)
    .flatMap(measuresOf)
    .find(({ kind }) => kind === 'key')?.key;
  return key === undefined ? undefined : repeated.get(key);
}

type Row = Awaited<ReturnType<Session['rows']>>[number];

async function rowsOrNone(session: Pick<Session, 'rows'>, sql: string): Promise<readonly Row[]> {
  try {
    return await session.rows({ sql });
  } catch (error) {
    if (isRefused(error)) return [];
    throw error;
  }
}

function bounded(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [name, text.length > valueLimit ? `${text.slice(0, valueLimit)}…` : value];
    }),
  );
}
