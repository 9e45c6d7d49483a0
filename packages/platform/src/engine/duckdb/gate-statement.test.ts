import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../error.ts';
import { hostileGroups } from './gate-hostile.fixture.ts';
import { ordinaryStatements, ordinaryTables } from './gate-ordinary.fixture.ts';
import { gateStatement } from './gate-statement.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const sql of ordinaryTables) await connection.run(sql);
});

afterAll(() => connection.closeSync());

async function analyse(sql: string) {
  return (await gateStatement(connection, sql)).analysis;
}

async function refusal(sql: string): Promise<UserError> {
  const passed = await analyse(sql).catch((error: unknown) => error);
  if (passed instanceof UserError) return passed;
  throw new Error(`Not refused: ${sql}\n${JSON.stringify(passed)} ${String(passed)}`);
}

async function answer(sql: string) {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.columnNames().map((name) => (/^\w+$/.test(name) ? name : 'an expression'));
  return { names, types: reader.columnTypes().map(String), rows: reader.getRowsJson() };
}

describe.each(hostileGroups)('refused: $what', ({ says, statements }) => {
  test.each(statements)('%j', async (sql) => {
    const error = await refusal(sql);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/\.$/);
    expect(['statement', 'denied']).toContain(error.code);
  });
});

test('more than 150 statements are refused', () => {
  expect(hostileGroups.flatMap(({ statements }) => statements).length).toBeGreaterThan(300);
});

describe('ordinary statements pass, and mean the same after they are printed back', () => {
  test.each(ordinaryStatements)('$sql', async ({ sql, tables }) => {
    const analysis = await analyse(sql);
    expect(analysis.tables.map(({ schema, name }) => `${schema}.${name}`).toSorted()).toEqual(tables.toSorted());
    expect(await answer(analysis.sql)).toEqual(await answer(sql));
    expect(await analyse(analysis.sql)).toEqual({ ...analysis, sql: expect.any(String), normalised: expect.any(String) });
  });
});

test('messages say what, where and what to do', async () => {
  const messages: string[] = [];
  const samples = [
    "select *\n  from finance.orders,\n  read_csv('x.csv')",
    "select 'ä€😀', getenv('HOME')",
    'select current_setting(x) from finance.orders',
    "select * from 'orders.parquet'",
    'select * from prod.finance.orders',
    'select * from duckdb_tables',
    'describe finance.orders',
    'drop table finance.orders',
    'pivot finance.orders on status using sum(amount)',
    'select 1; select 2',
    'select * from finance.orders at (version => 3)',
    'select a from finance.orders wehre b = 1',
  ];
  for (const sql of samples) {
    const { code, message, hint } = await refusal(sql);
    messages.push(`${code}: ${message} ${hint ?? ''}`.trim());
  }
  expect(messages).toMatchInlineSnapshot(`
    [
      "denied: Table function read_csv is not allowed: it reads files (line 3, column 3). Name a table as domain.object; files enter the mesh as a source of a build.",
      "denied: Function getenv is not known here (line 1, column 15). Check its name; functions of extensions and macros of your own do not exist here.",
      "denied: Function current_setting is not allowed: it shows or changes settings and variables of the process (line 1, column 8). Pass values as parameters of the statement.",
      "denied: 'orders.parquet' reads as a file, not as a table (line 1, column 15). Name a table as domain.object, for example finance.metrics.",
      "denied: Table prod.finance.orders names a database (line 1, column 15). Name a table as domain.object, for example finance.metrics.",
      "denied: Table duckdb_tables belongs to the engine's own catalog (line 1, column 15). Products and their columns are in the catalog of the mesh.",
      "denied: DESCRIBE, SHOW and SUMMARIZE are not answered. Select from the table; its columns are in its contract.",
      "denied: Only one SELECT can be run here. DROP is not allowed. Products are changed by building and publishing them.",
      "denied: Only one SELECT can be run here. PIVOT without a list of values becomes several statements. List the values: PIVOT t ON c IN ('a', 'b') USING sum(v).",
      "statement: There are 2 statements in the text. Send one SELECT at a time.",
      "denied: Table finance.orders is asked for as of another time (AT) (line 1, column 15). Ask for an earlier snapshot by the query's "as of" option.",
      "statement: The statement cannot be parsed: syntax error at or near "b" (line 1, column 36).",
    ]
  `);
});

test('tables are told apart from common table expressions of the same name', async () => {
  const samples = [
    'with m as (select * from m) select * from m',
    'with recursive m as (select * from m) select * from m',
    'with recursive t(v) as (select 1 union all select v + 1 from t where v < 3), m as (select * from m) select * from m',
    'with M as (select 5 as v) select * from "m"',
    'with m as (select 5 as v) select * from finance.m',
    'with a as (select * from b), b as (select 1) select * from a, b',
    'select * from (with m as (select 5 as v) select * from m) x, m',
    'with m as (select 5 as v) select (with n as (select v from m) select v from n), (select 1 from n)',
    'with r as (select 1) select * from r union all select * from s where x in (with s as (select 2) from s)',
    'with recursive m as (select v from m union all select v + 10 from m where v < 5) select v from m',
    'with recursive k(a, b) using key (a) as (select 1, 2 union select a + 1, b from recurring.k where a < 3) from k',
    'select * from a, A, "b c", S.a, s.A',
  ];
  const tables: string[] = [];
  for (const sql of samples) {
    const named = (await analyse(sql)).tables.map(({ schema, name }) => (schema === '' ? name : `${schema}.${name}`));
    tables.push(named.join(', '));
  }
  expect(tables).toEqual(['m', 'm', 'm', '', 'finance.m', 'b', 'm', 'n', 's', 'm', '', 'a, A, b c, S.a, s.A']);
});

test('nothing but the tree survives, and the record holds no literal', async () => {
  const { sql, normalised } = await analyse(`-- secret one
    select /* secret two */ name, 'secret', 42, $1, -1.5e3, "odd ""name 7", x1, "$2", date '2026-01-01'
    from finance.customers where id in (1, 2) and s = 'it''s "quoted"' limit 3 -- secret three`);
  expect(sql).not.toMatch(/secret (one|two|three)/);
  expect(normalised).toBe(
    'SELECT "name", ?, ?, ?, CAST(? AS DOUBLE), "odd ""name 7", x1, "$2", CAST(? AS DATE) FROM finance.customers WHERE ((id IN (?, ?)) AND (s = ?)) LIMIT ?',
  );
});
