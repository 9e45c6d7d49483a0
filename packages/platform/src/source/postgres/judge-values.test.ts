import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { checkTable } from '../../check/check-table.ts';
import { type DuckDb, library, object, openDuckDb, property } from '../../check/check-case.fixture.ts';
import { openPostgresPlace } from './open-place.ts';

const server = await startPostgres();
const now = '2026-01-02T00:00:00Z';

const custom = (name: string, value: unknown) => [{ property: name, value }];
const soda = (check: string) => ({ type: 'custom', written: { engine: 'soda', implementation: `checks for t:\n  - ${check}` } }) as const;
const column = (written: Parameters<typeof property>[1]) => object([property('x', written)]);

/** Written by hand: a select that both engines read, rules, and what they say but for the schema rule. */
const cases: readonly (readonly [name: string, values: string, schema: SchemaObject, expected: readonly string[]])[] = [
  [
    'averages and sums',
    '(1), (2), (4), (NULL)',
    column({ quality: [soda('avg(x) between 2.3 and 2.4'), soda('sum(x) = 7'), soda('min(x) > 1'), soda('max(x) < 5')] }),
    ['pass', 'pass', 'fail it is 1', 'pass'],
  ],
  [
    'aggregates of no value',
    '(NULL::INTEGER), (NULL)',
    column({ quality: [soda('avg(x) > 0')], required: true }),
    ['fail 2 of 2 rows are null', 'error there is no value'],
  ],
  [
    'conditions',
    '(1), (-1), (NULL), (5)',
    column({ logicalTypeOptions: { minimum: 0 }, required: true, customProperties: custom('where', { minimum: 'x < 0', required: 'x > 4' }) }),
    ['pass', 'fail 1 of 1 rows are less'],
  ],
  ['tolerance in rows', '(1), (-1), (-2)', column({ logicalTypeOptions: { minimum: 0 }, customProperties: custom('tolerance', '2 rows') }), ['pass']],
  [
    'tolerance in percent',
    '(1), (-1), (-2)',
    column({ logicalTypeOptions: { minimum: 0 }, customProperties: custom('tolerance', '66 percent') }),
    ['fail 2 of 3 rows are less'],
  ],
  [
    'not a number and infinity',
    "('NaN'::DOUBLE PRECISION), ('Infinity'), ('-Infinity'), (1), (NULL)",
    column({ logicalTypeOptions: { minimum: 0, maximum: 10 }, unique: true }),
    ['pass', 'fail 2 of 5 rows are less', 'fail 2 of 5 rows are more'],
  ],
  ['not a number repeats', "('NaN'::DOUBLE PRECISION), ('NaN')", column({ unique: true }), ['fail 1 of 2 rows repeat a value']],
  [
    'decimals at their edge',
    '(99999999999999999999999999999999999999::DECIMAL(38,0)), (-99999999999999999999999999999999999999)',
    column({ logicalTypeOptions: { maximum: '99999999999999999999999999999999999998' as never } }),
    ['fail 1 of 2 rows are more'],
  ],
  [
    'moments at one time in other zones',
    "(TIMESTAMPTZ '2024-10-27 02:30:00+02'), (TIMESTAMPTZ '2024-10-27 01:30:00+01')",
    column({ unique: true, logicalTypeOptions: { maximum: '2024-10-27T00:30:00Z' as never } }),
    ['fail 1 of 2 rows repeat a value', 'pass'],
  ],
  [
    'no row',
    '(1)) AS v(x) WHERE x > 1) AS t(x',
    column({
      required: true,
      unique: true,
      quality: [library({ metric: 'nullValues', mustBe: 0, unit: 'percent' }), library({ metric: 'rowCount', mustBeGreaterThan: 0 })],
    }),
    ['pass', 'pass', 'pass', 'fail it is 0'],
  ],
  [
    'only nulls',
    '(NULL::TEXT), (NULL)',
    column({ unique: true, logicalTypeOptions: { minLength: 1, pattern: '^a' }, enum: ['a'] }),
    ['pass', 'pass', 'pass', 'pass'],
  ],
  [
    'characters of four bytes',
    "('😀'), ('😀😀')",
    column({ logicalTypeOptions: { maxLength: 1, pattern: '^.$' }, physicalType: 'VARCHAR(1)' }),
    ['fail 1 of 2 rows are longer', 'fail 1 of 2 rows do not match'],
  ],
];

