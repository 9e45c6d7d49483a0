import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf, objectOf, textOf, textsOf } from '../document/json.ts';
import type { CustomCheck } from './compile-custom.ts';
import { scalars } from './compile-options.ts';
import { pathOfName } from './parse-reference.ts';
import type { Aggregate, Path, RowTest, RuleTest, Threshold } from './rule.ts';

type Translate = (given: JsonObject) => RuleTest | undefined;

/** What says how results are reported, not what must hold. */
const reporting = new Set([
  'column',
  'column_list',
  'mostly',
  'result_format',
  'catch_exceptions',
  'include_config',
  'meta',
  'notes',
  'severity',
  'description',
  'auto',
  'profiler_config',
  'ignore_row_if',
]);

/** Expectations of rows: `mostly` is a share of the rows that have a value, of all rows for null itself. */
const ofRows: Readonly<Record<string, Translate>> = {
  expect_column_values_to_not_be_null: () => ({ kind: 'required' }),
  expect_column_values_to_be_null: () => ({ kind: 'enum', values: [] }),
  expect_column_values_to_be_in_set: (given) => ({ kind: 'enum', values: scalars(listOf(given['value_set'])) }),
  expect_column_values_to_not_be_in_set: (given) => ({ kind: 'noneOf', values: scalars(listOf(given['value_set'])) }),
  expect_column_values_to_be_between: (given) => all(bounds(given)),
  expect_column_values_to_match_regex: ({ regex }) => (typeof regex === 'string' ? { kind: 'pattern', pattern: regex } : undefined),
  expect_column_value_lengths_to_be_between: (given) => all(lengths(given['min_value'], given['max_value'])),
  expect_column_value_lengths_to_equal: ({ value }) => all(lengths(value, value)),
};

const ofTable: Readonly<Record<string, Translate>> = {
  expect_column_to_exist: () => ({ kind: 'schema' }),
  expect_column_values_to_be_unique: (given) => (given['mostly'] === undefined ? keyOf([given['column']]) : undefined),
  expect_compound_columns_to_be_unique: (given) => (given['mostly'] === undefined ? keyOf(listOf(given['column_list'])) : undefined),
  expect_table_row_count_to_be_between: (given) => counted(between(given)),
  expect_table_row_count_to_equal: ({ value }) => counted(typeof value === 'number' ? { operator: 'mustBe', value } : undefined),
  expect_column_min_to_be_between: aggregate('minimum'),
  expect_column_max_to_be_between: aggregate('maximum'),
  expect_column_mean_to_be_between: aggregate('average'),
  expect_column_median_to_be_between: aggregate('median'),
  expect_column_sum_to_be_between: aggregate('sum'),
  expect_column_stdev_to_be_between: aggregate('standardDeviation'),
  expect_column_unique_value_count_to_be_between: aggregate('distinctValues'),
};

/** The expectations of a suite, a list or a single one of Great Expectations 0.x or 1.x. */
export function expectations(implementation: JsonValue, path: Path): readonly CustomCheck[] {
  const whole = objectOf(implementation);
  const items = Array.isArray(implementation)
    ? implementation
    : isObject(implementation)
      ? Array.isArray(whole['expectations'])
        ? whole['expectations']
        : [implementation]
      : [];
  return items.filter((item) => isObject(item)).map((item) => expectation(objectOf(item), path));
}

function expectation(written: JsonObject, path: Path): CustomCheck {
  const name = textOf(written['expectation_type']) ?? textOf(written['type']) ?? '';
  const given: JsonObject = { ...(path.length > 0 && { column: columnName(path) }), ...objectOf(written['kwargs']) };
  const known = Object.hasOwn(ofRows, name) ? ofRows[name] : Object.hasOwn(ofTable, name) ? ofTable[name] : undefined;
  const test = known?.(given);
  const strange = Object.keys(given).find((key) => !reporting.has(key) && !understood.has(key));
  const column = textOf(given['column']);
  const place = column === undefined ? [] : pathOfName(column);
  if (test === undefined || strange !== undefined) {
    return {
      name: name || 'expectation',
      path: place,
      test: { kind: 'custom', what: `Great Expectations: ${name || 'a check without a type'}${strange === undefined ? '' : ` with ${strange}`}` },
    };
  }
  const mostly = given['mostly'];
  const of = test.kind === 'required' ? {} : ({ of: 'values' } as const);
  return {
    name,
    test,
    path: place,
    ...(Object.hasOwn(ofRows, name) && typeof mostly === 'number' && mostly < 1 && { tolerance: { unit: 'percent', value: (1 - mostly) * 100, ...of } }),
  };
}

const understood = new Set(['value_set', 'value', 'regex', 'min_value', 'max_value', 'strict_min', 'strict_max']);

function columnName(path: Path): string {
  return path.map((step) => (step.kind === 'field' ? step.name : step.kind)).join('.');
}

function bounds({ min_value: low, max_value: high, strict_min: overLow, strict_max: underHigh }: JsonObject): readonly RowTest[] {
  const [least] = scalars([low]);
  const [most] = scalars([high]);
  return [
    ...(least === undefined ? [] : [{ kind: overLow === true ? 'exclusiveMinimum' : 'minimum', value: least } as const]),
    ...(most === undefined ? [] : [{ kind: underHigh === true ? 'exclusiveMaximum' : 'maximum', value: most } as const]),
  ];
}

function lengths(least: JsonValue | undefined, most: JsonValue | undefined): readonly RowTest[] {
  return [
    ...(typeof least === 'number' ? [{ kind: 'minLength', value: least } as const] : []),
    ...(typeof most === 'number' ? [{ kind: 'maxLength', value: most } as const] : []),
  ];
}

function all(tests: readonly RowTest[]): RuleTest | undefined {
  const [first, ...others] = tests;
  return first === undefined || others.length > 0 ? first && { kind: 'allOf', tests } : first;
}

function between({ min_value: low, max_value: high, strict_min: overLow, strict_max: underHigh }: JsonObject): Threshold | undefined {
  const strict = overLow === true || underHigh === true;
  if (typeof low === 'number' && typeof high === 'number') return strict ? undefined : { operator: 'mustBeBetween', value: [low, high] };
  if (typeof low === 'number') return { operator: overLow === true ? 'mustBeGreaterThan' : 'mustBeGreaterOrEqualTo', value: low };
  return typeof high === 'number' ? { operator: underHigh === true ? 'mustBeLessThan' : 'mustBeLessOrEqualTo', value: high } : undefined;
}

function counted(threshold: Threshold | undefined): RuleTest | undefined {
  return threshold && { kind: 'metric', metric: { kind: 'rowCount' }, unit: 'rows', threshold };
}

function aggregate(name: Aggregate): Translate {
  return (given) => {
    const threshold = between(given);
    return threshold && { kind: 'aggregate', aggregate: name, threshold };
  };
}

function keyOf(columns: readonly (JsonValue | undefined)[]): RuleTest | undefined {
  const names = textsOf(columns.filter((one) => one !== undefined));
  return names.length === 0 ? undefined : { kind: 'unique', columns: names.map(pathOfName) };
}
