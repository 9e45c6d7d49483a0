import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DoctorAnswer } from '@hanse/core/api/shapes.ts';
import { renderExamination } from '../packages/platform/src/cli/commands/care.ts';
import { createApi } from '../packages/platform/src/services/mesh-api.ts';
import { openTown, type Town } from './fixtures/open-town.ts';
import { writeBatch } from './fixtures/town.ts';

let folder: string;
let town: Town;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-doctor-')));
  town = await openTown(folder);
  await writeBatch(folder, 'whole', 1);
  await town.api.build({ ref: 'town/ledger:whole' });
});
afterAll(async () => {
  await town[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function findings(deep = false): Promise<DoctorAnswer['findings']> {
  return (await town.api.doctor({ deep })).findings.filter(({ code }) => !code.startsWith('machine.'));
}

async function onlyFile(kind: 'data' | 'slice'): Promise<string> {
  const [file] = await Array.fromAsync(town.platform.files.list(kind));
  return file?.name ?? expect.fail(`no ${kind} file`);
}

/** Flips one bit in the middle of a sealed file; returns how to undo it. */
async function damage(name: string): Promise<() => Promise<void>> {
  const path = join(folder, '.hanse/files', name);
  const bytes = await readFile(path);
  const damaged = Buffer.from(bytes);
  damaged[bytes.length >> 1] = (damaged[bytes.length >> 1] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, damaged);
  return () => writeFile(path, bytes);
}

test('a healthy mesh: what is in force, and nothing wrong', async () => {
  const { facts } = await town.api.doctor({ deep: true });
  expect(facts.map(({ name }) => name)).toEqual([
    'node',
    'duckdb',
    'store',
    'folder',
    'disk',
    'barrier',
    'workers',
    'deadlines',
    'log',
    'published',
    'last collection',
  ]);
  const told = Object.fromEntries(facts.map(({ name, value }) => [name, value]));
  expect(told).toMatchObject({
    node: `${process.version} on ${process.platform} ${process.arch}`,
    duckdb: expect.stringMatching(/^v1\.\d+\.\d+$/),
    store: `SQLite in ${join(folder, '.hanse/store.sqlite')}, held by process ${process.pid}`,
    folder: join(folder, '.hanse'),
    barrier: expect.stringContaining("DuckDB's own"),
    workers: '4 at a time, each 256 MB of memory (killed at 1.5 times that) and 16384 MB of disk',
    published: '1 tables in 1 files of 0.0 MB, 1 files of 0.0 MB of slices',
    'last collection': 'none yet',
  });
  expect(await findings(true)).toEqual([]);
});

test('one flipped bit in a data file or a slice is found by reading all', async () => {
  const name = await onlyFile('data');
  const undo = await damage(name);
  expect(await findings()).toEqual([]);
  expect(await findings(true)).toEqual([
    {
      code: 'file.damaged',
      severity: 'error',
      ref: name,
      message: `${name}: its bytes are not those that were sealed`,
      hint: 'Restore it from a backup, or build its table again with --force; and check the disk.',
    },
  ]);
  await undo();
  await damage(await onlyFile('slice'));
  expect((await findings(true)).map(({ code }) => code)).toEqual(['slice.damaged']);
  expect(await findings(true)).toEqual([]);
});

test('a missing file, what was staged, and files of nobody', async () => {
  const { files } = town.platform;
  const name = await onlyFile('data');
  const path = join(folder, '.hanse/files', name);
  const bytes = await readFile(path);
  await rm(path);
  expect(await findings()).toMatchObject([{ code: 'file.missing', severity: 'error', ref: name }]);
  const staged = await files.stage('data', 'parquet');
  await writeFile(staged.path, bytes);
  expect((await findings()).map(({ code }) => code)).toEqual(['file.missing', 'file.staged']);
  await files.seal(staged);
  const other = await files.stage('data', 'parquet');
  await writeFile(other.path, 'garbage');
  const sealed = await files.seal(other);
  expect(await findings()).toEqual([
    {
      code: 'file.unreferenced',
      severity: 'info',
      message: `1 files (0.0 MB) belong to no published table and no open incident; 0 are marked to be removed: ${sealed.name}`,
      hint: 'hanse collect removes them after a grace; a server does it daily.',
    },
  ]);
  await town.api.collect({ graceHours: 0 });
  expect(await findings()).toEqual([]);
});

test('it is for the operator', async () => {
  await expect(createApi(town.platform, { kind: 'person', username: 'tia' }).doctor({})).rejects.toThrow('tia does not run this mesh');
});

test('as a person reads it', () => {
  const terminal = { json: false, color: false, write: async () => {}, line: () => {}, warn: () => {}, progress: () => {} };
  const answer: DoctorAnswer = {
    facts: [
      { name: 'node', value: 'v24' },
      { name: 'store', value: 'SQLite' },
    ],
    findings: [{ code: 'file.missing', severity: 'error', message: 'data/ab is missing', hint: 'Restore it.' }],
  };
  expect(renderExamination(answer, terminal)).toMatchInlineSnapshot(`
    "node   v24
    store  SQLite

    error data/ab is missing
      Restore it."
  `);
  expect(renderExamination({ ...answer, findings: [] }, terminal)).toContain('Nothing is wrong.');
});
