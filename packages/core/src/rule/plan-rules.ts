import { acceptsType } from '../table/accepts-type.ts';
import { formatType } from '../table/wanted-type.ts';
import { columnStamp } from './column-stamp.ts';
import { type Compiled, type Dialect, type Field, isTemporal } from './dialect.ts';
import { duckdb } from './duckdb-dialect.ts';
import { allRows, type AnswerMeasure, type KeyMeasure, type Measure, rowsWhere, type ScanMeasure, stampMeasure } from './measure.ts';
import { type Metric, type Path, type RowTest, type Rule } from './rule.ts';
import { mismatch, oneOf, valueAt, violation } from './violation.ts';

/** How a rule is judged on columns of these types. */
export type RulePlan =
  /** Known without looking at a row. */
  | { readonly kind: 'settled'; readonly status: 'pass' | 'violated' | 'error' | 'skip'; readonly found: string }
  | { readonly kind: 'rows'; readonly broken: ScanMeasure }
  | { readonly kind: 'key'; readonly repeats: KeyMeasure; readonly nulls?: ScanMeasure }
  /** `of` is what a percentage is taken of. */
  | { readonly kind: 'metric'; readonly count: ScanMeasure | KeyMeasure; readonly of: ScanMeasure }
  | { readonly kind: 'sql'; readonly answer: AnswerMeasure };

/** One plan per rule, in their order. A column that breaks its schema rule settles every other rule on it as `skip`. */
export function planRules(rules: readonly Rule[], columns: readonly Field[], dialect: Dialect = duckdb): readonly RulePlan[] {
  const first = rules.map((rule) => stampMeasures(planRule(rule, columns, dialect), columnStamp(columnsOf(rule), columns)));
  const broken = new Set(rules.flatMap((rule, index) => (rule.test.kind === 'schema' && isBroken(first[index]) ? [columnOf(rule.path)] : [])));
  return first.map((plan, index) => {
    const rule = rules[index];
    const column = rule === undefined || rule.test.kind === 'schema' ? undefined : columnsOf(rule).find((name) => broken.has(name));
    return column === undefined ? plan : { kind: 'settled', status: 'skip', found: `the column ${column} is missing or has the wrong type` };
  });
}

function stampMeasures(plan: RulePlan, stamp: string): RulePlan {
  switch (plan.kind) {
    case 'rows':
      return { ...plan, broken: stampMeasure(plan.broken, stamp) };
    case 'key':
      return { ...plan, repeats: stampMeasure(plan.repeats, stamp), ...(plan.nulls && { nulls: stampMeasure(plan.nulls, stamp) }) };
    case 'metric':
      return { ...plan, count: stampMeasure(plan.count, stamp), of: stampMeasure(plan.of, stamp) };
    default:
      return plan;
  }
}

function isBroken(plan: RulePlan | undefined): boolean {
  return plan?.kind === 'settled' && plan.status === 'violated';
}

export function measuresOf(plan: RulePlan): readonly Measure[] {
  switch (plan.kind) {
    case 'settled':
      return [];
    case 'rows':
      return [plan.broken];
    case 'key':
      return plan.nulls === undefined ? [plan.repeats] : [plan.repeats, plan.nulls];
    case 'metric':
      return [plan.count, plan.of];
    case 'sql':
      return [plan.answer];
    default:
      return plan satisfies never;
  }
}

/** The columns that a rule names: its own, and those of its key. */
export function columnsOf({ path, test }: Rule): readonly string[] {
  const keyed = test.kind === 'unique' || test.kind === 'primaryKey' ? test.columns : [];
  const counted = test.kind === 'metric' && test.metric.kind === 'duplicateValues' ? test.metric.columns : [];
  return [...new Set([path, ...keyed, ...counted].map(columnOf).filter((name) => name !== undefined))];
}

function columnOf([first]: Path): string | undefined {
  return first?.kind === 'field' ? first.name : undefined;
}

function planRule(rule: Rule, columns: readonly Field[], dialect: Dialect): RulePlan {
  const { path, test } = rule;
  switch (test.kind) {
    case 'schema':
      return planSchema(rule, columns);
    case 'text':
      return { kind: 'settled', status: 'skip', found: 'a rule in words is shown, not evaluated' };
    case 'unsupported':
      return { kind: 'settled', status: 'error', found: test.what };
    case 'unique':
    case 'primaryKey':
      return planKey(test.kind === 'primaryKey', test.columns, columns, dialect);
    case 'metric':
      return planMetric(test.metric, path, columns, dialect);
    case 'sql':
      return planAnswer(rule, test.query, columns, dialect);
    default:
      return planRow(test, path, columns, dialect);
  }
}

function planSchema({ path, test }: Rule, columns: readonly Field[]): RulePlan {
  const name = columnOf(path);
  const found = columns.find((column) => column.name === name);
  if (found === undefined) {
    const alike = columns.find((column) => column.name.toLowerCase() === name?.toLowerCase());
    return { kind: 'settled', status: 'violated', found: alike === undefined ? 'the column is missing' : `the column is missing; there is ${alike.name}` };
  }
  if (test.kind !== 'schema' || (test.type === undefined && test.unknown === undefined)) return { kind: 'settled', status: 'pass', found: formatType(found.type) };
  if (test.type === undefined) return { kind: 'settled', status: 'error', found: `the promised type ${test.unknown} is not known` };
  const accepted = acceptsType(test.type, found.type);
  return { kind: 'settled', status: accepted ? 'pass' : 'violated', found: `it is ${formatType(found.type)}` };
}

