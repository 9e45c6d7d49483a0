import type { SchemaObject, SchemaProperty } from '@hanse/core/contract/contract.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTable } from './check-table.ts';
import { type DuckDb, lines, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const now = '2026-01-15T12:00:00Z';

/** What the rules but those of the schema say of rows `(x, s, at)`. */
async function said(
  schema: SchemaObject,
  rows: readonly string[],
  more: { readonly context?: CheckContext; readonly sla?: Parameters<typeof compileRules>[1] } = {},
) {
  await db.run(`CREATE OR REPLACE TABLE customs AS SELECT * FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) AS t(x, s, "at")`);
  const rules = compileRules(schema, more.sla);
  const { checks } = await checkTable(db, {
    rules,
    columns: await db.columns('customs'),
    relation: '"customs"',
    files: [{ name: 'one', relation: '"customs"' }],
    sampleRows: 0,
    context: { now, ...more.context },
  });
  return lines(checks).filter((_, index) => rules[index]?.test.kind !== 'schema');
}

const columns = (written: Partial<SchemaProperty> = {}) => [property('x', written), property('s'), property('at')];
const custom = (engine: string, implementation: unknown, more: object = {}) => ({ type: 'custom', written: { engine, implementation, ...more } }) as const;
const good = ["1::DOUBLE, 'ab', TIMESTAMP '2026-01-15 06:00:00'", "2, 'cd', TIMESTAMP '2026-01-14 06:00:00'"];
const bad = [...good, "9, NULL, TIMESTAMP '2020-01-01 00:00:00'", "9, '', NULL"];

describe('Soda', () => {
  const cases: readonly (readonly [implementation: unknown, pass: string, fail: string])[] = [
    ['- row_count between 1 and 3', 'number of rows must be between 1 and 3: it is 2', 'number of rows must be between 1 and 3: it is 4'],
    ['- missing_count(s) = 0', 's missing values (null) must be 0: 0 of 2 rows are', 's missing values (null) must be 0: 1 of 4 rows are'],
    [
      '- missing_percent(s) < 30 %:\n    missing values: [""]',
      "s missing values (null, '') must be less than 30 percent: 0 of 2 rows are (0 percent)",
      "s missing values (null, '') must be less than 30 percent: 2 of 4 rows are (50 percent)",
    ],
    ['checks for customs:\n  - duplicate_count(x) = 0', 'x duplicates must be 0: 0 of 2 rows are', 'x duplicates must be 0: 1 of 4 rows are'],
    [
      '- invalid_count(s) = 0:\n    valid regex: ^[a-z]{2}$',
      's values that break (must match /^[a-z]{2}$/) must be 0: 0 of 2 rows are',
      's values that break (must match /^[a-z]{2}$/) must be 0: 1 of 4 rows are',
    ],
    [
      { type: 'invalid_count', column: 'x', valid_min: 0, valid_max: 5, must_be: 0 },
      'x values that break (must be at least 0, must be at most 5) must be 0: 0 of 2 rows are',
      'x values that break (must be at least 0, must be at most 5) must be 0: 2 of 4 rows are',
    ],
    ['- avg(x) < 3', 'x average must be less than 3: it is 1.5', 'x average must be less than 3: it is 5.25'],
    ['- max(x) <= 2', 'x greatest value must be at most 2: it is 2', 'x greatest value must be at most 2: it is 9'],
    ['- min_length(s) >= 1', 's least length must be at least 1: it is 2', 's least length must be at least 1: it is 0'],
    [
      { columns: [{ name: 's', checks: [{ missing: { threshold: { metric: 'percent', must_be_less_than: 10 } } }] }] },
      's missing values (null) must be less than 10 percent: 0 of 2 rows are (0 percent)',
      's missing values (null) must be less than 10 percent: 1 of 4 rows are (25 percent)',
    ],
    [
      { type: 'duplicate_percent', columns: ['x'], must_be_less_than: 1.0 },
      'x duplicates must be less than 1 percent: 0 of 2 rows are (0 percent)',
      'x duplicates must be less than 1 percent: 1 of 4 rows are (25 percent)',
    ],
    [
      '- row_count < 3:\n    filter: x > 1',
      'number of rows must be less than 3 where x > 1: it is 1',
      'number of rows must be less than 3 where x > 1: it is 3',
    ],
  ];
  test.each(cases)('%j', async (implementation, pass, fail) => {
    const schema = object(columns(), { quality: [custom('soda', implementation)] });
    expect(await said(schema, good)).toEqual([`pass ${pass}`]);
    expect(await said(schema, bad)).toEqual([`fail ${fail}`]);
  });

  test('freshness is an age at the moment of the check', async () => {
    const schema = object(columns(), { quality: [custom('soda', '- freshness(at) < 1d')] });
    expect(await said(schema, good)).toEqual(['pass at newest value must be at most 1 d old: it is 2026-01-15T06:00:00Z, 6 h ago']);
    expect(await said(schema, ["1, 'a', TIMESTAMP '2026-01-13 06:00:00'"])).toEqual([
      'fail at newest value must be at most 1 d old: it is 2026-01-13T06:00:00Z, 2 d 6 h ago',
    ]);
    expect(await said(schema, ["1, 'a', NULL::TIMESTAMP"])).toEqual(['fail at newest value must be at most 1 d old: there is no value']);
    expect(await said(schema, good, { context: { now: '2026-01-15T05:00:00Z' } })).toEqual([
      'pass at newest value must be at most 1 d old: it is 2026-01-15T06:00:00Z, in the future',
    ]);
  });

  test('what is not carried over is skipped by its name, each check by itself', async () => {
    const schema = object(columns(), {
      quality: [
        custom(
          'soda',
          '- schema:\n    fail: {when required column missing: [y]}\n- invalid_count(s) = 0:\n    valid format: phone number\n- row_count > 0\n- change avg last 7 for row_count < 5',
        ),
      ],
    });
    expect(await said(schema, good)).toEqual([
      'skip has a check of another tool: Soda: schema with fail is shown, not evaluated',
      'skip s has a check of another tool: Soda: invalid_count(s) = 0 is shown, not evaluated',
      'pass number of rows must be greater than 0: it is 2',
      'skip has a check of another tool: Soda: change avg last 7 for row_count < 5 is shown, not evaluated',
    ]);
  });
});

describe('Great Expectations', () => {
  const cases: readonly (readonly [type: string, kwargs: object, pass: string, fail: string])[] = [
    ['expect_column_values_to_not_be_null', { column: 's' }, 's must not be null: 0 of 2 rows are null', 's must not be null: 1 of 4 rows are null'],
    ['expect_column_values_to_be_null', { column: 's' }, '', 's must be null: 3 of 4 rows are something else'],
    ['expect_column_values_to_be_unique', { column: 'x' }, 'x must be unique: 0 of 2 rows repeat a value', 'x must be unique: 1 of 4 rows repeat a value'],
    [
      'expect_column_values_to_be_in_set',
      { column: 'x', value_set: [1, 2] },
      'x must be one of 1, 2: 0 of 2 rows are something else',
      'x must be one of 1, 2: 2 of 4 rows are something else',
    ],
    [
      'expect_column_values_to_not_be_in_set',
      { column: 'x', value_set: [9] },
      'x must be none of 9: 0 of 2 rows do not',
      'x must be none of 9: 2 of 4 rows do not',
    ],
    [
      'expect_column_values_to_be_between',
      { column: 'x', min_value: 0, max_value: 5, strict_min: true },
      'x must be greater than 0 and must be at most 5: 0 of 2 rows do not',
      'x must be greater than 0 and must be at most 5: 2 of 4 rows do not',
    ],
    [
      'expect_column_values_to_match_regex',
      { column: 's', regex: '^[a-z]+$', mostly: 0.9 },
      's must match /^[a-z]+$/ but for 10 percent: 0 of 2 rows do not match',
      's must match /^[a-z]+$/ but for 10 percent: 1 of 3 rows do not match',
    ],
    [
      'expect_column_value_lengths_to_be_between',
      { column: 's', min_value: 1, max_value: 2 },
      's must have at least 1 characters and must have at most 2 characters: 0 of 2 rows do not',
      's must have at least 1 characters and must have at most 2 characters: 1 of 4 rows do not',
    ],
    ['expect_table_row_count_to_be_between', { max_value: 3 }, 'number of rows must be at most 3: it is 2', 'number of rows must be at most 3: it is 4'],
    [
      'expect_compound_columns_to_be_unique',
      { column_list: ['x'] },
      'must be unique: 0 of 2 rows repeat a value',
      'must be unique: 1 of 4 rows repeat a value',
    ],
    ['expect_column_mean_to_be_between', { column: 'x', max_value: 2 }, 'x average must be at most 2: it is 1.5', 'x average must be at most 2: it is 5.25'],
    ['expect_column_median_to_be_between', { column: 'x', max_value: 2 }, 'x median must be at most 2: it is 1.5', 'x median must be at most 2: it is 5.5'],
    [
      'expect_column_unique_value_count_to_be_between',
      { column: 'x', max_value: 2 },
      'x number of distinct values must be at most 2: it is 2',
      'x number of distinct values must be at most 2: it is 3',
    ],
  ];
  test.each(cases)('%s', async (type, kwargs, pass, fail) => {
    const schema = object(columns(), { quality: [custom('great-expectations', { type, kwargs })] });
    if (pass !== '') expect(await said(schema, good)).toEqual([`pass ${pass}`]);
    expect(await said(schema, bad)).toEqual([`fail ${fail}`]);
  });

  test('mostly lets so many values break it, and a suite is a list of checks', async () => {
    const suite = JSON.stringify({
      expectations: [
        { expectation_type: 'expect_column_values_to_be_in_set', kwargs: { column: 'x', value_set: [1, 2], mostly: 0.5 } },
        { type: 'expect_column_values_to_be_dateutil_parseable', kwargs: { column: 's' } },
      ],
    });
    expect(await said(object(columns(), { quality: [custom('greatExpectations', suite)] }), bad)).toEqual([
      'pass x must be one of 1, 2 but for 50 percent: 2 of 4 rows are something else',
      'skip s has a check of another tool: Great Expectations: expect_column_values_to_be_dateutil_parseable is shown, not evaluated',
    ]);
  });
});

test('other engines are skipped by name', async () => {
  const schema = object(columns(), {
    quality: [custom('dbt', { test: 'accepted_range', name: 'x_range' }), custom('monte-carlo', 'type: freshness'), custom('soda', ': [not yaml')],
  });
  expect((await said(schema, good)).map((line) => line.replace('has a check of another tool: ', ''))).toEqual([
    'skip dbt: x_range is shown, not evaluated',
    'skip monte-carlo: freshness is shown, not evaluated',
    'skip soda is shown, not evaluated',
  ]);
});

describe('where and tolerance', () => {
  const rule = (written: object, properties: readonly (readonly [string, unknown])[]) =>
    ({ type: 'library', written: { ...written, customProperties: properties.map(([name, value]) => ({ property: name, value })) } }) as const;

  test('of a quality rule', async () => {
    const nulls = { metric: 'nullValues', mustBe: 0 };
    const schema = object([
      property('x'),
      property('s', {
        quality: [
          rule(nulls, [['where', 'x < 5']]),
          rule(nulls, [['where', 'x > 5 -- the rest']]),
          rule(nulls, [['tolerance', '1 row']]),
          rule(nulls, [['tolerance', '20 percent']]),
          rule(nulls, [['tolerance', 'a few']]),
        ],
      }),
      property('at'),
    ]);
    expect(await said(schema, bad)).toEqual([
      'pass s null values must be 0 where x < 5: 0 of 2 rows are',
      'fail s null values must be 0 where x > 5 -- the rest: 1 of 2 rows are',
      'pass s null values must be 0 but for 1 rows: 1 of 4 rows are',
      'fail s null values must be 0 but for 20 percent: 1 of 4 rows are',
      'error s has a rule that is not evaluated here: tolerance: "a few" is not written as `10 rows` or `0.5 percent`',
    ]);
  });

  test('of the clauses of a property, by clause', async () => {
    const schema = object(
      columns({
        required: true,
        unique: true,
        logicalTypeOptions: { maximum: 5 },
        customProperties: [
          { property: 'tolerance', value: { maximum: '50 %', unique: 1 } },
          { property: 'where', value: { unique: "s <> ''" } },
        ],
      }),
    );
    expect(await said(schema, bad)).toEqual([
      'pass x must not be null: 0 of 4 rows are null',
      "pass x must be unique where s <> '' but for 1 rows: 0 of 2 rows repeat a value",
      'pass x must be at most 5 but for 50 percent: 2 of 4 rows are more',
    ]);
  });
});
