import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CheckAnswer } from '@hanse/core/api/shapes.ts';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import type { MeshFile } from '@hanse/core/document/mesh-file.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../packages/platform/src/config.ts';
import type { Files } from '../packages/platform/src/files/files.ts';
import { openPlatform } from '../packages/platform/src/open-platform.ts';
import { judgeVersion } from '../packages/platform/src/services/product/judge-version.ts';
import { readChecks, readHead } from '../packages/platform/src/services/table/table-head.ts';
import { seededRandom } from '../packages/platform/src/store/faulty-store.fixture.ts';
import { askDuckdb } from './journeys/duckdb.ts';

const BIN = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));
const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const seed = Number(process.env['HANSE_TEST_SEED'] ?? Date.now() % 1_000_000);
const kills = Math.ceil(2 * scale);
/** About as long as the check of an append takes, its sealed keys and its publication with it. */
const LONGEST_MS = 250;
const FILE: MeshFile = { mesh: 'mint', repository: 'mint', environments: {}, sources: {}, places: {}, limits: {} };
const DOCUMENTS = {
  'hanse.yaml': 'mesh: mint\nrepository: mint\n',
  'mint/domain.yaml': 'name: mint\nowner: moa\nmembers:\n  - {username: moa, role: owner}\n',
  'mint/coins/coins.odps.yaml': `apiVersion: v1.1.0
kind: DataProduct
id: coins
name: coins
domain: mint
version: 1.0.0
status: active
outputPorts:
  - {name: coins, version: 1.0.0, contractId: coins}
`,
  'mint/coins/coins.odcs.yaml': `apiVersion: v3.2.0
kind: DataContract
id: coins
name: coins
version: 1.0.0
status: active
domain: mint
schema:
  - id: coins
    name: coins
    logicalType: object
    physicalType: table
    properties:
      - {id: batch, name: batch, logicalType: integer, physicalType: BIGINT, required: true}
      - {id: code, name: code, logicalType: string, physicalType: VARCHAR, required: true, unique: true}
      - {id: image, name: image, logicalType: string, physicalType: VARCHAR, logicalTypeOptions: {minLength: 8}}
`,
  'mint/coins/build.yaml': 'sources:\n  struck: {file: "struck-*.parquet"}\nlevel: warn\nobjects:\n  coins: {mode: append, cursor: batch}\n',
  'mint/coins/coins.sql': 'SELECT batch, code, image FROM source.struck\n',
};

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-mint-')));
  for (const [path, text] of Object.entries(DOCUMENTS)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Images that no compression makes small: from 32 MiB on the keys of a table are kept. Codes of all batches lie among one another, and every second batch repeats one of the one before. */
async function strike(batch: number, rows: number, imageWords: number): Promise<void> {
  const image = `list_aggregate(list_transform(range(${imageWords}), word -> md5(concat(i, word, ${batch}))), 'string_agg', '')`;
  const code = `concat('coin ', i, ' ', if(i = 0 AND ${batch % 2 === 1}, ${batch - 1}, ${batch}))`;
  await askDuckdb(
    `COPY (SELECT ${batch}::BIGINT AS batch, ${code} AS code, ${image} AS image FROM range(${rows}) AS t(i)) TO '${join(folder, `mint/coins/struck-${batch}.parquet`)}' (FORMAT parquet)`,
  );
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args, '--folder', folder], { env: { PATH: process.env.PATH, NO_COLOR: '1' }, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function done(...args: string[]): Promise<void> {
  const child = start(...args);
  const [errors, [code]] = await Promise.all([Array.fromAsync(child.stderr ?? []), once(child, 'exit')]);
  expect([
    code,
    errors
      .join('')
      .replace(/^.*: (?:building|checking|preparing slices)(?: .+)?$/gm, '')
      .trim(),
  ]).toEqual([0, '']);
}

/** Ends the process in the middle of a check, or of what comes after; false where it was done by then. */
async function killed(afterMs: number, ...args: string[]): Promise<boolean> {
  const child = start(...args);
  const exit = once(child, 'exit');
  for await (const text of child.stderr ?? []) if (String(text).includes('checking')) break;
  await delay(afterMs);
  child.kill('SIGKILL');
  return (await exit)[1] === 'SIGKILL';
}

/** Kept keys as if there never were any, and none kept. */
function withoutKeys(files: Files): Files {
  const isKeys = (name: string) => name.startsWith('keys/');
  return {
    ...files,
    open: async (name) => (isKeys(name) ? undefined : files.open(name)),
    remove: async (name) => (isKeys(name) ? undefined : files.remove(name)),
    seal: async (staged, name) => (staged.kind === 'keys' ? Promise.reject(new Error('nothing is kept')) : files.seal(staged, name)),
  };
}

/** What is on record of the published version, and what a run from nothing finds. */
async function recorded() {
  await using open = await openPlatform({ settings: readSettings({ flags: { folder }, environment: {}, file: {} }), meshFile: FILE, environment: {} });
  const { platform } = open;
  const [table] = (await platform.meshes.current()).tables;
  const head = table && (await readHead(platform, table.id));
  const known = table && (await readChecks(platform, table.id));
  if (table === undefined || head === undefined || known === undefined) throw new Error('nothing is published');
  const published = await platform.tables.read(head.metadata);
  const files = await published.dataFiles(head.snapshot);
  const columns = columnsInForce(published.columns, head.keys, table.object);
  const full = await judgeVersion({ ...platform, files: withoutKeys(platform.files) }, { id: 'full', table, columns, files });
  const kept = await Array.fromAsync(platform.files.list('keys'));
  return {
    rows: head.rows,
    files: files.length,
    kept: kept.filter(({ name }) => name.endsWith('.parquet')).length,
    stored: [verdicts(known.checks), known.measures],
    full: [verdicts(full.checks), full.measures],
  };
}

/** Without the samples, which are any rows. */
function verdicts(checks: readonly CheckAnswer[]) {
  return checks.map(({ sample, message, ...check }) => ({ ...check, message: message.replace(/; e\.g\. .*/, ''), sampled: sample.length }));
}

test(
  `killed ${kills} times while it checks an append and keeps its keys, what is published next is as from nothing (HANSE_TEST_SEED=${seed})`,
  { timeout: 60_000 + kills * 20_000 },
  async () => {
    const random = seededRandom(seed);
    await strike(0, 8_000, 290);
    await done('apply', '--reason', 'first');
    await done('build', 'mint/coins');
    let interrupted = 0;
    for (let batch = 1; batch <= kills; batch += 1) {
      await strike(batch, 5_000, 1);
      if (await killed(Math.floor(random() * LONGEST_MS), 'build', 'mint/coins')) interrupted += 1;
      await done('build', 'mint/coins');
      const { stored, full, ...table } = await recorded();
      expect(stored).toEqual(full);
      expect(table).toEqual({ rows: 8_000 + batch * 5_000, files: batch + 1, kept: batch + 1 });
    }
    expect(interrupted).toBeGreaterThan(0);
  },
);
