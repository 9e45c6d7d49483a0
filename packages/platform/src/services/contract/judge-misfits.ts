import type { JsonObject } from '@hanse/core/document/document.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { formatNumber } from '@hanse/core/rule/format-number.ts';
import { columnsOf } from '@hanse/core/rule/plan-rules.ts';
import { fitJson, fitText } from '@hanse/core/sql/fit-text.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Fit, Relation, Session } from '../../engine/engine.ts';

const shownRows = 5;
const doNotFit = 'do not fit';
/** Characters of a text that are kept: a sample is for the eye. */
const textLimit = 200;

/**
 * What texts that do not fit their column mean for the checks: they break its schema rule. Rules that ask whether a value is there
 * are skipped on such a column, because one that does not fit reads as null; others speak of the values that fit.
 */
export async function judgeMisfits(
  session: Pick<Session, 'rows'>,
  relation: Relation,
  columns: readonly string[],
  checks: readonly Check[],
): Promise<readonly Check[]> {
  const fitted = columns.filter((name) => relation.fits?.some((fit) => fit.name === name));
  if (fitted.length === 0) return checks;
  const misfits = `${quoteName(relation.schema)}.${quoteName(`${relation.name} misfits`)}`;
  const counts = fitted.map((name, index) => `count(${quoteName(`misfit ${name}`)}) AS m${index}`);
  const [row = {}] = await session.rows({ sql: `SELECT count(*) AS n, ${counts.join(', ')} FROM ${misfits}` });
  const broken = new Map(fitted.flatMap((name, index) => (Number(row[`m${index}`]) > 0 ? [[name, Number(row[`m${index}`])] as const] : [])));
  const judged: Check[] = [];
  for (const check of checks) judged.push(await judgeCheck({ session, misfits, broken, total: Number(row['n']) }, check));
  return judged;
}

interface Misfits {
  readonly session: Pick<Session, 'rows'>;
  readonly misfits: string;
  readonly broken: ReadonlyMap<string, number>;
  readonly total: number;
}

async function judgeCheck({ session, misfits, broken, total }: Misfits, check: Check): Promise<Check> {
  const { rule } = check;
  const name = columnsOf(rule).find((column) => broken.has(column));
  const count = name === undefined ? undefined : broken.get(name);
  if (name === undefined || count === undefined || check.status === 'skip') return check;
  if (rule.test.kind !== 'schema')
    return asksForPresence(check) ? { rule, status: 'skip', found: `the column ${name} has values that do not fit its type` } : check;
  const found = `${formatNumber(count)} of ${formatNumber(total)} rows ${doNotFit}`;
  const sample = await session.rows({ sql: misfitsSql(misfits, name, shownRows) });
  return { rule, status: rule.severity === 'error' ? 'fail' : 'warn', found, violatingRows: count, totalRows: total, sample: sample.map(bounded) };
}

function misfitsSql(misfits: string, name: string, limit: number): string {
  const text = quoteName(`misfit ${name}`);
  return `SELECT * FROM (SELECT row_number() OVER () AS "row", ${text} AS ${quoteName(name)} FROM ${misfits}) WHERE ${quoteName(name)} IS NOT NULL LIMIT ${limit}`;
}

/** Whether the verdict is that of texts that do not fit. */
export function isMisfit({ rule, found }: Check): boolean {
  return rule.test.kind === 'schema' && found.endsWith(doNotFit);
}

/** The statement that shows a person the rows whose text does not fit a column. */
export function misfitRowsSql(fit: Fit, format: Relation['format'], shown: string): string {
  const name = quoteName(fit.name);
  if (format === 'json') return `SELECT * FROM ${shown.replace(/\)$/, `, columns = {${name}: 'JSON'})`)} WHERE ${fitJson(name, fit).misfit}`;
  return `SELECT * FROM ${shown.replace(/\)$/, ', all_varchar = true)')} WHERE ${fitText(name, fit).misfit}`;
}

function asksForPresence({ rule: { test } }: Check): boolean {
  if (test.kind === 'metric') return test.metric.kind === 'nullValues' || test.metric.kind === 'missingValues';
  return test.kind === 'required' || test.kind === 'primaryKey';
}

function bounded(row: JsonObject): JsonObject {
  const entries = Object.entries(row).map(
    ([name, value]) => [name, typeof value === 'string' && value.length > textLimit ? `${value.slice(0, textLimit)}…` : value] as const,
  );
  return Object.fromEntries(entries);
}
