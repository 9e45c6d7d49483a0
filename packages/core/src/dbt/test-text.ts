import { sqlName, stableId } from '../adopt/adopted-name.ts';
import type { DbtNode } from '../adopt/dbt/manifest.ts';
import { listOf, objectOf } from '../document/json.ts';
import { formatPath, type Path, type Rule, type RuleTest, type Threshold } from '../rule/rule.ts';
import { quoteText } from '../sql/quote.ts';
import { columnSql, conditionOf } from './condition.ts';
import { modelOf, type WritingModel } from './tested-model.ts';

/** A dbt test as its file holds it, or why dbt cannot ask what the rule does. */
export type TestText = { readonly text: string } | { readonly why: string };

/** A rule as a singular dbt test: a SELECT of what breaks it. */
export function testText(rule: Rule, writing: WritingModel): TestText {
  const query = queryOf(rule, writing);
  if ('why' in query) return query;
  const mark = { contract: writing.contractId, rule: rule.id, model: writing.model.unique_id };
  const severity = rule.severity === 'error' ? 'error' : 'warn';
  const text = [
    `-- ${MARK} Rule ${rule.id} of the contract ${writing.contractId}.`,
    `{{ config(severity='${severity}', tags=['hanse'], meta={'hanse': ${JSON.stringify(mark)}}) }}`,
    `-- ${formatPath(rule.path) || rule.object} ${rule.expectation.replaceAll(/\s+/g, ' ')}`,
    query.sql,
    '',
  ].join('\n');
  const written = text.replace(/^\{\{ config.*$/m, '').replaceAll(/\{\{ ref\('[^']*'(?:, v=[^ ]+)?\) \}\}/g, '');
  return /\{[{%#]/.test(written) ? { why: 'it holds what dbt would take for Jinja' } : { text };
}

/** Begins every file that is Hanse's to write again. */
export const MARK = 'Written by Hanse; changes are lost at the next export.';

/** The name of a rule's test, which is its file's. */
export function testName(rule: Rule, model: DbtNode): string {
  return `hanse_${stableId(model.alias ?? model.name)}_${stableId(rule.id.replaceAll('/', '__'))}`.toLowerCase();
}

/** How a project's SQL names a model. */
export function refTo({ name, version }: DbtNode): string {
  const of = version === undefined || version === null ? '' : `, v=${typeof version === 'number' || /^\d+$/.test(version) ? version : `'${version}'`}`;
  return `{{ ref('${name}'${of}) }}`;
}

type Query = { readonly sql: string } | { readonly why: string };

function queryOf(rule: Rule, writing: WritingModel): Query {
  const { test, where, tolerance } = rule;
  const table = refTo(writing.model);
  const rows = where === undefined ? table : `(select * from ${table} where ${where.trim()}) as asked`;
  switch (test.kind) {
    case 'unique':
    case 'primaryKey':
      return tolerance === undefined ? repeated(test, rows, writing) : { why: 'it lets some rows pass' };
    case 'metric':
      return metric(rule, test, { rows, writing });
    case 'sql':
      return answer(rule, test, { rows, writing });
    case 'relationship':
      return tolerance === undefined ? orphans(test, rows, writing) : { why: 'it lets some rows pass' };
    case 'aggregate': {
      const aggregate = AGGREGATES[test.aggregate]?.(columnSql(rule.path, writing));
      return aggregate === undefined
        ? { why: `${test.aggregate} is not written alike everywhere` }
        : unmet(`select ${aggregate} as value from ${rows}`, test.threshold);
    }
    case 'schema':
      return { why: 'dbt holds types by an enforced contract of the model, not by a test' };
    case 'custom':
      return { why: 'it is a check of another tool' };
    case 'age':
    case 'frequency':
    case 'readyBy':
    case 'words':
      return { why: 'a service level is about when dbt runs, not about what it makes' };
    case 'history':
    case 'rowsLost':
    case 'keysVanished':
    case 'lateUpdates':
      return { why: 'it compares with versions before, which dbt does not keep' };
    case 'reconciliation':
    case 'text':
    case 'unsupported':
      return { why: 'it has no counterpart' };
    default:
      return tolerated(rule, test, { rows, writing });
  }
}

interface Asked {
  readonly rows: string;
  readonly writing: WritingModel;
}

function tolerated(rule: Rule, test: Parameters<typeof conditionOf>[0], { rows, writing }: Asked): Query {
  const broken = conditionOf(test, rule.path, writing);
  if ('why' in broken) return broken;
  const { tolerance } = rule;
  if (tolerance === undefined) return { sql: `select * from ${rows}\nwhere ${broken.sql}` };
  if (tolerance.of === 'values') return { why: 'its percentage is of the rows that have a value' };
  return unmet(counted(broken.sql, rows, tolerance.unit), { operator: 'mustBeLessOrEqualTo', value: tolerance.value });
}

/** The number of rows, or their share of all in percent. */
function counted(condition: string, rows: string, unit: 'rows' | 'percent'): string {
  const broken = `sum(case when ${condition} then 1 else 0 end)`;
  return `select ${unit === 'rows' ? `coalesce(${broken}, 0)` : `100.0 * ${broken} / nullif(count(*), 0)`} as value from ${rows}`;
}

function metric(rule: Rule, { metric: measured, threshold, unit }: RuleTest & { kind: 'metric' }, { rows, writing }: Asked): Query {
  switch (measured.kind) {
    case 'rowCount':
      return unmet(`select count(*) as value from ${rows}`, threshold);
    case 'duplicateValues': {
      if (unit === 'percent') return { why: 'its percentage is of the rows that have a value' };
      const keys = measured.columns.map((path) => columnSql(path, writing));
      const repeats = `select count(*) - 1 as more from ${rows} where ${keys.map((key) => `${key} is not null`).join(' and ')} group by ${keys.join(', ')}`;
      return unmet(`select coalesce(sum(more), 0) as value from (${repeats}) as repeats`, threshold);
    }
    case 'nullValues':
      return unmet(counted(`${columnSql(rule.path, writing)} is null`, rows, unit), threshold);
    case 'missingValues': {
      const missing = conditionOf({ kind: 'noneOf', values: measured.values }, rule.path, writing);
      return 'why' in missing ? missing : unmet(counted(`${columnSql(rule.path, writing)} is null or ${missing.sql}`, rows, unit), threshold);
    }
    case 'invalidValues': {
      const broken = conditionOf({ kind: 'allOf', tests: measured.tests }, rule.path, writing);
      return 'why' in broken ? broken : unmet(counted(broken.sql, rows, unit), threshold);
    }
    default:
      return measured satisfies never;
  }
}

function repeated(
  { kind, columns }: { readonly kind: 'unique' | 'primaryKey'; readonly columns: readonly Path[] },
  rows: string,
  writing: WritingModel,
): Query {
  const keys = columns.map((path) => columnSql(path, writing));
  const list = keys.join(', ');
  if (kind === 'unique')
    return {
      sql: `select ${list}, count(*) as times from ${rows}\nwhere ${keys.map((key) => `${key} is not null`).join(' and ')}\ngroup by ${list} having count(*) > 1`,
    };
  return { sql: `select ${list}, count(*) as times from ${rows}\ngroup by ${list} having count(*) > 1 or ${keys.map((key) => `${key} is null`).join(' or ')}` };
}

function orphans(test: RuleTest & { kind: 'relationship' }, rows: string, writing: WritingModel): Query {
  const other = targetModel(test.to.relation, writing);
  if (other === undefined) return { why: `${test.to.relation} is no model of this project` };
  if ([...test.columns, ...test.to.columns].some((path) => path.length !== 1 || path[0]?.kind !== 'field'))
    return { why: 'it is about fields inside a column' };
  const pairs = test.columns.map((path, index) => [columnSql(path, writing), columnSql(test.to.columns[index] ?? [], writing)] as const);
  const present = pairs.map(([own]) => `ours.${own} is not null`).join(' and ');
  const equal = pairs.map(([own, theirs]) => `theirs.${theirs} = ours.${own}`).join(' and ');
  const ours = rows.endsWith('as asked') ? `(select * from ${rows})` : rows;
  return { sql: `select ours.* from ${ours} as ours\nwhere ${present}\n  and not exists (select 1 from ${refTo(other)} as theirs where ${equal})` };
}

function targetModel(relation: string, { manifest, contract }: WritingModel): DbtNode | undefined {
  const inside = listOf(contract['schema'])
    .map(objectOf)
    .find(({ name }) => name === relation);
  if (inside !== undefined) return modelOf(manifest, inside, contract);
  const table = relation.replace(/^.*[.#]/, '');
  const named = Object.values(manifest.nodes).filter(({ resource_type: type, name }) => type === 'model' && sqlName(name) === table);
  return named.find(({ version, latest_version: latest }) => String(version) === String(latest)) ?? named[0];
}

const placeholder = /(["`]?)\$?\{(object|table|property|column)\}\1/g;

function answer(rule: Rule, { query, reads, threshold }: RuleTest & { kind: 'sql' }, { rows, writing }: Asked): Query {
  if (threshold === undefined) return { why: 'its query has no threshold' };
  if (reads.length > 0) return { why: `its query reads ${reads.join(', ')} beside its own table` };
  const asked = query
    .trim()
    .replace(/;$/, '')
    .replaceAll(placeholder, (_, __, name) => (name === 'object' || name === 'table' ? rows.replace(/ as asked$/, '') : columnSql(rule.path, writing)));
  return unmet(`select (${asked}) as value`, threshold);
}

const OPERATORS = {
  mustBe: '=',
  mustNotBe: '<>',
  mustBeGreaterThan: '>',
  mustBeGreaterOrEqualTo: '>=',
  mustBeLessThan: '<',
  mustBeLessOrEqualTo: '<=',
} as const;

/** One row where the value does not meet the threshold. Of no rows there is no value, and nothing to blame. */
function unmet(value: string, threshold: Threshold): Query {
  const met =
    threshold.operator === 'mustBeBetween' || threshold.operator === 'mustNotBeBetween'
      ? `value ${threshold.operator === 'mustBeBetween' ? '' : 'not '}between ${threshold.value[0]} and ${threshold.value[1]}`
      : `value ${OPERATORS[threshold.operator]} ${typeof threshold.value === 'string' ? quoteText(threshold.value) : threshold.value}`;
  return { sql: `select value from (${value}) as measured\nwhere not (${met})` };
}

const AGGREGATES: Readonly<Record<string, (column: string) => string>> = {
  average: (column) => `avg(${column})`,
  minimum: (column) => `min(${column})`,
  maximum: (column) => `max(${column})`,
  sum: (column) => `sum(${column})`,
  distinctValues: (column) => `count(distinct ${column})`,
};
