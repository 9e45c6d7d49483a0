import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QualityRule } from '@hanse/core/contract/contract.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { expect, test } from 'vitest';
import { limits, plain, testFolder, testSessions } from '../engine/duckdb/sessions.fixture.ts';
import { admitRules } from './admit-rules.ts';
import { library, object, property } from './check-case.fixture.ts';
import { checkTable } from './check-table.ts';

const folder = await testFolder();
const sessions = testSessions(folder);
const held = join(folder, 'held.parquet');
await plain(`COPY (SELECT 42 AS id, 'open' AS "query") TO '${held}' (FORMAT parquet)`);
const before = await readFile(held);

/** The last check of an object with one quality rule, and what it found. */
async function judged(quality: QualityRule, name = 'orders') {
  await using session = await sessions.session({ relations: [{ schema: 'main', name, format: 'parquet', files: [held] }], limits });
  const schema = object([property('id'), property('query')], { name, quality: [quality] });
  const rules = await admitRules(session.parse, compileRules(schema));
  const relation = `"${name}"`;
  const columns = await session.describe({ sql: `SELECT * FROM ${relation}` });
  const { checks } = await checkTable(session, { rules, columns, relation, files: [{ name: 'one', relation }] });
  expect(await readFile(held)).toEqual(before);
  return { status: checks.at(-1)?.status, found: checks.at(-1)?.found };
}

const sql = (query: string): QualityRule => ({ type: 'sql', written: { query, mustBe: 1 } });
const where = (value: string): QualityRule => library({ metric: 'rowCount', mustBe: 1, customProperties: [{ property: 'where', value }] });
const soda = (filter: string): QualityRule => ({ type: 'custom', written: { engine: 'soda', implementation: { type: 'row_count', must_be: 1, filter } } });

const hostile = [
  `SELECT count(*) FROM read_text('${held}')`,
  `SELECT count(*) FROM '${held}'`,
  `SELECT count(*) FROM "${held}"`,
  `SELECT count(*) FROM glob('/*')`,
  `SELECT count(*) FROM parquet_metadata('${held}')`,
  `SELECT count(*) FROM system.main."Read_TEXT"/* */ ('${held}')`,
  `WITH a AS (FROM read_blob('${held}')) SELECT count(*) FROM a`,
  `SELECT (SELECT count(*) FROM read_csv('${held}')) AS n`,
  `SELECT 1 WHERE EXISTS (SELECT 1 FROM \${object} WHERE id IN (SELECT size FROM read_blob('${held}')))`,
  "SELECT getenv('HOME') IS NULL",
  "SELECT current_setting('temp_directory') = ''",
  "SELECT count(*) FROM query('SELECT 1')",
  'SELECT count(*) FROM query($$SELECT 1$$)',
  "SELECT count(*) FROM query_table('orders')",
  "SELECT json_serialize_sql('SELECT 1') = ''",
  'SELECT count(*) FROM duckdb_settings()',
  'SELECT count(*) FROM duckdb_secrets()',
  'SELECT count(*) FROM information_schema.tables',
  'SELECT count(*) FROM pragma_version()',
  `SELECT count(*) FROM enable_logging(storage='file', storage_path='${held}')`,
  `SELECT count(*) FROM enable_profiling(save_location='${held}')`,
  "SELECT write_log('x') IS NULL",
  'SELECT count(*) FROM force_checkpoint()',
  'SELECT 1 AS n) AS answer; DROP TABLE orders; SELECT * FROM (SELECT 1',
  'SELECT 1; SELECT 1',
  `COPY (SELECT 1) TO '${held}'`,
  `ATTACH '${held}' AS x`,
  'PRAGMA version',
  'SET threads = 1',
  'CREATE MACRO one() AS 1',
  "LOAD 'httpfs'",
  'DESCRIBE orders',
  `SELECT 1 AS n) AS answer UNION ALL SELECT * FROM (SELECT size FROM read_blob('${held}')`,
  'SELECT now_and_then(1)',
];

test.each(hostile)('a query is refused: %s', async (query) => {
  expect(await judged(sql(query))).toMatchObject({ status: 'error' });
});

const hostileConditions = [
  `id = (SELECT count(*) FROM read_text('${held}'))`,
  `id IN (SELECT 1 FROM '${held}')`,
  "getenv('HOME') IS NOT NULL",
  "current_setting('threads') = 1",
  "EXISTS (FROM query('SELECT 1'))",
  'EXISTS (SELECT 1 FROM orders AS o WHERE o.id > 1)',
  'true) GROUP BY (id',
  'true) UNION SELECT * FROM hanse_row WHERE (true',
  'true) LIMIT (1',
  'true; SELECT 1',
  "id = 1) FROM orders), (SELECT size FROM read_blob('x') WHERE (true",
];

test.each(hostileConditions)('a condition is refused: %s', async (condition) => {
  for (const rule of [where(condition), soda(condition)]) expect(await judged(rule)).toMatchObject({ status: 'error' });
});

test('a refusal says what and what to do, without a place in a statement of ours', async () => {
  expect(await judged(sql("SELECT getenv('HOME') IS NULL"))).toMatchInlineSnapshot(`
    {
      "found": "Function getenv is not known here. Check its name; functions of extensions and macros of your own do not exist here",
      "status": "error",
    }
  `);
  expect(await judged(where("getenv('HOME') IS NULL"))).toMatchInlineSnapshot(`
    {
      "found": "where: Function getenv is not known here. Check its name; functions of extensions and macros of your own do not exist here",
      "status": "error",
    }
  `);
  expect(await judged(where('id IN (SELECT id FROM customers)'))).toMatchInlineSnapshot(`
    {
      "found": "where: a condition sees one row, and no table. Write an \`sql\` rule instead",
      "status": "error",
    }
  `);
});

test.each([
  ['SELECT count(*) FROM ${object} -- all', 'orders'],
  ['WITH o AS (SELECT * FROM orders) SELECT count(*) FROM o JOIN ${object} AS p USING (id)', 'orders'],
  ['SELECT count(*) FILTER (WHERE "query" = \'open\') FROM {object};', 'orders'],
  ['SELECT count(*) FROM "${object}" WHERE "query" <> \'read_text(1)\'', 'orders'],
  ['SELECT count(*) FROM ${object}', 'orders.v2/new'],
  ['SELECT count(*) FROM "orders.v2"', 'orders.v2'],
])('a query passes: %s', async (query, name) => {
  expect(await judged(sql(query), name)).toMatchObject({ status: 'pass' });
});

test.each(['"query" = \'open\'', 'id > 1 -- of all', 'true) OR (true', "\"query\" IN ('open', 'paid') AND id BETWEEN 1 AND 100", 'NOT (id IS NULL)'])(
  'a condition passes: %s',
  async (condition) => {
    for (const rule of [where(condition), soda(condition)]) expect(await judged(rule)).toMatchObject({ status: 'pass' });
  },
);
