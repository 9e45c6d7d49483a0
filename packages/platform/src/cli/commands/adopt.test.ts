import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES, hanse, planned, textsIn } from './adopt.fixture.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hanse-adopt-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function emptyMesh(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  return folder;
}

describe('a dbt project', () => {
  it('becomes drafts of its public models, which plan takes; the second time nothing is written', async () => {
    const folder = await emptyMesh('shop');
    const first = await hanse(folder, 'adopt', 'dbt', join(FIXTURES, 'dbt-shop/artifacts'));
    expect(first).toMatchObject({ code: 0 });
    const written = await textsIn(folder);
    expect(Object.keys(written).toSorted()).toMatchInlineSnapshot(`
      [
        "shop/adopted-from-dbt.md",
        "shop/customers/customers.odcs.yaml",
        "shop/customers/customers.odps.yaml",
        "shop/domain.yaml",
        "shop/orders/orders.odcs.yaml",
        "shop/orders/orders.odps.yaml",
        "shop/orders/orders.v1.odcs.yaml",
      ]
    `);
    expect(written['shop/orders/orders.odcs.yaml']).toMatchInlineSnapshot(`
      "apiVersion: v3.2.0
      kind: DataContract
      id: shop-orders-contract
      name: orders
      version: 2.0.0
      status: draft
      domain: shop

      description:
        purpose: What was bought.

      servers:
        - server: dbt-duckdb
          type: duckdb
          database: \${DBT_DUCKDB_PATH}
          schema: main

      schema:
        - id: orders
          name: orders
          physicalName: orders_v2
          logicalType: object
          physicalType: table
          description: What was bought.
          properties:
            - id: order_id
              name: order_id
              logicalType: integer
              physicalType: INTEGER
              required: true
              unique: true
              quality:
                - id: is_even_orders_v2_order_id
                  name: is_even_orders_v2_order_id
                  type: custom
                  engine: dbt
                  implementation:
                    name: is_even_orders_v2_order_id
                    test: is_even
                    uniqueId: test.shop.is_even_orders_v2_order_id.a0bf3b8966
                  severity: warning
            - id: customer_id
              name: customer_id
              logicalType: integer
              physicalType: INTEGER
              relationships:
                - to: shop.customers.customer_id
            - id: status
              name: status
              logicalType: string
              physicalType: VARCHAR
              enum:
                - value: placed
                - value: shipped
                - value: returned
            - id: amount
              name: amount
              logicalType: number
              physicalType: DECIMAL(12,2)
            - id: paid_with
              name: paid_with
              logicalType: string
              physicalType: VARCHAR
              quality:
                - id: not_null_orders_v2_paid_with
                  name: not_null_orders_v2_paid_with
                  type: library
                  metric: nullValues
                  mustBe: 0
                  customProperties:
                    - property: where
                      value: status = 'shipped'
            - id: ordered_on
              name: ordered_on
              logicalType: date
              physicalType: DATE
          quality:
            - id: no_future_orders
              name: no_future_orders
              type: custom
              engine: dbt
              implementation:
                name: no_future_orders
                test: singular
                uniqueId: test.shop.no_future_orders

      customProperties:
        - property: dbtModel
          value: model.shop.orders.v2
        - property: dbtMeta
          value:
            pii: none
      "
    `);
    expect(written['shop/adopted-from-dbt.md']).toMatchInlineSnapshot(`
      "# Adopted from the dbt project shop (dbt 1.11.16, manifest v12): public models

      ## Taken

      - customers: customers 1.0.0, 5 columns, 6 clauses besides their types
      - orders: orders 2.0.0, 6 columns, 7 clauses besides their types
      - orders: orders 1.0.0, 4 columns, 5 clauses besides their types

      ## Written

      - shop/domain.yaml
      - shop/customers/customers.odps.yaml
      - shop/customers/customers.odcs.yaml
      - shop/orders/orders.odps.yaml
      - shop/orders/orders.odcs.yaml
      - shop/orders/orders.v1.odcs.yaml

      ## To decide: classifications that nobody has set

      - customers: customers 1.0.0, email. Suggested: classification: restricted. It seems to be an e-mail address: its name says so (confidence 0.7).
      - customers: customers 1.0.0, born_on. Suggested: classification: restricted. It seems to be a date of birth: its name says so (confidence 0.7).

      ## Noted

      - dbt ran 17 of these tests at 2026-11-23T11:16:51.599241Z: 13 passed.
      - dbt said: accepted_values_orders_v1_status__placed__shipped__returned: fail (1)
      - dbt said: is_even_orders_v1_order_id: warn (2)
      - dbt said: accepted_values_orders_v2_status__placed__shipped__returned: fail (1)
      - dbt said: is_even_orders_v2_order_id: warn (2)

      ## Left out

      - model revenue: protected, and not selected
      - model stg_orders: protected, and not selected
      "
    `);
    expect(await planned(folder)).toMatchInlineSnapshot(`"6 to create, 0 to change, 0 to remove; nobody is touched."`);

    const again = await hanse(folder, 'adopt', 'dbt', join(FIXTURES, 'dbt-shop/artifacts'));
    expect(again.text).toContain('Nothing new was written.');
    expect(again.text).not.toContain('## Different');
    expect(await textsIn(folder)).toEqual(written);
  });

  it('is compared with what people made of the drafts, and overwrites none of it', async () => {
    const folder = await emptyMesh('edited');
    await hanse(folder, 'adopt', 'dbt', join(FIXTURES, 'dbt-shop/artifacts'));
    const path = join(folder, 'shop/customers/customers.odcs.yaml');
    const edited = (await readFile(path, 'utf8'))
      .replace('physicalType: DATE', 'physicalType: VARCHAR')
      .replace('purpose: Everybody who ever bought something.', 'purpose: Ours.')
      .replace(/ {6}- id: name\n {8}name: name\n {8}logicalType: string\n {8}physicalType: VARCHAR\n/, '');
    await writeFile(path, edited);
    const { text } = await hanse(folder, 'adopt', 'dbt', join(FIXTURES, 'dbt-shop/artifacts'));
    const lines = text.split('\n');
    expect(
      lines.slice(
        lines.findIndex((line) => line.startsWith('## Different')),
        lines.findIndex((line) => line.startsWith('## To decide')),
      ),
    ).toMatchInlineSnapshot(`
      [
        "## Different from what is here; nothing was overwritten",
        "",
        "- shop/customers/customers.odcs.yaml: add the column customers.name",
        "- shop/customers/customers.odcs.yaml: customers.born_on: physicalType is VARCHAR, and DATE in the source",
        "",
      ]
    `);
    expect(await readFile(path, 'utf8')).toBe(edited);
  });

  it('without public models says what it has, and drafts what --select names', async () => {
    const folder = await emptyMesh('jaffle');
    const place = join(FIXTURES, 'standards/dbt/openlineage-duckdb');
    const none = await hanse(folder, 'adopt', 'dbt', place);
    expect({ ...none, text: none.text.replaceAll(FIXTURES, '<fixtures>/') }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "text": "error: <fixtures>/standards/dbt/openlineage-duckdb: no model is public, and neither exposures nor other projects read one
        Name some with --select, as \`--select "customers tag:core"\`. It has customers, orders.
      ",
      }
    `);
    expect(await textsIn(folder)).toEqual({});
    expect(await hanse(folder, 'adopt', 'dbt', place, '--select', 'customers')).toMatchObject({ code: 0 });
    expect(Object.keys(await textsIn(folder))).toContain('jaffle_shop/customers/customers.odcs.yaml');
    expect(await planned(folder)).toMatch(/^3 to create/);
  });

  it('stays in place: status says who keeps it and how far, and build waits for nothing', async () => {
    const folder = await emptyMesh('custody');
    await hanse(folder, 'adopt', 'dbt', join(FIXTURES, 'dbt-shop/artifacts'));
    await hanse(folder, 'apply', '--reason', 'adopted');
    expect((await hanse(folder, 'status')).text).toMatch(/shop\/customers:customers +in place, through dbt +in place, through dbt/);
    expect((await hanse(folder, 'status', '--coverage')).text).toMatch(
      /shop\/customers:customers, in place, through dbt: 0 enforced, 13 observed, 2 only words\n/,
    );
    expect(await hanse(folder, 'build')).toMatchObject({ code: 0 });
    expect((await hanse(folder, 'build', 'shop/customers')).text).toContain('its data stays in place, on dbt-duckdb (duckdb)');
  });
});

