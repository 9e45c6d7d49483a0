import type { Check } from '@hanse/core/rule/check.ts';
import { identifyingColumns, sampleSql } from '@hanse/core/rule/sample-sql.ts';
import type { Session } from '../engine/engine.ts';
import { isRefused } from '../error.ts';
import type { CheckedTable } from './check-table.ts';

const defaultRows = 5;
/** Characters of one value that are kept: a sample is for the eye. */
const valueLimit = 200;

/** Adds some violating rows to each check that failed or warned. A sample that cannot be read is left out: it changes no verdict. */
export async function sampleChecks(session: Pick<Session, 'rows'>, table: CheckedTable, checks: readonly Check[]): Promise<readonly Check[]> {
  const identify = identifyingColumns(table.rules);
  const limit = table.sampleRows ?? defaultRows;
  const sampled: Check[] = [];
  for (const check of checks) {
    const wanted = limit > 0 && (check.status === 'fail' || check.status === 'warn');
    const sql = wanted
      ? sampleSql(check.rule, table.columns, table.relation, { limit, identify, ...(table.context !== undefined && { context: table.context }) })
      : undefined;
    const sample = sql === undefined ? [] : await rowsOrNone(session, sql);
    sampled.push(sample.length === 0 ? check : { ...check, sample: sample.map(bounded) });
  }
  return sampled;
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
