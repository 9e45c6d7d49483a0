import { expect, it } from 'vitest';
import type { DbtNode, Manifest, RunResults } from '../adopt/dbt/manifest.ts';
import { parseLoneContract } from '../contract/parse-lone-contract.ts';
import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf } from '../document/json.ts';
import { readYaml } from '../document/read-yaml.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { judgeModel } from './judge-model.ts';

const CONTRACT = `apiVersion: v3.2.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - { name: id, logicalType: integer, required: true, unique: true, primaryKey: true }
      - { name: status, logicalType: string, enum: [{ value: placed }, { value: sent }] }
      - name: paid
        logicalType: string
        quality:
          - { id: paid_rate, type: library, metric: nullValues, mustBeLessOrEqualTo: 10 }
          - { id: paid_rate_warns, type: library, metric: nullValues, mustBeLessThan: 2, severity: warning }
          - { id: odd, type: custom, engine: dbt, implementation: { name: is_odd_paid } }
`;
const model = {
  unique_id: 'model.shop.orders',
  name: 'orders',
  resource_type: 'model',
  package_name: 'shop',
  original_file_path: 'models/orders.sql',
} as const;

function test(name: string, called: string, column: string, more: Partial<DbtNode> & { readonly kwargs?: JsonObject } = {}): DbtNode {
  const { kwargs, ...rest } = more;
  return {
    ...model,
    unique_id: `test.shop.${name}`,
    name,
    resource_type: 'test',
    attached_node: model.unique_id,
    test_metadata: { name: called, kwargs: { column_name: column, ...kwargs } },
    ...rest,
  };
}

const tests = [
  test('not_null_id', 'not_null', 'id'),
  test('unique_id', 'unique', 'id'),
  test('accepted_status', 'accepted_values', 'status', { kwargs: { values: ['sent', 'placed'] } }),
  test('paid_rate', 'not_null', 'paid', { config: { error_if: '>10', warn_if: '>=2' } }),
  test('is_odd_paid', 'is_odd', 'paid'),
];

interface Given {
  readonly contract?: string;
  readonly nodes?: readonly DbtNode[];
  readonly model?: Partial<DbtNode>;
  readonly results?: RunResults['results'];
  readonly now?: string;
}

const RAN_AT = '2026-03-01T06:00:00Z';

function judged({
  contract = CONTRACT,
  nodes = tests,
  model: changed = {},
  results = passed(),
  now = '2026-03-01T07:00:00Z',
}: Given): Readonly<Record<string, string>> {
  const document = readYaml('orders.odcs.yaml', contract).document;
  const parsed = document === undefined ? undefined : parseLoneContract(document).contract;
  const object = parsed?.objects[0];
  if (document === undefined || parsed === undefined || object === undefined) throw new Error('the contract does not parse');
  const written = objectOf(document.value);
  const mine: DbtNode = { ...model, ...changed };
  const manifest: Manifest = {
    metadata: { dbt_schema_version: 'v12', project_name: 'shop', adapter_type: 'duckdb' },
    nodes: Object.fromEntries([mine, ...nodes].map((node) => [node.unique_id, node])),
  };
  const rules = compileRules(object, parsed).filter((rule) => rule.test.kind !== 'schema');
  const run = { manifest, model: mine, object, contract: written, contractId: parsed.id, now, written: objectOf(listOf(written['schema'])[0]) };
  const checks = judgeModel(rules, { ...run, results: { metadata: { generated_at: RAN_AT }, results } });
  return Object.fromEntries(checks.map(({ rule, status, found }) => [rule.id, `${status}: ${found}`]));
}

function passed(but: Readonly<Record<string, Partial<RunResults['results'][number]>>> = {}): RunResults['results'] {
  return tests.map(({ unique_id: id, name }) => ({ unique_id: id, status: 'pass', failures: 0, ...but[name] }));
}

