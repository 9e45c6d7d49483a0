import { expect, it } from 'vitest';
import type { DbtNode, Manifest } from '../adopt/dbt/manifest.ts';
import { parseLoneContract } from '../contract/parse-lone-contract.ts';
import { objectOf } from '../document/json.ts';
import { readYaml } from '../document/read-yaml.ts';
import { type DbtExport, exportTests } from './export-tests.ts';

const model = {
  unique_id: 'model.shop.orders.v2',
  name: 'orders',
  alias: 'orders_v2',
  version: 2,
  resource_type: 'model',
  package_name: 'shop',
  original_file_path: 'o.sql',
};
const HEAD = 'apiVersion: v3.2.0\nkind: DataContract\nid: shop-orders\nversion: 1.0.0\nstatus: active\n';

function exported(
  contract: string,
  { adapter = 'duckdb', nodes = [], patch }: { adapter?: string; nodes?: readonly DbtNode[]; patch?: string } = {},
): DbtExport {
  const document = readYaml('orders.odcs.yaml', HEAD + contract).document;
  const parsed = document === undefined ? undefined : parseLoneContract(document);
  if (document === undefined || parsed?.contract === undefined) throw new Error(JSON.stringify(parsed?.findings));
  const mine: DbtNode = { ...model, ...(patch !== undefined && { patch_path: patch }) };
  const manifest: Manifest = {
    metadata: { dbt_schema_version: 'v12', adapter_type: adapter },
    nodes: Object.fromEntries([mine, ...nodes].map((node) => [node.unique_id, node])),
  };
  return exportTests(parsed.contract, objectOf(document.value), { manifest, testPath: 'tests', modelPath: 'models' });
}

function queries({ files }: DbtExport): readonly string[] {
  return files.map(({ path, text }) => `${path.replace('tests/hanse/orders_v2/hanse_orders_v2_', '')}: ${text.split('\n').slice(3).join(' ').trim()}`);
}

const EVERY = `schema:
  - name: orders
    physicalName: orders_v2
    properties:
      - { name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1 }
      - { name: line, logicalType: integer, primaryKey: true, primaryKeyPosition: 2, customProperties: [{ property: tolerance, value: 5 rows }], logicalTypeOptions: { minimum: 1 } }
      - { name: Mail Address, logicalType: string, unique: true, logicalTypeOptions: { format: email } }
      - name: amount
        logicalType: number
        logicalTypeOptions: { exclusiveMaximum: 100 }
        quality:
          - { id: mean, type: library, metric: nullValues, mustBeLessThan: 5, unit: percent }
          - { id: ask, type: sql, query: "select sum({property}) from \${object};", mustBeBetween: [1, 9], severity: warning }
          - { id: note, type: text, description: Cents are lost. }
    quality:
      - { id: twice, type: library, metric: duplicateValues, arguments: { properties: [line, amount] }, mustBeLessOrEqualTo: 3 }
      - { id: jinja, type: sql, query: "select count(*) from {{ target.name }}", mustBe: 0 }
slaProperties: [{ property: frequency, value: 1, unit: d }]
`;

