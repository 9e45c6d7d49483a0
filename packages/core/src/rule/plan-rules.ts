import { acceptsType } from '../table/accepts-type.ts';
import type { ColumnType } from '../table/column.ts';
import { typeParts } from '../table/physical-type.ts';
import { formatType, type WantedType } from '../table/wanted-type.ts';
import type { CheckContext } from './check-context.ts';
import { columnStamp } from './column-stamp.ts';
import { type Compiled, type Field, isTemporal } from './dialect.ts';
import { aggregateOf, secondsOf } from './aggregate-sql.ts';
import { type Frame, frameOf } from './frame.ts';
import { isUnsteady } from './is-unsteady.ts';
import { frequencyVerdict, publishedVerdict, readyVerdict, type SettledVerdict } from './judge-service-level.ts';
import { proofFor } from './key-proof.ts';
import {
  aggregateMeasure,
  type AggregateMeasure,
  allRows,
  type AnswerMeasure,
  type KeyMeasure,
  type Measure,
  rowsWhere,
  type ScanMeasure,
  stampMeasure,
} from './measure.ts';
import { type NarrowPart, partsToAsk, testsOf } from './narrow-parts.ts';
import { changeQuery, olderRows } from './plan-change.ts';
import { orphanRows, otherTable, resolve } from './plan-relationship.ts';
import { listedColumns, setApart } from './set-apart.ts';
import type { Aggregate, Historic, Metric, Path, RowTest, Rule, RuleTest } from './rule.ts';
import { anyBroken, oneOf, valueAt, violation } from './violation.ts';

/** How a rule is judged on columns of these types. */
export type RulePlan =
  /** Known without looking at a row. */
  | { readonly kind: 'settled'; readonly status: 'pass' | 'violated' | 'error' | 'skip'; readonly found: string }
  /** `beside` is said before what rows show. */
  | { readonly kind: 'rows'; readonly broken: ScanMeasure | AnswerMeasure; readonly of: ScanMeasure | AnswerMeasure; readonly beside?: string }
  | { readonly kind: 'key'; readonly repeats: KeyMeasure; readonly nulls?: ScanMeasure; readonly of: ScanMeasure }
  /** `of` is what a percentage is taken of. */
  | { readonly kind: 'metric'; readonly count: ScanMeasure | KeyMeasure; readonly of: ScanMeasure }
  | { readonly kind: 'sql'; readonly answer: AnswerMeasure }
  | { readonly kind: 'aggregate'; readonly value: AggregateMeasure }
  /** With `of` the value is a share in percent. */
  | { readonly kind: 'history'; readonly value: ScanMeasure | AggregateMeasure; readonly of?: ScanMeasure }
  | { readonly kind: 'reconciliation'; readonly own: AggregateMeasure; readonly theirs: AnswerMeasure };

/** DuckDB binds every column of a relation for each count that is asked apart: in wide tables that outweighs what is not decoded. */
const columnsReadApart = 64;

/** One plan per rule, in their order. A column that breaks its schema rule settles every other rule on it as `skip`. */
export function planRules(rules: readonly Rule[], columns: readonly Field[], context: CheckContext = {}): readonly RulePlan[] {
  const frame = frameOf(columns, context);
  const listed = listedColumns(rules);
  const plan = (rule: Rule) => (columns.length > columnsReadApart ? planRule(rule, frame) : setApart(planRule(rule, frame), rule, listed));
  const byName = Map.groupBy(columns, ({ name }) => name);
  const stamp = (rule: Rule) => [columnStamp(stampedColumns(rule, columns), byName), ...(isUnsteady(rule.where) ? [`at ${context.now}`] : [])].join(' ').trim();
  const first = rules.map((rule) => stampMeasures(plan(rule), stamp(rule)));
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
      return { ...plan, broken: stamped(plan.broken, stamp), of: stamped(plan.of, stamp) };
    case 'history':
      return {
        ...plan,
        value: plan.value.kind === 'scan' ? stampMeasure(plan.value, stamp) : plan.value,
        ...(plan.of && { of: stampMeasure(plan.of, stamp) }),
      };
    case 'key':
      return {
        ...plan,
        repeats: stampMeasure(plan.repeats, stamp),
        ...(plan.nulls && { nulls: stampMeasure(plan.nulls, stamp) }),
        of: stampMeasure(plan.of, stamp),
      };
    case 'metric':
      return { ...plan, count: stampMeasure(plan.count, stamp), of: stampMeasure(plan.of, stamp) };
    default:
      return plan;
  }
}

