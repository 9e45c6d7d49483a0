import { expect, it } from 'vitest';
import type { DbtNode } from './manifest.ts';
import { translateTest } from './translate-test.ts';

const model = { unique_id: 'model.shop.orders' };

function test(name: string, kwargs: NonNullable<DbtNode['test_metadata']>['kwargs'], config: DbtNode['config'] = {}, namespace?: string): DbtNode {
  const depends_on = { nodes: ['model.shop.customers', model.unique_id] };
  return {
    unique_id: 'test.shop.t',
    name: 't',
    resource_type: 'test',
    package_name: 'shop',
    original_file_path: 'models/s.yml',
    config,
    depends_on,
    test_metadata: { name, namespace, kwargs },
  };
}

const rule = { id: 't', name: 't' };

it.each([
  ['not_null', test('not_null', { column_name: 'a' }), [{ kind: 'required', column: 'a' }]],
  ['unique', test('unique', { column_name: 'a' }), [{ kind: 'unique', column: 'a' }]],
  [
    'not_null that warns',
    test('not_null', { column_name: 'a' }, { severity: 'warn' }),
    [{ kind: 'quality', column: 'a', rule: { ...rule, type: 'library', metric: 'nullValues', mustBe: 0, severity: 'warning' } }],
  ],
  [
    'not_null with both limits',
    test('not_null', { column_name: 'a' }, { error_if: '>10', warn_if: '>= 2' }),
    [
      { kind: 'quality', column: 'a', rule: { ...rule, type: 'library', metric: 'nullValues', mustBeLessOrEqualTo: 10 } },
      { kind: 'quality', column: 'a', rule: { id: 't_warns', name: 't warns', type: 'library', metric: 'nullValues', mustBeLessThan: 2, severity: 'warning' } },
    ],
  ],
  [
    'accepted_values as SQL',
    test('accepted_values', { column_name: 'a', values: ['1', "'x'"], quote: false }),
    [{ kind: 'enum', column: 'a', values: [1, 'x'] }],
  ],
  [
    'relationships',
    test('relationships', { column_name: 'a', to: "ref('customers')", field: 'id' }),
    [{ kind: 'relationship', column: 'a', to: 'model.shop.customers', field: 'id' }],
  ],
  [
    'accepted_range',
    test('accepted_range', { column_name: 'a', min_value: 0, inclusive: false }, {}, 'dbt_utils'),
    [{ kind: 'quality', rule: { ...rule, type: 'sql', query: 'SELECT count(*) FROM ${object} WHERE NOT (a > 0)', mustBe: 0 } }],
  ],
  [
    'expression_is_true',
    test('expression_is_true', { expression: 'a < b' }, { where: 'c = 1' }, 'dbt_utils'),
    [{ kind: 'quality', rule: { ...rule, type: 'sql', query: 'SELECT count(*) FROM ${object} WHERE (c = 1) AND NOT (a < b)', mustBe: 0 } }],
  ],
  [
    'unique_combination_of_columns',
    test('unique_combination_of_columns', { combination_of_columns: ['a', 'b'] }, {}, 'dbt_utils'),
    [
      {
        kind: 'quality',
        rule: { ...rule, type: 'sql', query: 'SELECT count(*) FROM (SELECT 1 FROM ${object} GROUP BY a, b HAVING count(*) > 1) AS repeated', mustBe: 0 },
      },
    ],
  ],
] as const)('%s keeps its meaning', (_, given, clauses) => {
  expect(translateTest(given, model)).toEqual(clauses);
});

it.each([
  ['of the project', test('is_even', { column_name: 'a', of: 2 })],
  ['with another count of failures', test('not_null', { column_name: 'a' }, { fail_calc: 'sum(n)' })],
  ['of values, with a tolerance that counts values', test('accepted_values', { column_name: 'a', values: ['x'] }, { error_if: '>3' })],
  ['of values that are expressions', test('accepted_values', { column_name: 'a', values: ['now()'], quote: false })],
] as const)('a test %s is kept by its name', (_, given) => {
  const [clause] = translateTest(given, model);
  expect(clause).toMatchObject({ kind: 'quality', rule: { type: 'custom', engine: 'dbt', implementation: { name: 't', uniqueId: 'test.shop.t' } } });
});