it('each rule is a SELECT of what breaks it; what dbt cannot hold is told', () => {
  const all = exported(EVERY);
  expect(queries(all)).toMatchInlineSnapshot(`
    [
      "id__required.sql: select * from {{ ref('orders', v=2) }} where "id" IS NULL",
      "line__minimum.sql: select value from (select coalesce(sum(case when "line" < 1 then 1 else 0 end), 0) as value from {{ ref('orders', v=2) }}) as measured where not (value <= 5)",
      "mail_address__unique.sql: select "Mail Address", count(*) as times from {{ ref('orders', v=2) }} where "Mail Address" is not null group by "Mail Address" having count(*) > 1",
      "mail_address__format.sql: select * from {{ ref('orders', v=2) }} where NOT regexp_full_match("Mail Address", '[A-Za-z0-9.!#$%&''*+/=?^_\`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+')",
      "amount__exclusivemaximum.sql: select * from {{ ref('orders', v=2) }} where ("amount" >= '100'::DOUBLE OR isnan("amount"))",
      "amount__quality__mean.sql: select value from (select 100.0 * sum(case when amount is null then 1 else 0 end) / nullif(count(*), 0) as value from {{ ref('orders', v=2) }}) as measured where not (value < 5)",
      "amount__quality__ask.sql: select value from (select (select sum(amount) from {{ ref('orders', v=2) }}) as value) as measured where not (value between 1 and 9)",
      "primarykey.sql: select id, line, count(*) as times from {{ ref('orders', v=2) }} group by id, line having count(*) > 1 or id is null or line is null",
      "quality__twice.sql: select value from (select coalesce(sum(more), 0) as value from (select count(*) - 1 as more from {{ ref('orders', v=2) }} where line is not null and amount is not null group by line, amount) as repeats) as measured where not (value <= 3)",
    ]
  `);
  expect(all.left.map(({ what, why }) => `${what}: ${why}`)).toMatchInlineSnapshot(`
    [
      "orders: id must be a column of type BIGINT or like it: dbt holds types by an enforced contract of the model, not by a test",
      "orders: line must be a column of type BIGINT or like it: dbt holds types by an enforced contract of the model, not by a test",
      "orders: Mail Address must be a column of type VARCHAR or like it: dbt holds types by an enforced contract of the model, not by a test",
      "orders: amount must be a column of type DOUBLE or like it: dbt holds types by an enforced contract of the model, not by a test",
      "orders: amount Cents are lost.: it has no counterpart",
      "orders: the query's answer must be 0: it holds what dbt would take for Jinja",
      "orders: must be published every 1 d: a service level is about when dbt runs, not about what it makes",
    ]
  `);
  expect(all.files[0]?.text.split('\n').slice(0, 2)).toMatchInlineSnapshot(`
    [
      "-- Written by Hanse; changes are lost at the next export. Rule id/required of the contract shop-orders.",
      "{{ config(severity='error', tags=['hanse'], meta={'hanse': {"contract":"shop-orders","rule":"id/required","model":"model.shop.orders.v2"}}) }}",
    ]
  `);
});

it('of databases whose SQL is not known, only what all write alike is said', () => {
  const all = exported(EVERY, { adapter: 'snowflake' });
  expect(queries(all).filter((line) => line.startsWith('id__') || line.startsWith('amount__exc'))).toEqual([
    "id__required.sql: select * from {{ ref('orders', v=2) }} where id is null",
    "amount__exclusivemaximum.sql: select * from {{ ref('orders', v=2) }} where amount >= 100",
  ]);
  expect(all.left.find(({ what }) => what.startsWith('orders: Mail Address') && what.includes('email'))?.why).toBe(
    'format is not written alike by all databases',
  );
});

it('what a test of the project asks already is not asked again, and its own test changes nothing', () => {
  const schema = 'schema: [{ name: orders, physicalName: orders_v2, properties: [{ name: id, logicalType: integer, required: true, unique: true }] }]\n';
  const own = { ...model, unique_id: 'test.shop.a', name: 'a', resource_type: 'test', attached_node: model.unique_id };
  const theirs: DbtNode = { ...own, test_metadata: { name: 'not_null', kwargs: { column_name: 'ID' } } };
  const ours: DbtNode = {
    ...own,
    unique_id: 'test.shop.b',
    config: { meta: { hanse: { contract: 'shop-orders', rule: 'id/unique', model: model.unique_id } } },
  };
  const all = exported(schema, { nodes: [theirs, ours] });
  expect(all.asked).toEqual([{ what: 'orders: id must not be null', by: 'a' }]);
  expect(all.files.map(({ path }) => path)).toEqual(['tests/hanse/orders_v2/hanse_orders_v2_id__unique.sql']);
});

it('roles that see all are grants, in a file of ours unless another describes the model', () => {
  const roles = `roles:
  - { role: reporter, access: read }
  - { role: west, access: read, customProperties: [{ property: restriction, value: { rows: id > 1 } }] }
schema: [{ name: orders, physicalName: orders_v2, properties: [{ name: id }] }]
`;
  const free = exported(roles);
  expect(free.files).toEqual([
    {
      path: 'models/hanse/orders_v2.yml',
      text: '# Written by Hanse; changes are lost at the next export.\nversion: 2\nmodels:\n  - name: orders\n    config:\n      grants:\n        select:\n          - reporter\n',
    },
  ]);
  expect(free.left).toContainEqual({ what: 'role west', why: 'dbt grants whole tables to readers, and this role sees less or does more' });
  expect(exported(roles, { patch: 'shop://models/hanse/orders_v2.yml' }).files).toEqual(free.files);
  const taken = exported(roles, { patch: 'shop://models/schema.yml' });
  expect(taken.files).toEqual([]);
  expect(taken.left.map(({ why }) => why)).toContain(
    'models/schema.yml describes orders, and dbt takes one description of a model: write there, under its config, {grants: {select: [reporter]}}',
  );
});
