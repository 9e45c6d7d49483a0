import type { FindingCode } from '../finding/codes.ts';
import { formatType } from '../table/wanted-type.ts';
import { formatDuration } from './duration.ts';
import { describeNarrow } from './narrow-parts.ts';
import { type Aggregate, formatPath, type Historic, type Metric, type Path, type RowTest, type RuleTest, type Scalar } from './rule.ts';
import { formatThreshold } from './threshold.ts';

type Kind = RuleTest['kind'];

const codes: Readonly<Record<Kind, FindingCode>> = {
  schema: 'rule.schema',
  required: 'rule.required',
  unique: 'rule.unique',
  primaryKey: 'rule.primary-key',
  enum: 'rule.enum',
  minLength: 'rule.length',
  maxLength: 'rule.length',
  pattern: 'rule.pattern',
  format: 'rule.format',
  minimum: 'rule.range',
  maximum: 'rule.range',
  exclusiveMinimum: 'rule.range',
  exclusiveMaximum: 'rule.range',
  multipleOf: 'rule.multiple',
  minItems: 'rule.items',
  maxItems: 'rule.items',
  uniqueItems: 'rule.items',
  noneOf: 'rule.enum',
  allOf: 'rule.metric',
  minProperties: 'rule.properties',
  maxProperties: 'rule.properties',
  requiredProperties: 'rule.properties',
  metric: 'rule.metric',
  sql: 'rule.sql',
  relationship: 'rule.relationship',
  aggregate: 'rule.metric',
  age: 'rule.service-level',
  frequency: 'rule.service-level',
  readyBy: 'rule.service-level',
  words: 'rule.service-level',
  history: 'rule.history',
  rowsLost: 'rule.change',
  keysVanished: 'rule.change',
  lateUpdates: 'rule.change',
  reconciliation: 'rule.reconciliation',
  custom: 'rule.custom',
  text: 'rule.text',
  unsupported: 'rule.unsupported',
};

/** ODCS "Valid Values for Dimension", for what is not `conformity`. */
const dimensions: Readonly<Record<string, string>> = {
  required: 'completeness',
  unique: 'uniqueness',
  primaryKey: 'uniqueness',
  relationship: 'consistency',
  history: 'consistency',
  rowsLost: 'completeness',
  keysVanished: 'completeness',
  lateUpdates: 'timeliness',
  reconciliation: 'consistency',
  age: 'timeliness',
  frequency: 'timeliness',
  readyBy: 'timeliness',
  rowCount: 'completeness',
  nullValues: 'completeness',
  missingValues: 'completeness',
  duplicateValues: 'uniqueness',
};

/** Tests that can speak of any dimension. */
const silent = new Set<Kind>(['sql', 'text', 'custom', 'words', 'unsupported']);

export function codeOf(test: RuleTest): FindingCode {
  return codes[test.kind];
}

/** The dimension of a rule that names none; a query or a text can speak of any. */
export function dimensionOf(test: RuleTest): string | undefined {
  if (silent.has(test.kind)) return undefined;
  return dimensions[test.kind === 'metric' ? test.metric.kind : test.kind] ?? 'conformity';
}

