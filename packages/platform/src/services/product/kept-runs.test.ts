import { chmod, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { TableMeasures } from '@hanse/core/rule/measure.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTable, type CheckedTable, measuresOfTable } from '../../check/check-table.ts';
import { object, openDuckDb, property } from '../../check/check-case.fixture.ts';
import { type DuckdbSessions, openDuckdbSessions } from '../../engine/duckdb/duckdb-sessions.ts';
import type { Files } from '../../files/files.ts';
import { openLocalFiles } from '../../files/local/open.ts';
import { dataOfRun, keptRuns } from './kept-runs.ts';

const limits = { memoryBytes: 2 ** 29, deadlineMs: 60_000, tempBytes: 2 ** 30 };
const columns: readonly Column[] = [{ id: 1, name: 'code', type: { kind: 'string' }, required: true }];
const rules = compileRules(object([property('code', { unique: true })]));
let folder: string;
let files: Files;
let sessions: DuckdbSessions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-runs-'));
  files = await openLocalFiles({ folder: join(folder, 'files') });
  sessions = openDuckdbSessions({ tempFolder: folder });
});
afterAll(async () => {
  await sessions.close();
  await rm(folder, { recursive: true });
});

async function writeCodes(from: number, to: number): Promise<string> {
  const db = await openDuckDb();
  const staged = await files.stage('data', 'parquet');
  await db.run(
    `COPY (SELECT 'code ' || i AS code FROM range(${from}, ${to}) AS t(i)) TO '${staged.path}' (FORMAT parquet, FIELD_IDS {code: 1}, USE_TMP_FILE false)`,
  );
  return (await files.seal(staged)).name;
}

/** Judges the files; `keep: false` is a process that ends before its runs are kept. */
async function judge(names: readonly string[], { previous, keep = true }: { previous?: TableMeasures; keep?: boolean } = {}) {
  const paths = await Promise.all(names.map(async (name) => (await files.open(name)) ?? ''));
  const relation = (name: string, some: readonly string[]) => ({ schema: 'checked', name, format: 'parquet', files: some, columns }) as const;
  const data = names.map((name, index) => ({ name, relation: `checked.file_${index}`, bytes: 2 ** 25 }));
  const table: CheckedTable = { rules, columns, relation: 'checked."all"', files: data, ...(previous !== undefined && { previous }) };
  await using runs = await keptRuns(files, data, measuresOfTable(table).key);
  const relations = [relation('all', paths), ...paths.map((path, index) => relation(`file_${index}`, [path]))];
  await using session = await sessions.session({ relations, limits, writable: runs?.writable ?? [], readable: runs?.readable ?? [] });
  const result = await checkTable(session, { ...table, ...(runs !== undefined && { runs: runs.opened(session) }) });
  if (keep) await runs?.keep();
  return { result, violations: result.checks.at(-1)?.violatingRows, lacking: runs?.lacking.size };
}

async function keptNames(): Promise<readonly string[]> {
  return (await Array.fromAsync(files.list('keys'))).map(({ name }) => name).filter((name) => name.endsWith('.parquet'));
}

test('keys of each data file are kept once, made again where they are lost, and find what an append repeats', async () => {
  const [first, second, third] = [await writeCodes(0, 1000), await writeCodes(1000, 1100), await writeCodes(1099, 1110)];
  const cold = await judge([first]);
  expect([cold.violations, cold.lacking]).toEqual([0, 1]);
  expect((await keptNames()).map(dataOfRun)).toEqual([first]);
  const previous = cold.result.measures;
  const interrupted = await judge([first, second], { previous, keep: false });
  expect(await keptNames()).toHaveLength(1);
  const appended = await judge([first, second], { previous });
  expect(appended.result.checks).toEqual(interrupted.result.checks);
  expect([appended.violations, appended.lacking]).toEqual([0, 1]);
  for (const name of await keptNames()) await files.remove(name);
  const broken = await judge([first, second, third], { previous: appended.result.measures });
  expect([broken.violations, broken.lacking]).toEqual([1, 3]);
  expect(broken.result.checks).toEqual((await judge([first, second, third])).result.checks);
  expect((await Array.fromAsync(files.list('staged'))).length).toBe(0);
});

test.each<[name: string, damage: (path: string) => Promise<void>]>([
  [
    'other bits',
    async (path) =>
      writeFile(
        path,
        (await readFile(path)).map((byte, at) => (at === 4000 ? byte ^ 1 : byte)),
      ),
  ],
  ['the keys of another file', async (path) => writeFile(path, await readFile((await files.open(await runOf(await writeCodes(5000, 6000)))) ?? ''))],
  ['no end', async (path) => truncate(path, 1000)],
])('kept keys that have become %s are made again, and hide no repetition', async (_, damage) => {
  const [first, second] = [await writeCodes(0, 1000), await writeCodes(990, 1100)];
  const { result } = await judge([first]);
  const run = (await files.open(await runOf(first))) ?? '';
  await chmod(run, 0o600);
  const whole = await readFile(run);
  await damage(run);
  expect((await readFile(run)).equals(whole)).toBe(false);
  const lacking: unknown[] = [];
  for (let time = 0; time < 4; time += 1) {
    const found = await judge([first, second], { previous: result.measures });
    expect(found.violations).toBe(10);
    lacking.push(found.lacking);
  }
  expect(lacking).toEqual([1, 2, 0, 0]);
  for await (const { name } of files.list('keys')) await files.remove(name);
});

/** The run of a data file, made where there is none. */
async function runOf(file: string): Promise<string> {
  await judge([file]);
  return (await keptNames()).find((name) => dataOfRun(name) === file) ?? '';
}

test('small tables keep nothing', async () => {
  const table: CheckedTable = { rules, columns, relation: 'x', files: [] };
  expect(await keptRuns(files, [{ name: 'data/ab/abc.parquet', bytes: 1000 }], measuresOfTable(table).key)).toBe(undefined);
});

/** Kept runs outlive an update of the engine: where this fails, raise `HASHES` in kept-runs.ts. */
test('the engine hashes as it did', async () => {
  const db = await openDuckDb();
  expect(await db.rows({ sql: "SELECT hash('hanse')::VARCHAR AS text, hash(1::BIGINT, 'b')::VARCHAR AS both" })).toMatchInlineSnapshot(`
    [
      {
        "both": "15405466213485583946",
        "text": "471403689373361985",
      },
    ]
  `);
});
