import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../../../test/postgres-server.ts';
import { hanse, planned, textsIn } from './adopt.fixture.ts';

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

async function emptyMesh(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  return folder;
}

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