describe.runIf(server !== undefined)('values at the edge, by hand, on DuckDB and on PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });
  let db: DuckDb;
  beforeAll(async () => {
    await client.connect();
    db = await openDuckDb();
  });
  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  async function both(values: string, rules: readonly Rule[], others?: CheckContext['others']) {
    const select = values.includes(') AS v(') ? `SELECT * FROM (SELECT * FROM (VALUES ${values})` : `SELECT * FROM (VALUES ${values}) AS t(x)`;
    await db.run(`CREATE OR REPLACE TABLE orders AS ${select}`);
    await client.query(`DROP TABLE IF EXISTS orders; CREATE TABLE orders AS ${select}`);
    const relation = '"main"."orders"';
    const here = await checkTable(db, {
      rules,
      columns: await db.columns(relation),
      relation,
      files: [{ name: 'one', relation }],
      context: { now, ...(others && { others }) },
    });
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000, now });
    const there = await place.judge(await place.describe('orders'), rules, others && { others });
    return [here.checks, there.checks].map((checks) =>
      checks.flatMap(({ rule, status, found }) => (rule.test.kind === 'schema' ? [] : [status === 'pass' ? status : `${status} ${found}`])),
    );
  }

  test.each(cases)('%s', async (_, values, schema, expected) => {
    expect(await both(values, compileRules(schema))).toEqual([expected, expected]);
  });

  test('ages', async () => {
    const sla = (['freshness', 'retention'] as const).map((name) => ({ property: name, value: 1, unit: 'd', element: 'orders.x' }));
    const expected = ['pass', 'fail it is 2025-12-31T23:00:00Z, 1 d 1 h ago'];
    expect(await both("(TIMESTAMPTZ '2026-01-01 01:00:00+01'), (TIMESTAMPTZ '2026-01-01 00:00:00+01')", compileRules(column({}), { sla }))).toEqual([
      expected,
      expected,
    ]);
  });

  test('a query that divides says how PostgreSQL does', async () => {
    const query = (sql: string) => ({ type: 'sql', written: { query: sql, mustBeGreaterThan: 3 } }) as const;
    const rules = compileRules(
      object([property('x')], {
        quality: [query('SELECT max(x) / 2 FROM ${object} -- 1/2'), query("SELECT count(*) FROM orders WHERE '/' = 'a' /* a / b */")],
      }),
    );
    expect(await both('(7), (1)', rules)).toEqual([
      ['pass', 'fail it is 0'],
      ['fail it is 3 (PostgreSQL divides whole numbers without a remainder)', 'fail it is 0'],
    ]);
  });

  test.each([
    ['SELECT pg_sleep(1) IS NULL', 'pg_sleep'],
    ['SELECT count(*) FROM pg_catalog."pg_ls_dir"(\'.\')', 'pg_ls_dir'],
    ["SELECT pg_read_file /* a */ ('PG_VERSION') IS NULL", 'pg_read_file'],
    ["SELECT set_config('transaction_read_only', 'off', true) IS NULL", 'set_config'],
    ['SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE false', 'pg_terminate_backend'],
    ["SELECT lo_export(1, '/tmp/x')", 'lo_export'],
    ["SELECT query_to_xml('select 1', true, true, '') IS NULL", 'query_to_xml'],
    ["SELECT pg_notify('a', 'b') IS NULL", 'pg_notify'],
    ['SELECT mine(1)', 'mine'],
    ["WITH a AS (SELECT random()) SELECT count(*) FROM a WHERE 'x' <> $$ $$", 'random'],
  ])('a function that may do more than read is refused: %s', async (query, name) => {
    await client.query('DROP TABLE IF EXISTS orders; CREATE TABLE orders AS SELECT 1 AS x');
    await client.query('CREATE OR REPLACE FUNCTION mine(integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$');
    const sql = { type: 'sql', written: { query, mustBe: 1 } } as const;
    const where = library({ metric: 'rowCount', mustBe: 1, customProperties: custom('where', `(${query}) IS NULL`) });
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000 });
    const table = await place.describe('orders');
    const rules = compileRules(object([property('x')], { quality: [sql, where] }));
    for (const reach of [{ kind: 'full' }, { kind: 'metadata' }] as const) {
      const { checks } = await place.judge(table, rules, { reach });
      const found = `the function ${name} is not allowed: PostgreSQL knows it as volatile, so it may do more than read. Call stable or immutable functions`;
      expect(checks.slice(1).map((check) => [check.status, check.found])).toEqual([
        ['error', found],
        ['error', found],
      ]);
    }
  });

  test.each([
    'DELETE FROM orders',
    'SELECT 1; DELETE FROM orders',
    "COPY orders TO '/tmp/x'",
    'WITH a AS (DELETE FROM orders RETURNING x) SELECT count(*) FROM a',
    'SELECT 1 AS n) AS answer; DELETE FROM orders; SELECT * FROM (SELECT 1',
    'SELECT x INTO copied FROM orders',
    "SELECT count(*) FROM orders WHERE x = E'\\'' || pg_sleep(1) || ''",
  ])('what writes is refused: %s', async (query) => {
    await client.query('DROP TABLE IF EXISTS orders; CREATE TABLE orders AS SELECT 1 AS x');
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000 });
    const rules = compileRules(object([property('x')], { quality: [{ type: 'sql', written: { query, mustBe: 1 } }] }));
    expect((await place.judge(await place.describe('orders'), rules)).checks[1]).toMatchObject({ status: 'error' });
    expect((await client.query('SELECT count(*)::integer AS n FROM orders')).rows).toEqual([{ n: 1 }]);
  });

  test('ordinary functions, casts and keywords of PostgreSQL pass', async () => {
    const query =
      "SELECT count(*) FILTER (WHERE x IN (1, 7) AND lower('A') = 'a' AND now() > '2020-01-01'::timestamptz AND cast(x AS numeric(10, 2)) = x) FROM ${object} -- random()";
    await client.query('DROP TABLE IF EXISTS orders; CREATE TABLE orders AS SELECT 1 AS x');
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000 });
    const rules = compileRules(object([property('x')], { quality: [{ type: 'sql', written: { query, mustBe: 1 } }] }));
    expect((await place.judge(await place.describe('orders'), rules)).checks[1]).toMatchObject({ status: 'pass' });
  });

  test('widths are known through domains and inside composite types', async () => {
    await client.query(`DROP TABLE IF EXISTS narrow; DROP DOMAIN IF EXISTS code8; DROP DOMAIN IF EXISTS code CASCADE; DROP TYPE IF EXISTS inside;
      CREATE DOMAIN code AS varchar(10) NOT NULL; CREATE DOMAIN code8 AS code; CREATE TYPE inside AS (n smallint, big integer, price numeric(10,2));
      CREATE TABLE narrow (a code8, b integer, c smallint, d real, e inside, f integer[]);
      INSERT INTO narrow VALUES ('x', 1, 1, 1, ROW(1, 99999, 1)::inside, '{1,70000}')`);
    const nested = (name: string, physicalType: string) => property('e', { logicalType: 'object', properties: [property(name, { physicalType })] });
    const types = [
      property('a', { physicalType: 'VARCHAR(20)', required: true }),
      property('b', { physicalType: 'SMALLINT' }),
      property('c', { physicalType: 'TINYINT' }),
      property('d', { physicalType: 'DOUBLE PRECISION' }),
      nested('n', 'SMALLINT'),
      nested('big', 'SMALLINT'),
      nested('price', 'DECIMAL(8,2)'),
      property('f', { physicalType: 'SMALLINT[]' }),
    ];
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000 });
    const table = await place.describe('narrow');
    const verdicts = async (reach: 'full' | 'metadata') =>
      Promise.all(
        types.map(async (one) =>
          (await place.judge(table, compileRules(object([one])), { reach: { kind: reach } })).checks.map(({ status }) => status).join(' '),
        ),
      );
    expect(await verdicts('full')).toEqual(['pass pass', 'fail', 'pass', 'fail', 'pass', 'fail', 'fail', 'fail']);
    expect(await verdicts('metadata')).toEqual(['pass pass', 'fail', 'skip', 'fail', 'skip', 'skip', 'fail', 'fail']);
  });

  test('a composite key is refused by name', async () => {
    await client.query(`DROP TYPE IF EXISTS pair; CREATE TYPE pair AS (a integer); DROP TABLE IF EXISTS pairs; CREATE TABLE pairs AS SELECT ROW(1)::pair AS x`);
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'edge', deadlineMs: 30_000 });
    const { checks } = await place.judge(await place.describe('pairs'), compileRules(column({ unique: true })));
    expect(checks[1]).toMatchObject({ status: 'error', found: 'a key of a composite type, which PostgreSQL compares otherwise, is not judged there' });
  });
});
