import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import type { Reach } from '../../check/place.ts';
import { library, lines, object, property } from '../../check/check-case.fixture.ts';
import { openPostgresPlace } from './open-place.ts';

const server = await startPostgres();
const label = 'orders.odcs.yaml: server shop';
/** Planted: no message may hold it. */
const PASSWORD = 'planted-pa55word';

const open = (connection = server?.url ?? '', schema = 'public') => openPostgresPlace({ connection, schema, label, deadlineMs: 30_000 });

async function refusal(doing: Promise<unknown>): Promise<string> {
  return doing.then(
    () => 'no refusal',
    (error: Error & { hint?: string }) => `${error.name}: ${error.message}. ${error.hint}`,
  );
}

test('a server that is not there is told without the password', async () => {
  const told = await refusal(open(`postgres://hanse:${PASSWORD}@127.0.0.1:1/postgres`));
  expect(told).toMatchInlineSnapshot(
    `"ExternalError: orders.odcs.yaml: server shop: PostgreSQL says: connect ECONNREFUSED 127.0.0.1:1. Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD."`,
  );
  expect(told).not.toContain(PASSWORD);
});

describe.runIf(server !== undefined)('a PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });
  const schema = object(
    [
      property('id', { physicalType: 'BIGINT', primaryKeyPosition: 1 }),
      property('day', { physicalType: 'DATE', required: true, partitioned: true } as never),
      property('amount', { physicalType: 'DECIMAL(10,2)', logicalTypeOptions: { minimum: 0, maximum: 100 } }),
      property('state', { logicalType: 'string', enum: ['new', 'paid'], quality: [library({ metric: 'nullValues', mustBe: 0 })] }),
      property('mood', { logicalType: 'string', enum: ['glad'], logicalTypeOptions: { maxLength: 3 } }),
    ],
    {
      quality: [
        library({ metric: 'rowCount', mustBeGreaterThan: 1 }),
        { type: 'sql', written: { query: 'SELECT count(*) FROM ${object} o WHERE o.amount > 99', mustBe: 0 } },
      ],
    },
  );

  beforeAll(async () => {
    await client.connect();
    await client.query(`
      create type mood as enum ('glad', 'sad');
      create table orders (id bigint primary key, day date not null, amount numeric(10,2) check (amount >= 0 and amount <> 'NaN'), state text not null check (state in ('new', 'paid')), mood mood);
      insert into orders select n, date '2026-01-01' + (n % 3)::int, n % 101, 'new', 'glad' from generate_series(1, 500) n;
      insert into orders values (1000, '2026-01-02', 1, 'paid', 'sad');
      create table parts (id bigint, day date) partition by range (day);
      create table parts_9 partition of parts for values from ('2026-09-01') to ('2026-10-01');
      create table parts_10 partition of parts for values from ('2026-10-01') to ('2026-11-01');
      create table parts_11 partition of parts for values from ('2026-11-01') to ('2026-12-01');
      create table parts_rest partition of parts default;
      insert into parts values (1, '2026-09-01'), (null, '2026-09-02'), (3, '2026-10-02'), (null, '2030-01-01');
      create role clerk login;
    `);
  });
  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  async function judged(reach: Reach, table = 'orders', promised = schema) {
    await using place = await open();
    return await place.judge(await place.describe(table), compileRules(promised), { reach });
  }

  test('the whole table: one scan, no pass for a key that an index keeps, the query of the contract', async () => {
    const { checks, passes } = await judged({ kind: 'full' });
    expect(passes.map(({ kind }) => kind)).toEqual(['scan', 'sql']);
    expect(lines(checks)).toMatchInlineSnapshot(`
      [
        "pass id must be a column of type BIGINT: it is BIGINT",
        "pass day must be a column of type DATE: it is DATE",
        "pass day must not be null: 0 of 501 rows are null",
        "pass amount must be a column of type DECIMAL(10,2): it is DECIMAL(10,2)",
        "pass amount must be at least 0: 0 of 501 rows are less",
        "pass amount must be at most 100: 0 of 501 rows are more",
        "pass state must be a column of type VARCHAR or like it: it is VARCHAR",
        "pass state must be one of 'new', 'paid': 0 of 501 rows are something else",
        "pass state null values must be 0: 0 of 501 rows are",
        "pass mood must be a column of type VARCHAR or like it: it is VARCHAR",
        "fail mood must be one of 'glad': 1 of 501 rows are something else; e.g. 'sad'",
        "fail mood must have at most 3 characters: 500 of 501 rows are longer; e.g. 'glad'",
        "pass id must identify a row: 0 of 501 rows repeat a value",
        "pass number of rows must be greater than 1: it is 501",
        "fail the query's answer must be 0: it is 4",
      ]
    `);
  });

  test('metadata: types and constraints prove what they can, and no row is read', async () => {
    const scans = async () => (await client.query("select seq_scan + coalesce(idx_scan, 0) as n from pg_stat_user_tables where relname = 'orders'")).rows[0]?.n;
    const before = await scans();
    const { checks, passes } = await judged({ kind: 'metadata' });
    expect(lines(checks)).toMatchInlineSnapshot(`
      [
        "pass id must be a column of type BIGINT: it is BIGINT",
        "pass day must be a column of type DATE: it is DATE",
        "pass day must not be null: the column is NOT NULL",
        "pass amount must be a column of type DECIMAL(10,2): it is DECIMAL(10,2)",
        "pass amount must be at least 0: a CHECK constraint keeps it",
        "skip amount must be at most 100: no row was read, and nothing that the database knows of the table proves it",
        "pass state must be a column of type VARCHAR or like it: it is VARCHAR",
        "pass state must be one of 'new', 'paid': a CHECK constraint keeps it",
        "pass state null values must be 0: the column is NOT NULL",
        "pass mood must be a column of type VARCHAR or like it: it is VARCHAR",
        "skip mood must be one of 'glad': no row was read, and nothing that the database knows of the table proves it",
        "skip mood must have at most 3 characters: no row was read, and nothing that the database knows of the table proves it",
        "pass id must identify a row: the unique index orders_pkey keeps it, the column is NOT NULL",
        "skip number of rows must be greater than 1: no row was read, and nothing that the database knows of the table proves it",
        "skip the query's answer must be 0: no row was read, and nothing that the database knows of the table proves it",
      ]
    `);
    expect(passes).toEqual([]);
    await judged({ kind: 'full' }, 'orders', object([property('state', { required: true })]));
    while ((await scans()) === before);
    expect(Number(await scans()) - Number(before)).toBe(1);
  });

  test('metadata: lengths, labels and foreign keys of the types prove too', async () => {
    await client.query(`
      create table shops (id int, city text, primary key (id, city));
      create table visits (shop int, town text, code varchar(8), mood mood, foreign key (shop, town) references shops (id, city), loose int)`);
    const shops = object([property('id'), property('city')], { id: 'shops', name: 'shops' });
    const to = (columns: readonly string[], theirs: readonly string[]) => ({
      type: 'foreignKey',
      from: columns.map((name) => `visits.${name}`),
      to: theirs.map((name) => `shops.${name}`),
    });
    const visits = object(
      [
        property('code', { physicalType: 'VARCHAR(8)', logicalTypeOptions: { maxLength: 8 } }),
        property('mood', {
          enum: ['sad', 'glad', 'odd'],
          logicalTypeOptions: { maxLength: 3 },
          customProperties: [{ property: 'where', value: { maxLength: "code = 'x'" } }],
        }),
      ],
      { name: 'visits', relationships: [to(['town', 'shop'], ['city', 'id']), to(['shop'], ['id']), to(['loose', 'town'], ['id', 'city'])] },
    );
    await using place = await open();
    const there = await place.describe('shops');
    const { checks, passes } = await place.judge(await place.describe('visits'), compileRules(visits, { objects: [visits, shops] }), {
      reach: { kind: 'metadata' },
      others: new Map([['shops', { ...there, object: shops }]]),
    });
    expect(lines(checks).map((line) => line.replace('no row was read, and nothing that the database knows of the table proves it', 'unread')))
      .toMatchInlineSnapshot(`
      [
        "pass code must be a column of type VARCHAR(8): it is CHARACTER VARYING(8)",
        "pass code must have at most 8 characters: the type holds no longer text",
        "pass mood must be a column: VARCHAR",
        "pass mood must be one of 'sad', 'glad', 'odd': the type has no label that breaks it",
        "skip mood must have at most 3 characters where code = 'x': unread",
        "pass town, shop must be in shops (city, id): the foreign key visits_shop_town_fkey keeps it",
        "skip must be in shops (id): unread",
        "skip loose, town must be in shops (id, city): unread",
      ]
    `);
    expect(passes).toEqual([]);
  });

  test('a sample says that it is one, and leaves what asks for all rows', async () => {
    const { checks, scope } = await judged({ kind: 'sample', percent: 100, seed: 1 });
    expect(scope).toBe('in a sample of about 100 percent');
    expect(lines(checks).filter((line) => /mood|rows must|query/.test(line))).toMatchInlineSnapshot(`
      [
        "pass mood must be a column of type VARCHAR or like it: it is VARCHAR",
        "fail mood must be one of 'glad': 1 of 501 rows are something else (in a sample of about 100 percent); e.g. 'sad'",
        "fail mood must have at most 3 characters: 500 of 501 rows are longer (in a sample of about 100 percent); e.g. 'glad'",
        "skip number of rows must be greater than 1: it is asked of all rows, and rows were read only in a sample of about 100 percent",
        "skip the query's answer must be 0: it is asked of all rows, and rows were read only in a sample of about 100 percent",
      ]
    `);
  });

  test('the last partition that has rows, or the rows of the last value', async () => {
    const required = object([property('id', { physicalType: 'BIGINT', required: true })]);
    expect(lines((await judged({ kind: 'lastPartition' }, 'parts', required)).checks)[1]).toMatchInlineSnapshot(
      `"pass id must not be null: 0 of 1 rows are null (in the partition public.parts_10)"`,
    );
    expect(lines((await judged({ kind: 'lastPartition', column: 'day' }, 'orders', required)).checks)[1]).toMatchInlineSnapshot(
      `"pass id must not be null: 0 of 167 rows are null (where day is 2026-01-03)"`,
    );
    expect(await refusal(judged({ kind: 'lastPartition' }, 'orders', required))).toMatchInlineSnapshot(
      `"UserError: orders.odcs.yaml: server shop: "public"."orders" has no partitions. Mark the property it is partitioned by with \`partitioned: true\`, or judge the whole of it."`,
    );
  });

  test('what is not there or not allowed is told with what to do; nothing can be written', async () => {
    await using place = await open();
    expect(await refusal(place.describe('nowhere'))).toMatchInlineSnapshot(
      `"UserError: orders.odcs.yaml: server shop: there is no table "public"."nowhere". "public" has orders, parts, shops, visits."`,
    );
    await using clerk = await open((server?.url ?? '').replace('hanse@', 'clerk@'));
    expect(await refusal(clerk.describe('orders'))).toMatchInlineSnapshot(
      `"UserError: orders.odcs.yaml: server shop: the user clerk may not read "public"."orders". Grant it there: GRANT USAGE ON SCHEMA "public", SELECT ON "public"."orders" TO "clerk"."`,
    );
    const evil = object([property('id')], {
      quality: ['SELECT 1) AS a; COMMIT; DROP TABLE orders; SELECT (1', "SELECT count(*) FROM (SELECT nextval('orders_seq')) s"].map((query) => ({
        type: 'sql',
        written: { query, mustBe: 0 },
      })),
    });
    await client.query('create sequence if not exists orders_seq');
    const { checks } = await place.judge(await place.describe('orders'), compileRules(evil));
    expect(lines(checks).slice(1)).toMatchInlineSnapshot(`
      [
        "error the query's answer must be 0: PostgreSQL: cannot insert multiple commands into a prepared statement",
        "error the query's answer must be 0: the function nextval is not allowed: PostgreSQL knows it as volatile, so it may do more than read. Call stable or immutable functions",
      ]
    `);
    expect((await client.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 501 }]);
  });
});
