import { quoteName } from '../sql/quote.ts';
import { answerPass } from './compile-passes.ts';
import { type Field, valueAt } from './duckdb-violation.ts';
import { allRows } from './measure.ts';
import { columnsOf, planRules } from './plan-rules.ts';
import type { Path, Rule } from './rule.ts';

/** The object's primary key columns, which name a row to a person. */
export function identifyingColumns(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap((rule) => (rule.test.kind === 'primaryKey' ? columnsOf(rule) : []));
}

/**
 * Some rows that break the rule, at most `limit`: what identifies them and what the rule looks at. Keys that repeat come with
 * how often (`rows`). Undefined where no row is to blame (schema, row counts, queries, rules that are not evaluated).
 */
export function sampleSql(rule: Rule, columns: readonly Field[], relation: string, { limit, identify }: { readonly limit: number; readonly identify: readonly string[] }): string | undefined {
  const paths = keyPaths(rule);
  if (paths !== undefined) return repeatedKeys(paths, rule.test.kind === 'primaryKey', columns, { relation, limit });
  const where = brokenRows(rule, columns);
  const names = new Set([...identify, ...columnsOf(rule)].filter((name) => columns.some((column) => column.name === name)));
  if (where === undefined) return undefined;
  return `SELECT ${[...names].map(quoteName).join(', ')} FROM ${relation} WHERE ${where} LIMIT ${limit}`;
}

/** The statement that shows a person what the rule looks at: every row that breaks it, else what is counted or asked. */
export function explainSql(rule: Rule, columns: readonly Field[], relation: string): string | undefined {
  const [plan] = planRules([rule], columns);
  if (rule.test.kind === 'schema') return `DESCRIBE ${relation}`;
  if (plan?.kind === 'sql') return answerPass(plan.answer, relation, rule.object).sql;
  if (plan?.kind === 'metric' && plan.count.key === allRows.key) return `SELECT count(*) FROM ${relation}`;
  const paths = keyPaths(rule);
  if (paths !== undefined) return repeatedKeys(paths, rule.test.kind === 'primaryKey', columns, { relation });
  const where = brokenRows(rule, columns);
  return where === undefined ? undefined : `SELECT * FROM ${relation} WHERE ${where}`;
}

function keyPaths({ test }: Rule): readonly Path[] | undefined {
  if (test.kind === 'unique' || test.kind === 'primaryKey') return test.columns;
  return test.kind === 'metric' && test.metric.kind === 'duplicateValues' ? test.metric.columns : undefined;
}

function brokenRows(rule: Rule, columns: readonly Field[]): string | undefined {
  const [plan] = planRules([rule], columns);
  if (plan?.kind === 'rows') return plan.broken.where;
  return plan?.kind === 'metric' && plan.count.kind === 'scan' ? plan.count.where : undefined;
}

function repeatedKeys(paths: readonly Path[], nullsToo: boolean, columns: readonly Field[], { relation, limit }: { relation: string; limit?: number }): string | undefined {
  const keys = paths.map((path) => valueAt(path, columns));
  const sql = keys.flatMap((key) => ('sql' in key ? [key.sql] : []));
  if (sql.length < keys.length) return undefined;
  const nulls = sql.map((key) => `${key} IS ${nullsToo ? '' : 'NOT '}NULL`);
  const having = nullsToo ? `HAVING count(*) > 1 OR ${nulls.join(' OR ')}` : 'HAVING count(*) > 1';
  const where = nullsToo ? '' : ` WHERE ${nulls.join(' AND ')}`;
  return [`SELECT ${sql.join(', ')}, count(*) AS rows FROM ${relation}${where} GROUP BY ${sql.join(', ')} ${having} ORDER BY count(*) DESC`, ...(limit === undefined ? [] : [`LIMIT ${limit}`])].join(' ');
}