/** Only counts are remembered. */
function stamped(measure: ScanMeasure | AnswerMeasure, stamp: string): ScanMeasure | AnswerMeasure {
  return measure.kind === 'scan' ? stampMeasure(measure, stamp) : measure;
}

function isBroken(plan: RulePlan | undefined): boolean {
  return plan?.kind === 'settled' && plan.status === 'violated';
}

export function measuresOf(plan: RulePlan): readonly Measure[] {
  switch (plan.kind) {
    case 'settled':
      return [];
    case 'rows':
      return [plan.broken, plan.of];
    case 'key':
      return plan.nulls === undefined ? [plan.repeats, plan.of] : [plan.repeats, plan.nulls, plan.of];
    case 'metric':
      return [plan.count, plan.of];
    case 'sql':
      return [plan.answer];
    case 'aggregate':
      return [plan.value];
    case 'history':
      return plan.of === undefined ? [plan.value] : [plan.value, plan.of];
    case 'reconciliation':
      return [plan.own, plan.theirs];
    default:
      return plan satisfies never;
  }
}

/** The columns that a rule names: its own, and those of its key. */
export function columnsOf({ path, test }: Rule): readonly string[] {
  const keyed = 'columns' in test ? test.columns : test.kind === 'lateUpdates' ? [test.column] : [];
  const counted = test.kind === 'metric' && test.metric.kind === 'duplicateValues' ? test.metric.columns : [];
  return [...new Set([path, ...keyed, ...counted].map(columnOf).filter((name) => name !== undefined))];
}

/** And those that its condition may name. */
function stampedColumns(rule: Rule, columns: readonly Field[]): readonly string[] {
  const condition = rule.where?.toLowerCase();
  const named = condition === undefined ? [] : columns.filter(({ name }) => condition.includes(name.toLowerCase())).map(({ name }) => name);
  return [...new Set([...columnsOf(rule), ...named])];
}

function columnOf([first]: Path): string | undefined {
  return fieldOf(first);
}

function fieldOf(step: Path[number] | undefined): string | undefined {
  return step?.kind === 'field' ? step.name : undefined;
}

function planRule(rule: Rule, frame: Frame): RulePlan {
  const { test } = rule;
  const standing = frame.context.standing?.get(rule.id);
  if (standing !== undefined) return { kind: 'settled', status: standing.status, found: `not due; ${standing.at}: ${standing.found}` };
  switch (test.kind) {
    case 'schema':
      return planSchema(rule, frame);
    case 'text':
      return { kind: 'settled', status: 'skip', found: 'a rule in words is shown, not evaluated' };
    case 'history':
      return planHistory(rule, test.of, frame);
    case 'rowsLost':
    case 'keysVanished':
    case 'lateUpdates':
      return planChange(rule, test, frame);
    case 'reconciliation':
      return planReconciliation(rule, test, frame);
    case 'custom':
      return { kind: 'settled', status: 'skip', found: `${test.what} is shown, not evaluated` };
    case 'words':
      return { kind: 'settled', status: 'skip', found: `only words: ${test.why}` };
    case 'unsupported':
      return failed(test.what);
    case 'aggregate':
      return planAggregate(rule, test.aggregate, frame);
    case 'age':
      return rule.path.length === 0 ? settle(publishedVerdict(test.limit, frame.context)) : planAge(rule, test.of, frame);
    case 'frequency':
      return frame.context.published === undefined && rule.path.length > 0 ? planAge(rule, 'newest', frame) : settle(frequencyVerdict(test, frame.context));
    case 'readyBy':
      return settle(readyVerdict(test, frame.context));
    case 'unique':
    case 'primaryKey':
      return planKey(rule, test, frame);
    case 'relationship':
      return planRelationship(rule, orphanRows(test, rule.where, frame));
    case 'metric':
      return planMetric(rule, test.metric, frame);
    case 'sql':
      return planAnswer(rule, test, frame);
    default:
      return planRow(rule, test, frame);
  }
}

