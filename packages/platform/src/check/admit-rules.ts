import type { Rule } from '@hanse/core/rule/rule.ts';
import { admitted, type Parse } from './admitted.ts';

const row = 'hanse_row';
const start = `SELECT * FROM ${row} WHERE `;

/**
 * The rules with each condition (`where`, a filter of Soda) as the gate prints it: one expression over one row, of allowed parts. A rule
 * whose condition is refused becomes one that is not evaluated and says why. Queries pass the gate when they are asked.
 */
export async function admitRules(parse: Parse, rules: readonly Rule[]): Promise<readonly Rule[]> {
  const admitting: Rule[] = [];
  for (const rule of rules) admitting.push(await admitRule(parse, rule));
  return admitting;
}

async function admitRule(parse: Parse, rule: Rule): Promise<Rule> {
  const { where, test, ...rest } = rule;
  const own = where === undefined ? undefined : await admitCondition(parse, where);
  const theirs = test.kind === 'reconciliation' && test.theirWhere !== undefined ? await admitCondition(parse, test.theirWhere) : undefined;
  const refused = [own, theirs].find((one) => one !== undefined && 'error' in one);
  if (refused !== undefined && 'error' in refused) return { ...rest, test: { kind: 'unsupported', what: refused.error } };
  return {
    ...rest,
    test: theirs !== undefined && 'sql' in theirs && test.kind === 'reconciliation' ? { ...test, theirWhere: theirs.sql } : test,
    ...(own !== undefined && 'sql' in own && { where: own.sql }),
  };
}

/** What is printed stands alone in brackets only where it is one expression: no bracket of the text closed ours. */
async function admitCondition(parse: Parse, where: string): Promise<{ readonly sql: string } | { readonly error: string }> {
  const first = await admitted(parse, `${start}(\n${where}\n)`);
  if ('error' in first) return { error: `where: ${first.error}` };
  if (first.tables.some(({ name }) => name !== row)) return { error: 'where: a condition sees one row, and no table. Write an `sql` rule instead' };
  const printed = first.sql.slice(start.length);
  const again = first.sql.startsWith(start) ? await admitted(parse, `${start}(${printed}\n)`) : first;
  if (again !== first && 'sql' in again && again.sql === first.sql) return { sql: printed };
  return { error: `where: ${where.trim()} is no condition of its own. Write one expression over the columns of a row` };
}
