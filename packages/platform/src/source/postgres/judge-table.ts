import type { Check } from '@hanse/core/rule/check.ts';
import { judge, measurementKey } from '@hanse/core/rule/judge.ts';
import { type AggregateMeasure, distinctMeasures, type KeyMeasure, type Measured, type ScanMeasure } from '@hanse/core/rule/measure.ts';
import { measuresOf, planRules } from '@hanse/core/rule/plan-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { askQueries } from '../../check/ask-queries.ts';
import type { CheckedTable } from '../../check/check-table.ts';
import type { JudgeOptions, Judgement } from '../../check/place.ts';
import { type Run, runPass } from '../../check/run-pass.ts';
import { sampleChecks } from '../../check/sample-checks.ts';
import type { PostgresTable } from './describe-table.ts';
import { keysSql, scans, scanSql } from './count-sql.ts';
import { isOfPart, qualify } from './judge-part.ts';
import { sampleSession } from './sample-session.ts';
import { scopeOf } from './scope.ts';
import type { PostgresSession } from './session.ts';
import { provingIndex, uniqueIndexes } from './unique-columns.ts';

/** As few scans as may be for all that rows are asked, one statement for the keys that no index keeps unique, and the contract's own queries. */
export async function judgeTable(session: PostgresSession, table: PostgresTable, rules: readonly Rule[], options: JudgeOptions = {}): Promise<Judgement> {
  const { relation, part } = await scopeOf(session, table, options.reach ?? { kind: 'full' });
  const context = { ...table.context, ...(options.others && { others: options.others }) };
  const checked: CheckedTable = {
    rules,
    columns: table.columns,
    relation,
    files: [{ name: table.name, relation }],
    context,
    ...(options.sampleRows !== undefined && { sampleRows: options.sampleRows }),
  };
  const run: Run = { session: { rows: ({ sql }) => session.rows(sql), parse: async (sql) => ({ sql, tables: [] }) }, passes: [] };
  const plans = planRules(rules, table.columns, context);
  const asked = plans.filter((_, index) => part === undefined || isOfPart(rules[index]));
  const wanted = distinctMeasures(asked.flatMap(measuresOf));
  const indexes = wanted.key.length === 0 ? [] : await uniqueIndexes(session, table);
  const open = wanted.key.filter((measure) => provingIndex(indexes, measure) === undefined);
  const measured = new Map<string, Measured>(wanted.key.map((measure) => [measurementKey(measure), { value: 0 }]));
  for (const some of scans([...wanted.scan, ...wanted.aggregate])) await measure({ run, checked, measured, table }, some, scanSql);
  await measure({ run, checked, measured, table }, open, (some) => keysSql(some, relation, table.columns));
  const written = new Set(rules.flatMap(({ id, test }) => (test.kind === 'sql' ? [id] : [])));
  const answers = [
    await askQueries(
      run,
      { ...checked, relation: table.table },
      wanted.sql.filter(({ key }) => written.has(key)),
    ),
    await askQueries(
      run,
      checked,
      wanted.sql.filter(({ key }) => !written.has(key)),
    ),
  ];
  for (const [key, answer] of answers.flatMap((some) => [...some])) measured.set(key, answer);
  const checks = judge(rules, table.columns, measured, context);
  const said = (part === undefined ? checks : qualify(checks, part)).map(tellDivision);
  return { checks: await sampleChecks(sampleSession(session, table.columns), checked, said), passes: run.passes, ...(part !== undefined && { scope: part }) };
}

/** A slash outside texts and comments: whether it divides whole numbers, the types alone would tell. */
function tellDivision(check: Check): Check {
  const { test } = check.rule;
  const divides = test.kind === 'sql' && check.value !== undefined && test.query.replaceAll(/'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\//g, '').includes('/');
  return divides ? { ...check, found: `${check.found} (PostgreSQL divides whole numbers without a remainder)` } : check;
}

interface Measuring {
  readonly run: Run;
  readonly checked: CheckedTable;
  readonly measured: Map<string, Measured>;
  readonly table: PostgresTable;
}

/** All in one statement; where the server refuses it, each half by itself, down to the one that is to blame. */
async function measure<T extends ScanMeasure | AggregateMeasure | KeyMeasure>(
  measuring: Measuring,
  some: readonly T[],
  sqlOf: (some: readonly T[], relation: string) => string,
): Promise<void> {
  const { run, checked, measured } = measuring;
  const [first] = some;
  if (first === undefined) return;
  const result = await runPass(run, { kind: first.kind, sql: sqlOf(some, checked.relation), measures: some }, checked.files);
  if ('rows' in result) {
    for (const [index, one] of some.entries()) measured.set(measurementKey(one), { value: result.rows[0]?.[`m${index}`] ?? null });
  } else if (some.length > 1) {
    await measure(measuring, some.slice(0, some.length / 2), sqlOf);
    await measure(measuring, some.slice(some.length / 2), sqlOf);
  } else {
    measured.set(measurementKey(first), result);
  }
}
