import type { JsonValue } from '@hanse/core/document/document.ts';
import { aggregatePasses, answerPass } from '@hanse/core/rule/compile-passes.ts';
import { measurementKey } from '@hanse/core/rule/judge.ts';
import type { AggregateMeasure, AnswerMeasure, Measured } from '@hanse/core/rule/measure.ts';
import type { CheckedTable } from './check-table.ts';
import { type Run, runPass } from './run-pass.ts';

/** Runs queries, each over the whole table. Those that the contract writes pass the gate, and run as it prints them. */
export async function askQueries(run: Run, table: CheckedTable, wanted: readonly AnswerMeasure[]): Promise<ReadonlyMap<string, Measured>> {
  const object = table.rules[0]?.object ?? '';
  const answers = new Map<string, Measured>();
  for (const measure of wanted) {
    const pass = answerPass(measure, table.relation, object);
    const result = await runPass(run, pass, table.files, measure.written && run.session.parse);
    answers.set(measurementKey(measure), 'error' in result ? result : answerOf(result.rows));
  }
  return answers;
}

/** Aggregates in one statement; where the engine refuses it, each by itself. */
export async function askAggregates(run: Run, table: CheckedTable, wanted: readonly AggregateMeasure[]): Promise<ReadonlyMap<string, Measured>> {
  const values = new Map<string, Measured>();
  for (const pass of aggregatePasses(wanted, table.relation)) {
    const some = wanted.filter((measure) => pass.measures.includes(measure));
    const result = await runPass(run, pass, table.files);
    if ('rows' in result) {
      for (const [index, measure] of some.entries()) values.set(measurementKey(measure), { value: result.rows[0]?.[`m${index}`] ?? null });
    } else if (some.length > 1) {
      for (const measure of some) for (const [key, value] of await askAggregates(run, table, [measure])) values.set(key, value);
    } else {
      for (const measure of some) values.set(measurementKey(measure), result);
    }
  }
  return values;
}

/** ODCS: a query "returns either a numeric or boolean value". */
function answerOf(rows: readonly Readonly<Record<string, JsonValue>>[]): Measured {
  const [value, ...others] = Object.values(rows[0] ?? {});
  if (rows.length === 1 && value !== undefined && others.length === 0) return { value };
  return {
    error: `the query must answer one value, not ${rows.length > 1 ? 'several rows' : `${rows.length} rows of ${Object.keys(rows[0] ?? {}).length} columns`}`,
  };
}
