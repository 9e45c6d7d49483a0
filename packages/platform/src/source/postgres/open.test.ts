import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@hanse/core/document/document.ts';
import type { PostgresSource } from '@hanse/core/product/build-file.ts';
import { formatType } from '@hanse/core/table/wanted-type.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { limits, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openLocalFiles } from '../../files/local/open.ts';
import type { Landing } from '../source.ts';
import { openPostgresSource } from './open.ts';

const server = await startPostgres();
const folder = await testFolder();
const sessions = testSessions(folder);
const files = await openLocalFiles({ folder: join(folder, 'files') });
const label = 'finance/churn: source rows';

interface Landed {
  readonly connection?: string;
  readonly cursor?: string;
  readonly after?: JsonObject;
  readonly signal?: AbortSignal;
}

function land(read: PostgresSource['read'], { connection = server?.url ?? '', cursor, after, signal }: Landed = {}): Promise<Landing> {
  const source = openPostgresSource({ connection, read, files, label, ...(cursor !== undefined && { cursor }) });
  return source.land({ ...(after !== undefined && { after }), ...(signal !== undefined && { signal }) });
}

const query = (text: string) => ({ kind: 'query', query: text }) as const;
const table = (name: string) => ({ kind: 'table', table: name }) as const;

/** What a build reads of a landing. */
async function rowsOf({ relation, staged }: Landing, sql = 'SELECT * FROM source.rows'): Promise<readonly unknown[]> {
  await using session = await sessions.session({ relations: [{ ...relation, schema: 'source', name: 'rows' }], limits });
  const rows = await session.rows({ sql });
  for (const one of staged) await files.discard(one);
  return rows;
}

/** The rows of a landing as they lie in its file. */
async function linesOf({ staged }: Landing): Promise<readonly string[]> {
  const texts = await Promise.all(staged.map(({ path }) => readFile(path, 'utf8')));
  for (const one of staged) await files.discard(one);
  return texts.join('').trimEnd().split('\n').slice(1).toSorted();
}

async function refusal(landing: Promise<unknown>): Promise<string> {
  return landing.then(
    () => 'landed',
    (error: Error & { hint?: string }) => `${error.name}: ${error.message}${error.hint === undefined ? '' : `. ${error.hint}`}`,
  );
}

/** Planted in connection strings: no message may hold it. */
const PASSWORD = 'planted-pa55word';

test('a server that is not there, and a connection string that is none, are told without the password', async () => {
  const told = [
    await refusal(land(table('t'), { connection: `postgres://hanse:${PASSWORD}@127.0.0.1:1/postgres` })),
    await refusal(land(table('t'), { connection: `postgres://hanse:${PASSWORD}@[::1` })),
    await refusal(land(table('t'), { connection: `postgres://hanse:${PASSWORD}@nowhere.invalid/postgres` })),
  ];
  expect(told.join('\n')).not.toContain(PASSWORD);
  expect(told).toMatchInlineSnapshot(`
    [
      "ExternalError: finance/churn: source rows: PostgreSQL says: connect ECONNREFUSED 127.0.0.1:1. Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD.",
      "UserError: finance/churn: source rows: the connection string cannot be read. Write postgres://user:password@host:5432/database, with %23 for # and %40 for @ in a password.",
      "ExternalError: finance/churn: source rows: PostgreSQL says: getaddrinfo ENOTFOUND nowhere.invalid. Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD.",
    ]
  `);
});