function settle(verdict: SettledVerdict): RulePlan {
  return { kind: 'settled', ...verdict };
}

function planAggregate(rule: Rule, aggregate: Aggregate, { columns, dialect }: Frame): RulePlan {
  const value = valueAt(rule.path, columns, dialect);
  const expression = 'error' in value ? value : aggregateOf(aggregate, value);
  return 'error' in expression ? failed(expression.error) : { kind: 'aggregate', value: aggregateMeasure(expression.sql, rule.where) };
}

function planAge(rule: Rule, of: 'newest' | 'oldest', { columns, dialect, context }: Frame): RulePlan {
  const value = valueAt(rule.path, columns, dialect);
  const expression = 'error' in value ? value : secondsOf(of, value);
  if ('error' in expression) return failed(expression.error);
  return context.now === undefined ? failed('the time of the check is not known') : { kind: 'aggregate', value: aggregateMeasure(expression.sql, rule.where) };
}

const noVersions: RulePlan = { kind: 'settled', status: 'skip', found: 'it compares published versions, which are known in a mesh only' };

function planHistory(rule: Rule, of: Historic, frame: Frame): RulePlan {
  if (frame.context.past === undefined) return noVersions;
  if (of === 'rowCount') return { kind: 'history', value: rowsOf(rule) };
  const value = valueAt(rule.path, frame.columns, frame.dialect);
  if ('error' in value) return failed(value.error);
  if (of === 'nullShare') return { kind: 'history', value: rowsOf(rule, frame.dialect.isNull(value)), of: rowsOf(rule) };
  const plan = planAggregate(rule, of, frame);
  return plan.kind === 'aggregate' ? { kind: 'history', value: plan.value } : plan;
}

function planChange(rule: Rule, test: RuleTest & { kind: 'rowsLost' | 'keysVanished' | 'lateUpdates' }, frame: Frame): RulePlan {
  const older = frame.context.before;
  if (older === undefined && frame.context.past === undefined) return noVersions;
  if (older === undefined) return { kind: 'settled', status: 'skip', found: 'there is no version before to compare with' };
  const query = changeQuery(rule, test, older, frame);
  if ('error' in query) return failed(query.error);
  const of: ScanMeasure | AnswerMeasure = test.kind === 'lateUpdates' ? rowsOf(rule) : { kind: 'sql', key: `${rule.id} before`, query: olderRows(rule, older) };
  return { kind: 'rows', broken: { kind: 'sql', key: rule.id, query: query.sql }, of };
}

function planReconciliation(rule: Rule, { columns: paths, to, theirWhere }: RuleTest & { kind: 'reconciliation' }, frame: Frame): RulePlan {
  const other = otherTable(to.relation, frame.context);
  if ('error' in other) return failed(other.error);
  const own = sumOf(paths, frame.columns, frame);
  const theirs = sumOf(
    to.columns.map((path) => resolve(path, other)),
    other.columns,
    frame,
  );
  if ('error' in own) return failed(own.error);
  if ('error' in theirs) return failed(`${to.relation}: ${theirs.error}`);
  const query = `SELECT ${theirs.sql} FROM ${other.relation}${theirWhere === undefined ? '' : ` WHERE (${theirWhere}\n)`}`;
  return { kind: 'reconciliation', own: aggregateMeasure(own.sql, rule.where), theirs: { kind: 'sql', key: rule.id, query } };
}

function sumOf([path]: readonly Path[], columns: readonly Field[], { dialect }: Frame): Compiled {
  if (path === undefined) return { sql: 'count(*)' };
  const value = valueAt(path, columns, dialect);
  return 'error' in value ? value : aggregateOf('sum', value);
}

function failed(found: string): RulePlan {
  return { kind: 'settled', status: 'error', found };
}