function planRow(test: RowTest, path: Path, columns: readonly Field[], dialect: Dialect): RulePlan {
  const value = test.kind === 'format' ? valueAt(path, columns, dialect) : undefined;
  if (value !== undefined && 'type' in value && isTemporal(value.type)) {
    return { kind: 'settled', status: 'skip', found: `the column holds ${formatType(value.type)}, not text that could have a format` };
  }
  return planRows(violation(test, path, columns, dialect));
}

function planRows(broken: Compiled): RulePlan {
  return 'error' in broken ? { kind: 'settled', status: 'error', found: broken.error } : { kind: 'rows', broken: rowsWhere(broken.sql) };
}

function planKey(primary: boolean, paths: readonly Path[], columns: readonly Field[], dialect: Dialect): RulePlan {
  const keys = expressions(paths, columns, dialect);
  if ('error' in keys) return { kind: 'settled', status: 'error', found: keys.error };
  const repeats = keyMeasure(keys.sql);
  return primary ? { kind: 'key', repeats, nulls: rowsWhere(keys.sql.map((key) => `${key} IS NULL`).join(' OR ')) } : { kind: 'key', repeats };
}

function planMetric(metric: Metric, path: Path, columns: readonly Field[], dialect: Dialect): RulePlan {
  if (metric.kind === 'rowCount') return { kind: 'metric', count: allRows, of: allRows };
  if (metric.kind === 'duplicateValues') {
    const keys = expressions(metric.columns, columns, dialect);
    if ('error' in keys) return { kind: 'settled', status: 'error', found: keys.error };
    return { kind: 'metric', count: keyMeasure(keys.sql), of: rowsWhere(keys.sql.map((key) => `${key} IS NOT NULL`).join(' AND ')) };
  }
  const counted = countedRows(metric, path, columns, dialect);
  return 'error' in counted ? { kind: 'settled', status: 'error', found: counted.error } : { kind: 'metric', count: rowsWhere(counted.sql), of: allRows };
}

function countedRows(metric: Exclude<Metric, { kind: 'rowCount' | 'duplicateValues' }>, path: Path, columns: readonly Field[], dialect: Dialect): Compiled {
  const value = valueAt(path, columns, dialect);
  if ('error' in value) return value;
  const missing = dialect.isNull(value);
  if (metric.kind === 'nullValues') return { sql: missing };
  if (metric.kind === 'missingValues') {
    const fitting = metric.values.filter((one) => one !== '' || value.type.kind === 'string');
    if (fitting.length === 0) return { sql: missing };
    const others = oneOf(fitting, value, dialect);
    return 'error' in others ? others : { sql: `(${missing} OR NOT (${others.sql}))` };
  }
  if (metric.pattern !== undefined && value.type.kind !== 'string') return { error: `pattern does not apply to ${formatType(value.type)}` };
  const wrong = [metric.values && oneOf(metric.values, value, dialect), metric.pattern === undefined ? undefined : mismatch(metric.pattern, value.sql, dialect)];
  const tests = wrong.filter((one) => one !== undefined);
  return tests.find((one) => 'error' in one) ?? { sql: `(${tests.map((one) => ('sql' in one ? one.sql : '')).join(' OR ')})` };
}

const placeholder = /(["`]?)\$?\{(object|table|property|column)\}\1/g;

function planAnswer({ id, path }: Rule, query: string, columns: readonly Field[], dialect: Dialect): RulePlan {
  const value = path.length === 0 ? undefined : valueAt(path, columns, dialect);
  const asks = [...query.matchAll(placeholder)].some(([, , name]) => name === 'property' || name === 'column');
  if (asks && (value === undefined || 'error' in value)) return { kind: 'settled', status: 'error', found: `the query names a property: ${value?.error ?? 'the rule stands at none'}` };
  const column = value !== undefined && 'sql' in value ? value.sql : '';
  const written = query.replaceAll(placeholder, (_, __, name) => (name === 'property' || name === 'column' ? column : '${object}'));
  return { kind: 'sql', answer: { kind: 'sql', key: id, query: written } };
}

function expressions(paths: readonly Path[], columns: readonly Field[], dialect: Dialect): { readonly sql: readonly string[] } | { readonly error: string } {
  const values = paths.map((path) => valueAt(path, columns, dialect));
  return values.find((value) => 'error' in value) ?? { sql: values.flatMap((value) => ('sql' in value ? [value.sql] : [])) };
}

/** The order of a key's columns does not matter to what repeats. */
function keyMeasure(columns: readonly string[]): KeyMeasure {
  const sorted = [...new Set(columns)].toSorted();
  return { kind: 'key', key: sorted.join(', '), columns: sorted };
}
