import { quoteName } from '../sql/quote.ts';
import { answerPass } from './compile-passes.ts';
import type { CheckContext } from './check-context.ts';
import type { Dialect, Field } from './dialect.ts';
import { frameOf } from './frame.ts';
import { allRows } from './measure.ts';
import { columnsOf, planRules } from './plan-rules.ts';
import type { Path, Rule } from './rule.ts';
import { valueAt } from './violation.ts';

/** The object's primary key columns, which name a row to a person. */
export function identifyingColumns(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap((rule) => (rule.test.kind === 'primaryKey' ? columnsOf(rule) : []));
}

export interface Sampling {
  readonly limit: number;
  /** Columns that name a row. */
  readonly identify: readonly string[];
  /** No key repeats, so that a primary key is broken by nulls alone. */
  readonly noRepeats?: boolean;
  readonly context?: CheckContext;
}

/**
 * Some rows that break the rule, at most `limit`: what identifies them and what the rule looks at. Keys that repeat come with
 * how often (`rows`). Undefined where no row is to blame (schema, row counts, queries, rules that are not evaluated).
 */
export function sampleSql(
  rule: Rule,
  columns: readonly Field[],
  relation: string,
  { limit, identify, noRepeats = false, context = {} }: Sampling,
): string | undefined {
  const { dialect } = frameOf(columns, context);
  const paths = keyPaths(rule);
  if (paths !== undefined) return repeatedKeys(paths, rule.test.kind === 'primaryKey', columns, { relation, dialect, limit, noRepeats });
  const broken = brokenRows(rule, columns, { relation, context });
  const names = new Set([...identify, ...columnsOf(rule)].filter((name) => columns.some((column) => column.name === name)));
  return broken === undefined ? undefined : `SELECT ${[...names].map(quoteName).join(', ')} ${broken} LIMIT ${limit}`;
}

/** Rules whose rows are sampled by one statement. */
export interface SampledTogether {
  /** Answers a list for each rule, as `m0`, `m1`, ..., of structs with `names` as `c0`, `c1`, ... */
  readonly sql: string;
  readonly names: readonly (readonly string[])[];
}

/**
 * Rows that break each of many rules by one scan, which reads to the end: for tables of many columns, where binding a statement takes longer. The
 * rules are those for which `sampleSql` asks for rows of the table.
 */
export function sampleTogether(
  rules: readonly Rule[],
  columns: readonly Field[],
  relation: string,
  { limit, identify, context = {} }: Sampling,
): SampledTogether {
  const known = new Set(columns.map(({ name }) => name));
  const names = rules.map((rule) => [...new Set([...identify, ...columnsOf(rule)])].filter((name) => known.has(name)));
  const lists = rules.map((rule, index) => {
    const row = (names[index] ?? []).map((name, column) => `'c${column}': ${quoteName(name)}`).join(', ');
    return `max_by({${row}}, 0, ${limit}) FILTER (WHERE ${conditionOf(rule, columns, context)}) AS m${index}`;
  });
  return { sql: `SELECT ${lists.join(',\n  ')}\nFROM ${relation}`, names };
}

/** What is true of the rows of the table that break a rule; undefined where no condition on them says so. */
export function conditionOf(rule: Rule, columns: readonly Field[], context: CheckContext = {}): string | undefined {
  const [plan] = planRules([rule], columns, context);
  const count = plan?.kind === 'rows' ? plan.broken : plan?.kind === 'metric' ? plan.count : undefined;
  return count?.kind === 'scan' ? count.where : undefined;
}

/** The statement that shows a person what the rule looks at: every row that breaks it, else what is counted or asked. */
export function explainSql(rule: Rule, columns: readonly Field[], relation: string, context: CheckContext = {}): string | undefined {
  const { dialect } = frameOf(columns, context);
  const [plan] = planRules([rule], columns, context);
  if (rule.test.kind === 'schema' && plan?.kind !== 'rows') return dialect.describe(relation);
  if (plan?.kind === 'aggregate') return `SELECT ${plan.value.expression} FROM ${relation}`;
  if (plan?.kind === 'reconciliation') return `SELECT ${plan.own.expression} AS own, (${plan.theirs.query}) AS theirs FROM ${relation}`;
  if (plan?.kind === 'sql') return answerPass(plan.answer, relation, rule.object).sql;
  if (plan?.kind === 'metric' && plan.count.key === allRows.key) return `SELECT count(*) FROM ${relation}`;
  const paths = keyPaths(rule);
  if (paths !== undefined) return repeatedKeys(paths, rule.test.kind === 'primaryKey', columns, { relation, dialect });
  const broken = brokenRows(rule, columns, { relation, context });
  return broken === undefined ? undefined : `SELECT * ${broken}`;
}

function keyPaths({ test }: Rule): readonly Path[] | undefined {
  if (test.kind === 'unique' || test.kind === 'primaryKey') return test.columns;
  return test.kind === 'metric' && test.metric.kind === 'duplicateValues' ? test.metric.columns : undefined;
}

/** What follows SELECT to read the rows that break a rule. */
function brokenRows(rule: Rule, columns: readonly Field[], { relation, context }: { relation: string; context: CheckContext }): string | undefined {
  const [plan] = planRules([rule], columns, context);
  if (plan?.kind === 'rows' && plan.broken.kind === 'sql' && plan.broken.query.startsWith('SELECT count(*) FROM'))
    return plan.broken.query.replace('SELECT count(*) ', '').replaceAll('${object}', () => relation);
  const condition = conditionOf(rule, columns, context);
  return condition === undefined ? undefined : `FROM ${relation} WHERE ${condition}`;
}

function repeatedKeys(
  paths: readonly Path[],
  nullsToo: boolean,
  columns: readonly Field[],
  { relation, dialect, limit, noRepeats = false }: { relation: string; dialect: Dialect; limit?: number; noRepeats?: boolean },
): string | undefined {
  const keys = paths.map((path) => valueAt(path, columns, dialect));
  const found = keys.flatMap((key) => ('sql' in key ? [key] : []));
  if (found.length < keys.length) return undefined;
  const sql = found.map((key) => key.sql);
  const areNull = (some: readonly string[], join: string) => some.map((key) => `${key} IS ${nullsToo ? '' : 'NOT '}NULL`).join(join);
  const onlyNulls = nullsToo && noRepeats;
  const rows = `${relation}${onlyNulls ? ` WHERE ${areNull(sql, ' OR ')}` : nullsToo ? '' : ` WHERE ${areNull(sql, ' AND ')}`}`;
  const sorted = limit === undefined ? undefined : dialect.sortedKeys?.(found, rows);
  const grouped = sorted === undefined ? sql : sql.map((_, index) => `k${index}`);
  const shown = sorted === undefined ? sql : grouped.map((key, index) => `${key} AS ${quoteName(nameOf(paths[index]) ?? key)}`);
  const having = onlyNulls ? '' : ` HAVING count(*) > 1${nullsToo ? ` OR ${areNull(grouped, ' OR ')}` : ''}`;
  return [
    `SELECT ${shown.join(', ')}, count(*) AS rows FROM ${sorted ?? rows} GROUP BY ${grouped.join(', ')}${having} ORDER BY count(*) DESC`,
    ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
  ].join(' ');
}

function nameOf(path: Path | undefined): string | undefined {
  const last = path?.at(-1);
  return last?.kind === 'field' ? last.name : undefined;
}