/** The rows that a rule asks, of those for which `condition` is true. */
function rowsOf({ where }: Rule, condition?: string): ScanMeasure {
  if (where === undefined) return condition === undefined ? allRows : rowsWhere(condition);
  return rowsWhere(condition === undefined ? `(${where}\n)` : `(${where}\n) AND (${condition})`);
}

function planSchema(rule: Rule, frame: Frame): RulePlan {
  const { columns } = frame;
  const { path, test } = rule;
  const name = columnOf(path);
  const found = columns.find((column) => column.name === name);
  if (found === undefined) {
    const alike = columns.find((column) => column.name.toLowerCase() === name?.toLowerCase());
    return { kind: 'settled', status: 'violated', found: alike === undefined ? 'the column is missing' : `the column is missing; there is ${alike.name}` };
  }
  if (test.kind !== 'schema' || (test.type === undefined && test.unknown === undefined))
    return { kind: 'settled', status: 'pass', found: formatType(found.type) };
  if (test.type === undefined) return failed(`the promised type ${test.unknown} is not known`);
  const accepted = acceptsType(test.type, found.type);
  if (accepted && test.narrow !== undefined) return planNarrow(rule, found, test.narrow, frame);
  return {
    kind: 'settled',
    status: accepted ? 'pass' : 'violated',
    found: `it is ${formatType(found.type)}${accepted ? '' : adviceOn(test.type, found.type)}`,
  };
}

/** DuckDB gives sums of decimals 38 digits. */
function adviceOn(wanted: WantedType, found: ColumnType): string {
  const isSum = wanted.kind === 'decimal' && found.kind === 'decimal' && found.precision === 38 && found.scale === wanted.scale;
  return isSum ? `, as sums of decimals are; write CAST(... AS ${formatType(wanted)})` : '';
}

function typeIn({ type, typeName }: Field): string {
  if (typeName === undefined) return formatType(type);
  return typeParts(typeName) === undefined ? typeName.toUpperCase() : typeName;
}

/** Types that ours do not tell from others: the place states them, or every value lies in them. */
function planNarrow(rule: Rule, found: Field, parts: readonly NarrowPart[], { columns, dialect }: Frame): RulePlan {
  const said = `it is ${parts.every(({ of }) => of === 'precision') ? formatType(found.type) : typeIn(found)}`;
  const open = partsToAsk(parts, found, dialect);
  if (open === undefined || open.length === 0) return { kind: 'settled', status: open === undefined ? 'violated' : 'pass', found: said };
  const broken = anyBroken(open.flatMap((part) => testsOf(part).map((test) => violation(test, part.path, columns, dialect))));
  return 'error' in broken ? failed(broken.error) : { kind: 'rows', broken: rowsOf(rule, broken.sql), of: rowsOf(rule), beside: said };
}

function planRow(rule: Rule, test: RowTest, { columns, dialect }: Frame): RulePlan {
  const formatted = test.kind === 'format' ? valueAt(rule.path, columns, dialect) : undefined;
  if (formatted !== undefined && 'type' in formatted && isTemporal(formatted.type)) {
    return { kind: 'settled', status: 'skip', found: `the column holds ${formatType(formatted.type)}, not text that could have a format` };
  }
  const broken = violation(test, rule.path, columns, dialect);
  if ('error' in broken) return failed(broken.error);
  const value = rule.tolerance?.of === 'values' ? valueAt(rule.path, columns, dialect) : undefined;
  return { kind: 'rows', broken: rowsOf(rule, broken.sql), of: value !== undefined && 'sql' in value ? rowsOf(rule, dialect.isPresent(value)) : rowsOf(rule) };
}

function planKey(rule: Rule, { kind, columns: paths }: { kind: 'unique' | 'primaryKey'; columns: readonly Path[] }, frame: Frame): RulePlan {
  const keys = expressions(paths, frame);
  if ('error' in keys) return failed(keys.error);
  const nulls = keys.sql.map((key) => `${key} IS NULL`).join(' OR ');
  return { kind: 'key', repeats: keyMeasure(rule, keys, true), of: rowsOf(rule), ...(kind === 'primaryKey' && { nulls: rowsOf(rule, nulls) }) };
}

