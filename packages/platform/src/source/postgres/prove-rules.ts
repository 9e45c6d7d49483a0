import type { Check } from '@hanse/core/rule/check.ts';
import { measuresOf, planRules, type RulePlan } from '@hanse/core/rule/plan-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { meetsThreshold } from '@hanse/core/rule/threshold.ts';
import type { Measure } from '@hanse/core/rule/measure.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { JudgeOptions, Judgement } from '../../check/place.ts';
import { UserError } from '../../error.ts';
import type { PostgresTable } from './describe-table.ts';
import type { PostgresSession } from './session.ts';
import { provingIndex, type UniqueIndex, uniqueIndexes } from './unique-columns.ts';

const unread = 'no row was read, and nothing that the database knows of the table proves it';

/**
 * What types and constraints say, without a row being read: the planner is asked which conditions the constraints rule out
 * (it may look up the ends of an index to estimate the others).
 */
export async function proveRules(session: PostgresSession, table: PostgresTable, rules: readonly Rule[], { others }: JudgeOptions): Promise<Judgement> {
  const plans = planRules(rules, table.columns, { ...table.context, ...(others && { others }) });
  const knowledge: Knowledge = { session, table, indexes: await uniqueIndexes(session, table), checked: await checkedColumns(session, table) };
  const checks: Check[] = [];
  for (const [index, rule] of rules.entries()) {
    const plan = plans[index];
    if (plan !== undefined) checks.push(await proveRule(knowledge, rule, plan));
  }
  return { checks, passes: [], scope: 'no row' };
}

interface Knowledge {
  readonly session: PostgresSession;
  readonly table: PostgresTable;
  readonly indexes: readonly UniqueIndex[];
  /** Columns that a CHECK constraint speaks of, quoted. */
  readonly checked: readonly string[];
}

async function proveRule(knowledge: Knowledge, rule: Rule, plan: RulePlan): Promise<Check> {
  if (plan.kind === 'settled') {
    const status = plan.status === 'violated' ? (rule.severity === 'error' ? 'fail' : 'warn') : plan.status;
    return { rule, status, found: plan.found };
  }
  const reasons: string[] = [];
  for (const measure of zeroes(rule, plan)) {
    const reason = await whyNone(knowledge, measure);
    if (reason === undefined) return { rule, status: 'skip', found: unread };
    reasons.push(reason);
  }
  return reasons.length === 0 ? { rule, status: 'skip', found: unread } : { rule, status: 'pass', found: [...new Set(reasons)].join(', ') };
}

/** The counts that are to be none for the rule to be kept. */
function zeroes({ test }: Rule, plan: RulePlan): readonly Measure[] {
  if (plan.kind === 'rows') return [plan.broken];
  if (plan.kind === 'key') return measuresOf(plan).filter((measure) => measure !== plan.of);
  const kept = plan.kind === 'metric' && test.kind === 'metric' && test.metric.kind !== 'rowCount' && meetsThreshold(test.threshold, 0);
  return kept ? [plan.count] : [];
}

async function whyNone({ session, table, indexes, checked }: Knowledge, measure: Measure): Promise<string | undefined> {
  if (measure.kind === 'key') {
    const index = provingIndex(indexes, measure);
    return index && `the unique index ${index.name} keeps it`;
  }
  if (measure.kind !== 'scan' || measure.where === undefined) return undefined;
  const { where } = measure;
  const nulls = where.split(' OR ').map((one) => one.replace(/ IS NULL$/, ''));
  const notNull = new Set([...table.notNull].map(quoteName));
  if (nulls.every((name) => notNull.has(name))) return 'the column is NOT NULL';
  if (!checked.some((name) => where.includes(name))) return undefined;
  return (await isRuledOut(session, `SELECT FROM ${table.relation} WHERE ${where}`)) ? 'a CHECK constraint keeps it' : undefined;
}

/** A plan that reads nothing: the planner found that constraints and condition contradict each other. */
async function isRuledOut(session: PostgresSession, sql: string): Promise<boolean> {
  try {
    const lines = (await session.rows(`EXPLAIN (COSTS OFF) ${sql}`)).map((row) => String(row['QUERY PLAN']).trim());
    return lines[0] === 'Result' && lines[1] === 'One-Time Filter: false';
  } catch (error) {
    if (error instanceof UserError && error.code === 'statement') return false;
    throw error;
  }
}

async function checkedColumns(session: PostgresSession, { oid }: PostgresTable): Promise<readonly string[]> {
  const rows = await session.rows(checksSql, [oid]);
  return rows.map(({ name }) => quoteName(String(name)));
}

const checksSql = `
  select distinct a.attname::text as name from pg_catalog.pg_constraint c join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
  where c.conrelid = $1::oid and c.contype = 'c' and c.convalidated`;
