import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits, plain, testFolder, testSessions } from './sessions.fixture.ts';

const folder = await testFolder();
const sessions = testSessions(folder);
const held = join(folder, 'held.parquet');
await plain(`COPY (SELECT 42 AS "query") TO '${held}' (FORMAT parquet)`);
const before = await readFile(held);
const log = `enable_logging(storage='file', storage_path='${held}')`;

/** Rules of contracts are run in this way, without the gate. */
test.each([
  `SELECT count(*) FROM ${log}`,
  `SELECT count(*) FROM system.main."Enable_LOGGING"/* */ (storage='file', storage_path='${held}')`,
  `WITH a AS (FROM ${log}) SELECT count(*) FROM a`,
  `SELECT (SELECT count(*) FROM ${log}) AS n FROM ops.t`,
  `SELECT * FROM (PIVOT (FROM ${log}) ON level USING count(*))`,
  `SELECT * FROM query('FROM enable_' || 'logging(storage=''file'', storage_path=''${held}'')')`,
  "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
  `SELECT count(*) FROM enable_profiling(save_location='${held}')`,
  "SELECT write_log('x')",
])('%s is refused, and the file that it names stays as it is', async (sql) => {
  await using session = await sessions.session({ relations: [{ schema: 'ops', name: 't', format: 'parquet', files: [held] }], limits });
  await expect(session.rows({ sql })).rejects.toMatchObject({ name: 'UserError', code: 'statement' });
  await session.rows({ sql: 'SELECT 1' });
  expect(await readFile(held)).toEqual(before);
});

test('columns and texts may be called like them', async () => {
  await using session = await sessions.session({ relations: [{ schema: 'ops', name: 't', format: 'parquet', files: [held] }], limits });
  expect(await session.rows({ sql: `SELECT "query", 'write_log' AS checkpoint FROM ops.t` })).toEqual([{ query: 42, checkpoint: 'write_log' }]);
});
