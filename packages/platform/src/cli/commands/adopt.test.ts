import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../../../test/postgres-server.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../../../../test/fixtures/', import.meta.url));
let root = '';
let server: PostgresServer | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hanse-adopt-'));
  server = await startPostgres();
}, 60_000);

afterAll(async () => {
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

function hanse(folder: string, ...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const options = { cwd: folder, env: { PATH: process.env.PATH, PGUSER: 'hanse', NODE_COMPILE_CACHE: join(FIXTURES, '../../.cache/compiled') } };
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr });
    });
  });
}

async function emptyMesh(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  return folder;
}

async function textsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.hanse')).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const)));
}

async function planned(folder: string): Promise<string> {
  const { code, text } = await hanse(folder, 'plan');
  expect(text).not.toMatch(/error|warning/);
  expect(await readFile(join(folder, '.hanse/.gitignore'), 'utf8')).toBe('*\n');
  expect(code).toBe(0);
  return text.trimEnd().split('\n').at(-1) ?? '';
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
    expect((await hanse(folder, 'status')).text).toMatch(/shop\/customers:customers +unpublished +in place, through dbt/);
    expect((await hanse(folder, 'status', '--coverage')).text).toMatch(
      /shop\/customers:customers, in place, through dbt: 0 enforced, 13 observed, 2 only words\n/,
    );
    expect(await hanse(folder, 'build')).toMatchObject({ code: 0 });
    expect((await hanse(folder, 'build', 'shop/customers')).text).toContain('its data stays in place, on dbt-duckdb (duckdb)');
  });
});

describe('a PostgreSQL schema', () => {
  it('becomes one contract, whose rules hold where the constraints do', async ({ skip }) => {
    if (server === undefined) return skip();
    const client = new Client(server.url);
    await client.connect();
    await client.query(`create schema sales; create type sales.mood as enum ('sad', 'ok');
      create domain sales.grade as smallint check (value between 1 and 6) constraint known check (value <> 5);
      create table sales.customers (id bigint primary key, name varchar(40) not null, email text unique, feeling sales.mood, born_on date, mark sales.grade);
      comment on table sales.customers is 'People.'; comment on column sales.customers.name is 'Full name.';
      create table sales.orders (id int, line int, customer_id bigint not null references sales.customers, status text not null check (status in ('placed', 'it''s sent')),
        amount numeric(12,2) check (amount >= 0), paid timestamptz, primary key (id, line), unique (customer_id, paid));
      create view sales.open_orders as select id, amount from sales.orders where status = 'placed';
      insert into sales.customers values (1, 'Ada', 'a@x.example', 'ok', '1971-01-01', 2), (2, 'Bo', null, null, null, null);
      insert into sales.orders values (1, 1, 1, 'placed', 3.5, now()), (1, 2, 2, 'it''s sent', 0, null);
      alter table sales.orders add constraint dear check (amount > 2) not valid; analyze;`);
    await client.end();
    const folder = await emptyMesh('sql');
    const adopted = await hanse(folder, 'adopt', 'sql', server.url, '--select', 'sales.*', '--domain', 'sales');
    expect(adopted).toMatchObject({
      code: 0,
      text: expect.stringContaining('- check dear of sales.orders: it is NOT VALID: rows from before it may break it'),
    });
    const contract = (await textsIn(folder))['sales/sales/sales.odcs.yaml'] ?? '';
    expect(contract.slice(contract.indexOf('\nschema:'))).toMatchInlineSnapshot(`
      "
      schema:
        - id: customers
          name: customers
          logicalType: object
          physicalType: table
          description: People.
          properties:
            - id: id
              name: id
              logicalType: integer
              physicalType: bigint
              primaryKey: true
              primaryKeyPosition: 1
              required: true
            - id: name
              name: name
              description: Full name.
              logicalType: string
              physicalType: character varying(40)
              required: true
              logicalTypeOptions:
                maxLength: 40
            # Suggested: classification: restricted. It seems to be an e-mail address: its name says so (confidence 0.7).
            - id: email
              name: email
              logicalType: string
              physicalType: text
              unique: true
            - id: feeling
              name: feeling
              logicalType: string
              physicalType: text
              enum:
                - value: sad
                - value: ok
            # Suggested: classification: restricted. It seems to be a date of birth: its name says so (confidence 0.7).
            - id: born_on
              name: born_on
              logicalType: date
              physicalType: date
            - id: mark
              name: mark
              logicalType: integer
              physicalType: smallint
          quality:
            - id: mark_grade_check
              name: mark_grade_check
              description: A check of the database on mark.
              type: sql
              query: SELECT count(*) FROM \${object} WHERE NOT (((mark >= 1) AND (mark <= 6)))
              mustBe: 0
            - id: mark_known
              name: mark_known
              description: A check of the database on mark.
              type: sql
              query: SELECT count(*) FROM \${object} WHERE NOT ((mark <> 5))
              mustBe: 0
        - id: open_orders
          name: open_orders
          logicalType: object
          physicalType: view
          properties:
            - id: id
              name: id
              logicalType: integer
              physicalType: integer
            - id: amount
              name: amount
              logicalType: number
              physicalType: numeric(12,2)
        - id: orders
          name: orders
          logicalType: object
          physicalType: table
          properties:
            - id: id
              name: id
              logicalType: integer
              physicalType: integer
              primaryKey: true
              primaryKeyPosition: 1
              required: true
            - id: line
              name: line
              logicalType: integer
              physicalType: integer
              primaryKey: true
              primaryKeyPosition: 2
              required: true
            - id: customer_id
              name: customer_id
              logicalType: integer
              physicalType: bigint
              required: true
            - id: status
              name: status
              logicalType: string
              physicalType: text
              required: true
              enum:
                - value: placed
                - value: it's sent
            - id: amount
              name: amount
              logicalType: number
              physicalType: numeric(12,2)
            - id: paid
              name: paid
              logicalType: timestamp
              physicalType: timestamp with time zone
          relationships:
            - from:
                - orders.customer_id
              to:
                - customers.id
          quality:
            - id: orders_customer_id_paid_key
              name: orders_customer_id_paid_key
              type: library
              metric: duplicateValues
              arguments:
                properties:
                  - customer_id
                  - paid
              mustBe: 0
            - id: orders_amount_check
              name: orders_amount_check
              description: A check of the database on amount.
              type: sql
              query: SELECT count(*) FROM \${object} WHERE NOT ((amount >= (0)::numeric))
              mustBe: 0
      "
    `);
    expect(await planned(folder)).toMatch(/^3 to create/);
    const tested = await hanse(folder, 'test', 'sales/sales/sales.odcs.yaml');
    expect(tested.text).toMatch(/(\d+) rules: \1 pass/);
    const nothing = await hanse(folder, 'adopt', 'sql', server.url);
    expect(nothing.text.replace(/\d+\n/, '')).toContain('Schemas and their tables: sales (3).');
  }, 30_000);
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