it('a file becomes a contract that plan takes; what no contract says is named', async () => {
  const folder = await emptyMesh('files');
  const inputs = await emptyMesh('inputs');
  for (const [source, name] of files) {
    const path = join(inputs, name);
    if (source === 'odcs') await cp(join(FIXTURES, 'standards/odcs/examples-v3.1.0/table-column.odcs.yaml'), path);
    else if (source === 'datacontract' || source === 'openlineage') await cp(join(FIXTURES, 'adopt', name), path);
    else await writeFile(path, inputsOf[source]);
    const { code, text } = await hanse(folder, 'adopt', source, path, '--domain', `from-${source}`, '--owner', 'ann');
    expect({ code, left: text.split('## Left out\n\n')[1]?.split('\n\n')[0] }).toEqual({ code: 0, left: leftOf[source] });
    if (source === 'csv')
      expect(text).toContain(
        'iban. Suggested: classification: restricted. It seems to be an IBAN: its name says so and 100 % of 3 values look so (confidence 0.95).',
      );
    if (source === 'odcs') expect(Object.values(await textsIn(folder))).toContain(await readFile(path, 'utf8'));
  }
  const elsewhere = await hanse(inputs, 'adopt', 'csv', 'people.csv', '--domain', 'beside', '--owner', 'ann', '--folder', '../files');
  expect(elsewhere).toMatchObject({ code: 0, text: expect.stringMatching(/Look at them, then: .* plan --folder \.\.\/files\n$/) });
  expect(await planned(folder)).toMatch(/^21 to create/);
  expect(await hanse(folder, 'test', 'from-csv/people/people.odcs.yaml')).toMatchObject({ code: 0 });
}, 60_000);