it('a rule has the result of the test that asks it; a key needs both of its tests', () => {
  expect(judged({ results: passed({ unique_id: { status: 'fail', failures: 3 } }) })).toMatchInlineSnapshot(`
    {
      "id/required": "pass: not_null_id: passed",
      "id/unique": "fail: unique_id: 3 results",
      "paid/quality/odd": "pass: is_odd_paid: passed",
      "paid/quality/paid_rate": "pass: paid_rate: passed",
      "paid/quality/paid_rate_warns": "pass: paid_rate: passed",
      "primaryKey": "fail: unique_id: 3 results",
      "status/enum": "pass: accepted_status: passed",
    }
  `);
});

it('an error is no failure, and a test that was not run is told', () => {
  const results = passed({
    not_null_id: { status: 'error', message: 'Runtime Error in test not_null_id\n  no such column' },
    is_odd_paid: { status: 'skipped' },
  });
  expect(judged({ results: results.filter(({ unique_id: id }) => id !== 'test.shop.accepted_status') })).toMatchInlineSnapshot(`
    {
      "id/required": "error: not_null_id: dbt could not run it (Runtime Error in test not_null_id no such column)",
      "id/unique": "pass: unique_id: passed",
      "paid/quality/odd": "error: is_odd_paid: dbt skipped it, because what it reads was not built or has failed",
      "paid/quality/paid_rate": "pass: paid_rate: passed",
      "paid/quality/paid_rate_warns": "pass: paid_rate: passed",
      "primaryKey": "error: not_null_id: dbt could not run it (Runtime Error in test not_null_id no such column)",
      "status/enum": "skip: dbt’s last run (2026-03-01T06:00:00Z) has no result of accepted_status",
    }
  `);
});

it('of a test with two limits each rule has its own', () => {
  const told = judged({ results: passed({ paid_rate: { status: 'warn', failures: 4 } }) });
  expect([told['paid/quality/paid_rate'], told['paid/quality/paid_rate_warns']]).toEqual(['pass: paid_rate: 4 results', 'warn: paid_rate: 4 results']);
  expect(judged({ results: passed({ paid_rate: { status: 'fail', failures: 40 } }) })['paid/quality/paid_rate']).toBe('fail: paid_rate: 40 results');
});

it('a test that asks otherwise than the contract says nothing of it', () => {
  const told = judged({ contract: CONTRACT.replace('{ value: sent }', '{ value: gone }').replace('mustBeLessOrEqualTo: 10', 'mustBeLessOrEqualTo: 9') });
  expect([told['status/enum'], told['paid/quality/paid_rate']]).toEqual([
    'skip: the test accepted_status of dbt asks something else',
    'skip: the test paid_rate of dbt asks something else',
  ]);
});

it('a column is known by what its database calls it', () => {
  const renamed = CONTRACT.replaceAll('name: id,', 'name: number, physicalName: id,');
  expect([judged({ contract: renamed })['number/required'], judged({ contract: renamed })['primaryKey']]).toEqual([
    'pass: not_null_id: passed',
    'pass: unique_id: passed',
  ]);
});

it('a pass that is older than its model, or than the contract allows, warns', () => {
  expect(judged({ model: { created_at: Date.parse(RAN_AT) / 1000 + 60 } })['id/required']).toBe(
    'warn: not_null_id: passed, but stale: model.shop.orders was changed after the run of 2026-03-01T06:00:00Z',
  );
  const promised = `${CONTRACT}slaProperties:\n  - { property: freshness, value: 1, unit: d, element: orders.id }\n`;
  expect(judged({ contract: promised })['id/required']).toBe('pass: not_null_id: passed');
  expect(judged({ contract: promised, now: '2026-03-03T07:00:00Z' })['id/required']).toBe(
    'warn: not_null_id: passed, but stale: the run of 2026-03-01T06:00:00Z is older than the 1 d that the contract promises',
  );
});

it('a constraint holds where its database does and dbt built the table under its contract', () => {
  const given = { nodes: [], results: [{ unique_id: model.unique_id, status: 'success' }] };
  const columns = { id: { name: 'id', constraints: [{ type: 'not_null' }] } };
  const told = judged({ ...given, model: { columns, config: { contract: { enforced: true } } } });
  expect([told['id/required'], told['id/unique']]).toEqual(['pass: the database held it as dbt built the table', 'skip: no test of the dbt project asks it']);
  expect(judged({ ...given, model: { columns } })['id/required']).toBe('skip: no test of the dbt project asks it');
});
