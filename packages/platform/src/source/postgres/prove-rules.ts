import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { measuresOf, planRules, type RulePlan } from '@hanse/core/rule/plan-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { meetsThreshold } from '@hanse/core/rule/threshold.ts';
import type { Measure } from '@hanse/core/rule/measure.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { narrowType } from '@hanse/core/table/narrow-type.ts';
import type { JudgeOptions, Judgement } from '../../check/place.ts';
import { UserError } from '../../error.ts';
import type { PostgresTable } from './describe-table.ts';
import { type ForeignKey, foreignKeys, provingKey } from './foreign-keys.ts';
import type { PostgresSession } from './session.ts';
import { provingIndex, type UniqueIndex, uniqueIndexes } from './unique-columns.ts';

const unread = 'no row was read, and nothing that the database knows of the table proves it';

/**
 * What types and constraints say, without a row being read: the planner is asked which conditions the constraints rule out
 * (it may look up the ends of an index to estimate the others).
 */
export async function proveRules(session: PostgresSession, table: PostgresTable, rules: readonly Rule[], { others }: JudgeOptions): Promise<Judgement> {
  const context: CheckContext = { ...table.context, ...(others && { others }) };
  const plans = planRules(rules, table.columns, context);
  const [indexes, keys] = [await uniqueIndexes(session, table), await foreignKeys(session, table)];
  const knowledge: Knowledge = {
    session,
    table,
    context,
    indexes,
    keys,
    checked: (await columnsOf(session, checksSql, table)).map(quoteName),
    listed: await columnsOf(session, enumsSql, table),
  };
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
  readonly context: CheckContext;
  readonly keys: readonly ForeignKey[];
  readonly indexes: readonly UniqueIndex[];
  /** Columns that a CHECK constraint speaks of, quoted. */
  readonly checked: readonly string[];
  /** Columns of an enum type. */
  readonly listed: readonly string[];
}

async function proveRule(knowledge: Knowledge, rule: Rule, plan: RulePlan): Promise<Check> {
  if (plan.kind === 'settled') {
    const status = plan.status === 'violated' ? (rule.severity === 'error' ? 'fail' : 'warn') : plan.status;
    return { rule, status, found: plan.found };
  }
  const key = provingKey(knowledge.keys, rule, knowledge.context);
  if (key !== undefined) return { rule, status: 'pass', found: `the foreign key ${key.name} keeps it` };
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

async function whyNone({ session, table, indexes, checked, listed }: Knowledge, measure: Measure): Promise<string | undefined> {
  if (measure.kind === 'key') {
    const index = provingIndex(indexes, measure);
    return index && `the unique index ${index.name} keeps it`;
  }
  if (measure.kind !== 'scan' || measure.where === undefined) return undefined;
  const { where } = measure;
  const nulls = where.split(' OR ').map((one) => one.replace(/ IS NULL$/, ''));
  const notNull = new Set([...table.notNull].map(quoteName));
  if (nulls.every((name) => notNull.has(name))) return 'the column is NOT NULL';
  if (table.columns.some(({ name, typeName = '' }) => isLength(where, quoteName(name), typeName))) return 'the type holds no longer text';
  for (const name of listed)
    if (where.includes(quoteName(name)) && (await isNoLabel(session, { table, name, where }))) return 'the type has no label that breaks it';
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

/** Whether the condition asks for texts that are longer than the type allows. */
function isLength(where: string, name: string, typeName: string): boolean {
  const [narrow, asked] = [narrowType(typeName), /^\(octet_length\((".*")\) > (\d+) AND /s.exec(where)];
  return narrow?.of === 'length' && asked?.[1] === name && Number(narrow.high) <= Number(asked[2]);
}

/** The condition is asked of the labels that the catalog lists, and of null; one that names another column is refused. */
async function isNoLabel(
  session: PostgresSession,
  { table, name, where }: { readonly table: PostgresTable; readonly name: string; readonly where: string },
): Promise<boolean> {
  if (/\bselect\b/i.test(where)) return false;
  const labels = `select e.enumlabel::text as ${quoteName(name)} from pg_catalog.pg_enum e join pg_catalog.pg_attribute a on a.atttypid = e.enumtypid where a.attrelid = $1::oid and a.attnum = $2`;
  try {
    return (
      (await session.rows(`select from (${labels} union all select null) as labels where ${where} limit 1`, [table.oid, table.attributes.get(name) ?? 0]))
        .length === 0
    );
  } catch (error) {
    if (error instanceof UserError && error.code === 'statement') return false;
    throw error;
  }
}

async function columnsOf(session: PostgresSession, sql: string, { oid }: PostgresTable): Promise<readonly string[]> {
  const rows = await session.rows(sql, [oid]);
  return rows.map(({ name }) => String(name));
}

const enumsSql = `
  select a.attname::text as name from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
  where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped and t.typtype = 'e'`;

const checksSql = `
  select distinct a.attname::text as name from pg_catalog.pg_constraint c join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
  where c.conrelid = $1::oid and c.contype = 'c' and c.convalidated`;