const files = [
  ['csv', 'people.csv'],
  ['avro', 'people.avsc'],
  ['json-schema', 'people.json'],
  ['odcs', 'people.odcs.yaml'],
  ['datacontract', 'orders.datacontract.yaml'],
  ['openlineage', 'events.ndjson'],
] as const;
const leftOf = {
  csv: undefined,
  odcs: undefined,
  datacontract: `- orders.status: lineage: a column has no clause for it
- line_items.order_id: $ref #/definitions/nowhere: it leads to no definition of the contract
- servicelevels.retention.unlimited: a service level of ODCS has no place for it
- servicelevels.latency.sourceTimestampField: a service level of ODCS has no place for it
- servicelevels.frequency.type: a service level of ODCS has no place for it`,
  openlineage: '- shop.public.orders: the facet columnLineage: lineage is no promise\n- dataset shop.public.raw: it was only read; --select names it',
  avro: '- street: the union ["null","string","int"]: a column has one type; the first was taken\n- boss: the type Person: it refers to itself',
  'json-schema': '- #/properties/boss: $ref #: it refers to itself\n- #/properties/odd: oneOf: a contract has no clause for it',
};
const inputsOf = {
  csv: 'id,iban,born\n1,DE89370400440532013000,1971-01-01\n2,GB29NWBK60161331926819,1985-02-03\n3,FR1420041010050500013M02606,1990-07-14\n',
  avro: JSON.stringify({
    type: 'record',
    name: 'Person',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'mood', type: { type: 'enum', name: 'Mood', symbols: ['sad', 'ok'] } },
      { name: 'wage', type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 }], default: null },
      { name: 'home', type: { type: 'record', name: 'Home', fields: [{ name: 'street', type: ['null', 'string', 'int'] }] } },
      { name: 'boss', type: ['null', 'Person'] },
    ],
  }),
  'json-schema': JSON.stringify({
    title: 'Person',
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'integer', minimum: 1 },
      born: { type: ['string', 'null'], format: 'date' },
      boss: { $ref: '#' },
      odd: { oneOf: [{ type: 'string' }] },
    },
  }),
};