/** What must hold, without its subject: `must not be null`. */
export function describeTest(test: RuleTest): string {
  switch (test.kind) {
    case 'schema':
      return test.type === undefined
        ? 'must be a column'
        : `must be a column of type ${describeNarrow(test.narrow ?? [], formatType(test.type))}${test.type.loose ? ' or like it' : ''}`;
    case 'unique':
      return 'must be unique';
    case 'primaryKey':
      return `must identify a row${test.columns.length > 1 ? ` by ${list(test.columns)}` : ''}`;
    case 'metric':
      return `${describeMetric(test.metric)} ${formatThreshold(test.threshold)}${test.unit === 'percent' ? ' percent' : ''}`;
    case 'sql':
      return `the query's answer ${test.threshold === undefined ? 'must be true' : formatThreshold(test.threshold)}`;
    case 'relationship':
      return `${test.columns.length > 1 ? `${list(test.columns)} ` : ''}must be in ${test.to.relation} (${list(test.to.columns)})`;
    case 'aggregate':
      return `${aggregates[test.aggregate]} ${formatThreshold(test.threshold)}`;
    case 'age':
      return `${test.of} value must be at most ${formatDuration(test.limit)} old`;
    case 'frequency':
      return `must be published every ${formatDuration(test.every)}`;
    case 'readyBy':
      return `must be published by ${clock(test.minute)} (UTC${test.offset < 0 ? '-' : '+'}${clock(Math.abs(test.offset))})`;
    case 'history':
      return `${historics[test.of]} must be as in the last ${test.versions} versions`;
    case 'rowsLost':
      return 'must not lose rows';
    case 'keysVanished':
      return `must keep its keys (${list(test.columns)})`;
    case 'lateUpdates':
      return `must not change rows more than ${formatDuration(test.after)} after ${formatPath(test.column)}`;
    case 'reconciliation':
      return test.columns.length === 0
        ? `must have as many rows as ${test.to.relation}`
        : `sum of ${list(test.columns)} must be that of ${test.to.relation} (${list(test.to.columns)})`;
    case 'custom':
      return 'has a check of another tool';
    case 'words':
      return 'is promised';
    case 'text':
      return 'is written in words';
    case 'unsupported':
      return 'has a rule that is not evaluated here';
    default:
      return describeRowTest(test);
  }
}

function describeRowTest(test: RowTest): string {
  switch (test.kind) {
    case 'required':
      return 'must not be null';
    case 'enum':
      return test.values.length === 0 ? 'must be null' : `must be one of ${values(test.values)}`;
    case 'noneOf':
      return `must be none of ${values(test.values)}`;
    case 'allOf':
      return test.tests.map(describeTest).join(' and ');
    case 'minLength':
      return `must have at least ${test.value} characters`;
    case 'maxLength':
      return `must have at most ${test.value} characters`;
    case 'pattern':
      return `must match /${test.pattern}/`;
    case 'format':
      return `must have the format ${test.format}`;
    case 'minimum':
      return `must be at least ${String(test.value)}`;
    case 'maximum':
      return `must be at most ${String(test.value)}`;
    case 'exclusiveMinimum':
      return `must be greater than ${String(test.value)}`;
    case 'exclusiveMaximum':
      return `must be less than ${String(test.value)}`;
    case 'multipleOf':
      return `must be a multiple of ${test.value}`;
    case 'minItems':
      return `must have at least ${test.value} items`;
    case 'maxItems':
      return `must have at most ${test.value} items`;
    case 'uniqueItems':
      return 'must not repeat an item';
    case 'minProperties':
      return `must have at least ${test.value} properties`;
    case 'maxProperties':
      return `must have at most ${test.value} properties`;
    case 'requiredProperties':
      return `must have the properties ${test.names.join(', ')}`;
    default:
      return test satisfies never;
  }
}

const aggregates: Readonly<Record<Aggregate, string>> = {
  average: 'average',
  minimum: 'least value',
  maximum: 'greatest value',
  sum: 'sum',
  median: 'median',
  standardDeviation: 'standard deviation',
  distinctValues: 'number of distinct values',
  averageLength: 'average length',
  minimumLength: 'least length',
  maximumLength: 'greatest length',
};

const historics: Readonly<Record<Historic, string>> = {
  rowCount: 'number of rows',
  nullShare: 'share of nulls',
  average: 'average',
  distinctValues: 'number of distinct values',
};

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function describeMetric(metric: Metric): string {
  switch (metric.kind) {
    case 'rowCount':
      return 'number of rows';
    case 'nullValues':
      return 'null values';
    case 'missingValues':
      return `missing values (null${metric.values.length > 0 ? `, ${values(metric.values)}` : ''})`;
    case 'invalidValues':
      return `values that break (${metric.tests.map(describeTest).join(', ')})`;
    case 'duplicateValues':
      return `duplicates${metric.columns.length > 1 ? ` of ${list(metric.columns)}` : ''}`;
    default:
      return metric satisfies never;
  }
}

function values(all: readonly Scalar[]): string {
  const shown = all.slice(0, 6).map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  return `${shown.join(', ')}${all.length > shown.length ? ` and ${all.length - shown.length} more` : ''}`;
}

function list(paths: readonly Path[]): string {
  return paths.map(formatPath).join(', ');
}