describe.runIf(server !== undefined)('a PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });

  beforeAll(async () => {
    await client.connect();
    await client.query(`
      create type mood as enum ('glad', 'not so glad');
      create schema "Odd Schema";
      create table all_types (
        id bigint, small int2, whole int4, flag bool, exact numeric(10, 2), big numeric, real4 float4, real8 float8, word text, code varchar(5), padded char(4),
        bytes bytea, day date, at_time time, at_stamp timestamp, at_zone timestamptz, length interval, uid uuid, js json, jb jsonb, numbers int[], words text[], mood mood, address inet
      );
      insert into all_types values
        (1, -32768, 2147483647, true, 12345678.90, 1234567890123456789012345678.0123456789, 1.5, 0.1, 'plain', 'abc', 'ab', '\\x00ff10', '2026-02-28', '23:59:59.999999',
         '2026-01-31 12:00:00.123456', '2026-01-31 12:00:00.5+02', '1 year 2 days 03:04:05', '00000000-0000-0000-0000-00000000000a', '{"a": [1, null]}', '{"b": "c"}', '{1,NULL,3}', '{"a b",NULL,""}', 'not so glad', '10.0.0.1'),
        (9223372036854775807, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
      create table texts (n int, word text);
      insert into texts values (1, null), (2, ''), (3, 'NULL'), (4, '\\N'), (5, '"'), (6, 'a,b;c|d'), (7, E'two\\nlines'), (8, E'two\\r\\nlines'), (9, '  spaces '), (10, '# no comment'), (11, 'ünï𝄞'), (12, '''; drop table texts --'), (13, E'back\\\\slash'), (14, E'tab\\there'), (15, repeat('x', 300000));
      create table "Odd Schema"."Odd ""Table""" ("Odd, Name" int, "select" text);
      insert into "Odd Schema"."Odd ""Table""" values (1, 'x');
      create table growing (n bigint, word text);
    `);
  });

  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  test('each type lands as the nearest one of ours, or as its text', async () => {
    const [first, second] = await rowsOf(await land(table('all_types')), 'SELECT * FROM source.rows ORDER BY id');
    expect(first).toMatchInlineSnapshot(`
      {
        "address": "10.0.0.1",
        "at_stamp": "2026-01-31 12:00:00.123456",
        "at_time": "23:59:59.999999",
        "at_zone": "2026-01-31 10:00:00.5+00",
        "big": "1234567890123456789012345678.0123456789",
        "bytes": "\\x00ff10",
        "code": "abc",
        "day": "2026-02-28",
        "exact": "12345678.90",
        "flag": true,
        "id": "1",
        "jb": "{"b": "c"}",
        "js": "{"a": [1, null]}",
        "length": "P1Y2DT3H4M5S",
        "mood": "not so glad",
        "numbers": "{1,NULL,3}",
        "padded": "ab  ",
        "real4": 1.5,
        "real8": 0.1,
        "small": -32768,
        "uid": "00000000-0000-0000-0000-00000000000a",
        "whole": 2147483647,
        "word": "plain",
        "words": "{"a b",NULL,""}",
      }
    `);
    expect(second).toEqual({ ...Object.fromEntries(Object.keys(first ?? {}).map((name) => [name, null])), id: '9223372036854775807' });
    const again = await land(table('all_types'));
    await linesOf(again);
    const types = (again.relation.columns ?? []).map(({ name, type }) => `${name} ${formatType(type)}`);
    expect(types).toMatchInlineSnapshot(`
      [
        "id BIGINT",
        "small INTEGER",
        "whole INTEGER",
        "flag BOOLEAN",
        "exact DECIMAL(10,2)",
        "big DECIMAL(38,10)",
        "real4 FLOAT",
        "real8 DOUBLE",
        "word VARCHAR",
        "code VARCHAR",
        "padded VARCHAR",
        "bytes VARCHAR",
        "day DATE",
        "at_time TIME",
        "at_stamp TIMESTAMP",
        "at_zone TIMESTAMP WITH TIME ZONE",
        "length VARCHAR",
        "uid UUID",
        "js VARCHAR",
        "jb VARCHAR",
        "numbers VARCHAR",
        "words VARCHAR",
        "mood VARCHAR",
        "address VARCHAR",
      ]
    `);
  });

  test('null, an empty text and every other text stay what they are', async () => {
    const rows = await rowsOf(await land(table('texts')), 'SELECT n, word, md5(word) AS hash FROM source.rows ORDER BY n');
    const { rows: wanted } = await client.query('select n, word, md5(word) as hash from texts order by n');
    expect(rows).toEqual(wanted);
    expect(rows).toHaveLength(15);
  });

  test('special numbers and times', async () => {
    const landing = await land(
      query(
        "select 'NaN'::float8 as a, '-Infinity'::float4 as b, 'infinity'::timestamp as c, '0001-01-01'::date as d, timestamptz '1900-01-01 00:00:00+00' as e, 1e-300::float8 as f",
      ),
    );
    expect(await rowsOf(landing, 'SELECT isnan(a) AS a, b::varchar AS b, isinf(c) AS c, d::varchar AS d, e::varchar AS e, f::varchar AS f FROM source.rows'))
      .toMatchInlineSnapshot(`
      [
        {
          "a": true,
          "b": "-inf",
          "c": true,
          "d": "0001-01-01",
          "e": "1900-01-01 00:00:00+00",
          "f": "1e-300",
        },
      ]
    `);
  });

  test('a query, with a comment at its end, and names as they are written', async () => {
    expect(await linesOf(await land(query('select n + 1 as n from texts where n = 1 -- the first\n;')))).toEqual(['"2"']);
    expect(await rowsOf(await land(table('Odd Schema.Odd "Table"')))).toEqual([{ 'Odd, Name': 1, select: 'x' }]);
    expect(await linesOf(await land(query('select * from texts where false')))).toEqual([]);
    expect(await rowsOf(await land(query("select 'a,b' as one union all select 'c'")), 'SELECT one FROM source.rows ORDER BY one')).toEqual([
      { one: 'a,b' },
      { one: 'c' },
    ]);
  });

  test('a number that would be rounded is refused', async () => {
    expect(await refusal(land(query('select 1.00000000001 as amount')))).toMatchInlineSnapshot(
      `"UserError: finance/churn: source rows: column amount is a numeric without a scale, with values of more than 10 decimal digits. Cast it in a query: to numeric(38, <digits>), to double precision or to text."`,
    );
    expect(await rowsOf(await land(query('select 1.50000000000000000000 as amount, null::numeric as nothing')))).toEqual([
      { amount: '1.5000000000', nothing: null },
    ]);
    const large = await land(query('select 1e30::numeric as amount'));
    expect(await refusal(rowsOf(large))).toContain('amount');
    for (const one of large.staged) await files.discard(one);
  });

  test('a cursor lands what is above the last value, and remembers the greatest', async () => {
    await client.query("truncate growing; insert into growing values (8, 'a'), (9, 'b'), (null, 'never')");
    const first = await land(table('growing'), { cursor: 'n' });
    expect([first.position, await linesOf(first)]).toEqual([{ cursor: '9' }, ['"8","a"', '"9","b"']]);
    const nothing = await land(table('growing'), { cursor: 'n', after: first.position });
    expect([nothing.position, await linesOf(nothing)]).toEqual([{ cursor: '9' }, []]);
    await client.query("insert into growing values (10, 'c'), (11, 'd')");
    const second = await land(table('growing'), { cursor: 'n', after: nothing.position });
    expect([second.position, await linesOf(second)]).toEqual([{ cursor: '11' }, ['"10","c"', '"11","d"']]);
  });

  test('a cursor of a time goes on at the microsecond, in any zone', async () => {
    const rows = query("select timestamptz '2026-03-29 02:30:00.000001+02' + n * interval '1 microsecond' as at from generate_series(0, 2) as n");
    const all = await land(rows, { cursor: 'at' });
    expect([all.position, (await linesOf(all)).length]).toEqual([{ cursor: '2026-03-29 00:30:00.000003+00' }, 3]);
    expect(await linesOf(await land(rows, { cursor: 'at', after: { cursor: '2026-03-29 00:30:00.000001+00' } }))).toHaveLength(2);
    expect(await linesOf(await land(rows, { cursor: 'at', after: all.position }))).toEqual([]);
  });

  test('without a cursor the position says which snapshot was read', async () => {
    const first = await land(table('growing'));
    await client.query("insert into growing values (12, 'e')");
    const second = await land(table('growing'));
    expect(first.position).not.toEqual(second.position);
    for (const one of [...first.staged, ...second.staged]) await files.discard(one);
  });

  test('what the server refuses is told in its words, and leaves nothing behind', async () => {
    const told = [
      await refusal(land(table('nowhere'))),
      await refusal(land(query('select 1 / (n - 1) as a from texts'))),
      await refusal(land(query('delete from growing returning *'))),
      await refusal(land(table('growing'), { cursor: 'day' })),
      await refusal(land(table('growing'), { connection: (server?.url ?? '').replace('hanse@', `nobody:${PASSWORD}@`) })),
      await refusal(land(table('growing'), { connection: `${server?.url}x` })),
    ];
    expect(told.join('\n')).not.toContain(PASSWORD);
    expect(told).toMatchInlineSnapshot(`
      [
        "ExternalError: finance/churn: source rows: PostgreSQL says: relation "nowhere" does not exist. Correct the table or query in build.yaml, or what the user may read there.",
        "ExternalError: finance/churn: source rows: PostgreSQL says: division by zero. Correct the table or query in build.yaml, or what the user may read there.",
        "ExternalError: finance/churn: source rows: PostgreSQL says: syntax error at or near "from". Correct the table or query in build.yaml, or what the user may read there.",
        "UserError: finance/churn: source rows: there is no column day for the cursor. It has: n, word.",
        "ExternalError: finance/churn: source rows: PostgreSQL says: role "nobody" does not exist. Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD.",
        "ExternalError: finance/churn: source rows: PostgreSQL says: database "postgresx" does not exist. Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD.",
      ]
    `);
    expect((await client.query('select count(*)::int as n from growing')).rows).toEqual([{ n: 6 }]);
    expect(await readdir(join(folder, 'files', 'staged')).catch(() => [])).toEqual([]);
  });

  test('who gives up waiting does not wait for the server', async () => {
    const stop = new AbortController();
    const landing = refusal(land(query('select pg_sleep(50)'), { signal: stop.signal }));
    const asleep = async () => (await client.query("select 1 from pg_stat_activity where application_name = 'hanse' and wait_event = 'PgSleep'")).rowCount;
    while ((await asleep()) !== 1);
    stop.abort(new Error('enough'));
    expect(await landing).toBe('Error: enough');
  });
});
