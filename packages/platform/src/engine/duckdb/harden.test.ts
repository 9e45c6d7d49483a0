import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { openHolding, settingHolds } from './harden.ts';
import type { Holding } from './session-request.ts';
import { column, limits, plain, testFolder, testSessions } from './sessions.fixture.ts';

const folder = await testFolder();
const slice = join(folder, 'slice.parquet');
const secret = join(folder, 'secret.parquet');
await plain(`COPY (SELECT 42 AS seen) TO '${slice}' (FORMAT parquet)`);
await plain(`COPY (SELECT 'planted' AS hidden) TO '${secret}' (FORMAT parquet)`);
const before = await readFile(slice);
const relations = [{ schema: 'ops', name: 't', format: 'parquet' as const, files: [slice] }];

const reads = [
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM '/etc/passwd'",
  `SELECT * FROM '${secret}'`,
  `SELECT * FROM read_parquet('${folder}/*.parquet')`,
  `SELECT * FROM read_parquet('${folder}/temp/../secret.parquet')`,
  "SELECT * FROM glob('/etc/*')",
  "SELECT * FROM sniff_csv('/etc/passwd')",
  "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
  "SELECT * FROM read_parquet('s3://bucket/x')",
  "SELECT * FROM parquet_metadata('/etc/passwd')",
  "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
  "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''/etc/passwd'')'))",
  "SELECT getenv('HOME')",
];
const commands = [
  "ATTACH '/etc/passwd'",
  `ATTACH '${folder}/new.db'`,
  'INSTALL fts',
  'LOAD fts',
  "LOAD '/tmp/x.duckdb_extension'",
  "SET memory_limit = '10GB'",
  'SET threads = 64',
  "SET temp_directory = '/tmp'",
  'SET enable_external_access = true',
  'SET lock_configuration = false',
  'RESET max_expression_depth',
  `COPY (SELECT 1) TO '${folder}/new.csv'`,
  "COPY ops.t FROM '/etc/passwd'",
  `EXPORT DATABASE '${folder}/export'`,
  "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
];

describe('a locked DuckDB refuses', async () => {
  const holding: Holding = { relations, writable: [], readable: [], memoryBytes: 300_000_000, tempBytes: 500_000_000, threads: 2 };
  const temp = join(folder, 'temp');
  await mkdir(temp);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await openHolding(connection, holding, temp);

  test.each([...reads, ...commands])('%s', async (sql) => {
    await expect(connection.run(sql)).rejects.toThrow(/Error: /);
  });

  test('and still reads what it holds', async () => {
    expect((await connection.runAndReadAll('SELECT seen FROM ops.t')).getRows()).toEqual([[42]]);
    expect((await readdir(folder)).toSorted()).toEqual(['secret.parquet', 'slice.parquet', 'temp']);
  });
});

describe('a worker runs nothing but a SELECT', async () => {
  const session = await testSessions(await testFolder()).session({ relations, limits });

  test.each([
    ...reads,
    ...commands,
    `COPY (SELECT 1 AS seen) TO '${slice}' (FORMAT parquet, USE_TMP_FILE false)`,
    "CALL enable_logging(storage = 'file', storage_path = '/tmp/hanse-log')",
    "CALL enable_logging('QueryLog')",
    'PRAGMA enable_profiling',
    "PRAGMA profiling_output = '/tmp/hanse-profile'",
    "ATTACH ':memory:' AS more",
    'CREATE TABLE x AS SELECT 1',
    'CREATE TEMP MACRO sha256(x) AS x',
    "CREATE SECRET (TYPE http, BEARER_TOKEN 'x')",
    "SET search_path = 'ops'",
    'DROP VIEW ops.t',
    "SELECT 1; COPY (SELECT 1) TO '/tmp/x'",
    "SELECT 1) AS result(c0)) TO '/tmp/x' --",
  ])('%s', async (sql) => {
    await expect(session.rows({ sql })).rejects.toMatchObject({ name: 'UserError' });
    await expect(session.stream({ sql }, 'json')).rejects.toMatchObject({ name: 'UserError' });
    await expect(session.stream({ sql }, 'parquet')).rejects.toMatchObject({ name: 'UserError' });
    expect(await session.rows({ sql: 'SELECT seen FROM ops.t' })).toEqual([{ seen: 42 }]);
  });

  test('and the files it holds stay as they were', async () => {
    expect((await readFile(slice)).equals(before)).toBe(true);
  });

  test('of our environment it has nothing', async () => {
    process.env['HANSE_PLANTED'] = 'planted';
    const own = await testSessions(await testFolder(), { sizes: { blank: 0 } }).session({ relations: [], limits });
    const [row] = await own.rows({ sql: "SELECT count(*)::INTEGER AS n FROM duckdb_settings() WHERE value LIKE '%planted%'" });
    expect(row).toEqual({ n: 0 });
    await expect(own.rows({ sql: "SELECT getenv('HANSE_PLANTED')" })).rejects.toThrow('getenv');
  });
});

test.each([
  ['512.0 MiB', 536_870_912, true],
  ['488.2 MiB', 512_000_000, true],
  ['488.2 MiB', 536_870_912, false],
  ['1.0 GiB', 536_870_912, false],
  ['512 bytes', 512, true],
  ['unlimited', 512, false],
])('a size that reads back as %s for %i bytes: %s', (found, bytes, holds) => {
  expect(settingHolds({ name: 'memory_limit', value: `'${bytes}B'`, reads: 'size' }, found)).toBe(holds);
});

// Only root can change who a worker is; elsewhere every worker is who we are.
test.runIf(process.getuid?.() === 0)('as another user a worker reads and writes what it may, and no more', async () => {
  const own = await testFolder();
  await chmod(own, 0o755);
  const readable = join(own, 'readable.parquet');
  const hidden = join(own, 'hidden.parquet');
  const staged = join(own, 'staged.parquet');
  await plain(`COPY (SELECT 1 AS n) TO '${readable}' (FORMAT parquet)`);
  await plain(`COPY (SELECT 1 AS n) TO '${hidden}' (FORMAT parquet)`);
  await chmod(hidden, 0o600);
  const sessions = testSessions(own, { sizes: { blank: 0 }, identity: { uid: 65_534, gid: 65_534 } });
  const relation = { schema: 'ops', name: 't', format: 'parquet' as const };
  const open = (file: string) => sessions.session({ relations: [{ ...relation, files: [file] }], limits, writable: [staged] });
  await using session = await open(readable);
  const written = await session.write({ sql: 'SELECT n FROM ops.t' }, { path: staged, columns: [column(1, 'n', 'int')] });
  expect(written.rows).toBe(1);
  expect((await stat(staged)).uid).toBe(65_534);
  await expect(open(hidden)).rejects.toThrow('Permission denied');
});