function planRelationship(rule: Rule, orphans: Compiled): RulePlan {
  if ('error' in orphans) return failed(orphans.error);
  return { kind: 'rows', broken: { kind: 'sql', key: rule.id, query: `SELECT count(*) ${orphans.sql}` }, of: rowsOf(rule) };
}

function planMetric(rule: Rule, metric: Metric, frame: Frame): RulePlan {
  if (metric.kind === 'rowCount') return { kind: 'metric', count: rowsOf(rule), of: rowsOf(rule) };
  if (metric.kind === 'duplicateValues') {
    const keys = expressions(metric.columns, frame);
    if ('error' in keys) return failed(keys.error);
    return { kind: 'metric', count: keyMeasure(rule, keys, asksForNone(rule)), of: rowsOf(rule, keys.sql.map((key) => `${key} IS NOT NULL`).join(' AND ')) };
  }
  const counted = countedRows(metric, rule.path, frame);
  return 'error' in counted ? failed(counted.error) : { kind: 'metric', count: rowsOf(rule, counted.sql), of: rowsOf(rule) };
}

function countedRows(metric: Exclude<Metric, { kind: 'rowCount' | 'duplicateValues' }>, path: Path, { columns, dialect }: Frame): Compiled {
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
  return anyBroken(metric.tests.map((test) => violation(test, path, columns, dialect)));
}

const placeholder = /(["`]?)\$?\{(object|table|property|column)\}\1/g;

function planAnswer({ id, path }: Rule, { query, reads }: RuleTest & { kind: 'sql' }, { columns, dialect, context }: Frame): RulePlan {
  const others = reads.map((name) => [name, otherTable(name, context)] as const);
  const lacking = others.flatMap(([, other]) => ('error' in other ? [other.error] : []));
  if (lacking[0] !== undefined) return failed(lacking[0]);
  const beside = others.flatMap(([name, other]) => ('relation' in other ? [[name, other.relation] as const] : []));
  const value = path.length === 0 ? undefined : valueAt(path, columns, dialect);
  const asks = [...query.matchAll(placeholder)].some(([, , name]) => name === 'property' || name === 'column');
  if (asks && (value === undefined || 'error' in value)) return failed(`the query names a property: ${value?.error ?? 'the rule stands at none'}`);
  const column = value !== undefined && 'sql' in value ? value.sql : '';
  const written = query.replaceAll(placeholder, (_, __, name) => (name === 'property' || name === 'column' ? column : '${object}'));
  return { kind: 'sql', answer: { kind: 'sql', key: id, query: written, written: true, ...(beside.length > 0 && { beside }) } };
}

interface Keys {
  readonly sql: readonly string[];
  readonly names: readonly string[];
  readonly types: readonly ColumnType[];
}

function expressions(paths: readonly Path[], { columns, dialect }: Frame): Keys | { readonly error: string } {
  const values = paths.map((path) => valueAt(path, columns, dialect));
  const found = values.flatMap((value) => ('sql' in value ? [value] : []));
  if (dialect.name === 'PostgreSQL' && found.some(({ type }) => type.kind === 'struct'))
    return { error: 'a key of a composite type, which PostgreSQL compares otherwise, is not judged there' };
  const names = paths.map((path) => fieldOf(path.at(-1)) ?? '');
  return values.find((value) => 'error' in value) ?? { sql: found.map(({ sql }) => sql), names, types: found.map(({ type }) => type) };
}

function asksForNone({ test }: Rule): boolean {
  return test.kind === 'metric' && test.threshold.operator === 'mustBe' && test.threshold.value === 0;
}

/** The order of a key's columns does not matter to what repeats. */
function keyMeasure({ where }: Rule, { sql, names, types }: Keys, expectNone: boolean): KeyMeasure {
  const sorted = [...new Set(sql)].toSorted();
  const proof = expectNone && !isUnsteady(where) ? proofFor(types) : undefined;
  return {
    kind: 'key',
    key: [sorted.join(', '), ...(where === undefined ? [] : [`WHERE ${where}`])].join(' '),
    columns: sorted,
    names: sql.map((column, index) => [names[index] ?? column, column]),
    ...(where !== undefined && { where }),
    ...(proof !== undefined && { proof }),
  };
}
