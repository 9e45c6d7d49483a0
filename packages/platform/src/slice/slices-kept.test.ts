import { chmod, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noLimits, openWorkbench, type Workbench } from '../engine/duckdb/workbench.fixture.ts';
import type { Engine } from '../engine/engine.ts';
import { ExternalError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { openLocalFiles } from '../files/local/open.ts';
import { openSlices } from './open-slices.ts';
import type { Slices } from './slices.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'email', type: { kind: 'string' }, required: false },
];
const noEmail: Restriction = { columns: [{ column: 2, action: { kind: 'drop' } }] };
const few: Restriction = { columns: [], rows: { kind: 'compare', column: 1, operator: '<', value: 3 } };
const hashed: Restriction = { columns: [{ column: 2, action: { kind: 'keyed-hash' } }] };

let bench: Workbench;
let folder: string;
let files: Files;
let data: string;

beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-kept-'));
  files = await openLocalFiles({ folder });
  data = await sealRows(0);
});
afterEach(() => rm(folder, { recursive: true }));

function sealRows(from: number): Promise<string> {
  return bench.writeDataFile(files, `SELECT ${from} + i AS id, 'user' || i AS email FROM range(1000) r(i)`, columns);
}

function open(options: { readonly budgetBytes?: number; readonly engine?: Pick<Engine, 'session'>; readonly keyId?: string } = {}): Promise<Slices> {
  const { budgetBytes = 1e9, engine = bench.engine, keyId = 'k1' } = options;
  return openSlices({ engine, files, limits: noLimits, budgetBytes, hashKey: { id: keyId, hex: '00ff' } });
}

async function make(slices: Slices, restriction: Restriction, file = data) {
  using slice = await slices.slice({ file, columns, restriction });
  return { name: slice.name, path: slice.path, built: slice.built, rows: slice.rows, bytes: slice.bytes };
}

async function names(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of files.list('slice')) found.push(name);
  return found;
}

/** With a time of its own: the clock of a file system ticks in milliseconds, and tests are quicker. */
async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, bytes);
  await utimes(path, 1, 1);
}

/** Counts the sessions it opens, and holds them until told. */
function heldBack() {
  const gate = Promise.withResolvers<void>();
  let sessions = 0;
  const session: Engine['session'] = async (options) => {
    sessions += 1;
    await Promise.race([gate.promise, new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(new Error('cancelled'))))]);
    return bench.engine.session(options);
  };
  return { engine: { session }, open: () => gate.resolve(), sessions: () => sessions };
}

test('a slice outlives the process that built it', async () => {
  const first = await make(await open(), few);
  expect(first).toMatchObject({ built: 'rewrite', rows: 3 });
  expect(await make(await open(), few)).toEqual({ ...first, built: false });
});

test('many who come at once wait for one build', async () => {
  const { engine, open: letGo, sessions } = heldBack();
  const slices = await open({ engine });
  const all = Promise.all(Array.from({ length: 20 }, () => slices.slice({ file: data, columns, restriction: few })));
  letGo();
  expect(new Set((await all).map(({ name }) => name)).size).toBe(1);
  expect(sessions()).toBe(1);
});

test('a build that nobody waits for any more ends and leaves nothing', async () => {
  const { engine, sessions } = heldBack();
  const leaving = new AbortController();
  const left = (await open({ engine })).slice({ file: data, columns, restriction: hashed, signal: leaving.signal });
  await expect.poll(sessions, { timeout: 30_000 }).toBe(1);
  leaving.abort(new Error('gave up'));
  await expect(left).rejects.toThrow('gave up');
  await expect.poll(() => readdir(join(folder, 'staged')), { timeout: 30_000 }).toEqual([]);
  expect(await names()).toEqual([]);
});

test('a build that fails half-way leaves nothing', async () => {
  const session: Engine['session'] = async (options) => {
    const inner = await bench.engine.session(options);
    const write: typeof inner.write = async (...args) => {
      await inner.write(...args);
      throw new Error('the disk is full');
    };
    return { ...inner, write };
  };
  const slices = await open({ engine: { session } });
  await expect(slices.slice({ file: data, columns, restriction: few })).rejects.toThrow('A slice could not be built');
  expect(await readdir(join(folder, 'staged'))).toEqual([]);
  expect((await make(await open(), few)).rows).toBe(3);
});

test('two processes that build the same slice both get the one that was first', async () => {
  const [one, other] = await Promise.all([open(), open()]);
  const [a, b] = await Promise.all([make(one, hashed), make(other, hashed)]);
  expect(a.name).toBe(b.name);
  expect(await names()).toEqual([a.name]);
});

test('a slice of another key of hashes has another name; without hashes the key does not matter', async () => {
  const [one, other] = await Promise.all([open(), open({ keyId: 'k2' })]);
  expect((await make(one, hashed)).name).not.toBe((await make(other, hashed)).name);
  expect((await make(one, few)).name).toBe((await make(other, few)).name);
});

test('the budget evicts the least recently used, never one in use', async () => {
  const second = await sealRows(1000);
  const third = await sealRows(2000);
  const measured = await open();
  const sizes = await Promise.all([data, second, third].map(async (file) => (await make(measured, noEmail, file)).bytes));
  await Promise.all([data, second, third].map((file) => measured.forget(file)));
  const slices = await open({ budgetBytes: sizes.reduce((sum, bytes) => sum + bytes) - 1 });
  const used = await slices.slice({ file: data, columns, restriction: noEmail });
  const idle = await make(slices, noEmail, second);
  const newest = await make(slices, noEmail, third);
  expect((await names()).toSorted()).toEqual([used.name, newest.name].toSorted());
  expect((await make(slices, noEmail, second)).built).toBe('splice');
  expect((await names()).toSorted()).toEqual([used.name, idle.name].toSorted());
  used[Symbol.dispose]();
  used[Symbol.dispose]();
  await make(slices, noEmail, third);
  expect((await names()).toSorted()).toEqual([idle.name, newest.name].toSorted());
  await make(slices, noEmail, second);
  await make(slices, noEmail, data);
  expect((await names()).toSorted()).toEqual([idle.name, used.name].toSorted());
});

test('a slice removed by hand, cut short or overwritten is built again', async () => {
  const slices = await open();
  const { path, name } = await make(slices, noEmail);
  await rm(path);
  expect((await make(slices, noEmail)).built).toBe('splice');
  await chmod(path, 0o644);
  await truncate(path, 100);
  expect((await make(slices, noEmail)).built).toBe('splice');
  await overwrite(path, await readFile((await make(slices, few)).path));
  expect((await make(slices, noEmail)).built).toBe('splice');
  await overwrite(path, await readFile((await make(slices, few)).path));
  expect(await make(await open(), noEmail)).toMatchObject({ name, built: 'splice' });
});

test('one byte flipped in the data is found by who built it, and by verify', async () => {
  const slices = await open();
  const { path, name } = await make(slices, noEmail);
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  await overwrite(path, bytes);
  expect((await make(slices, noEmail)).built).toBe('splice');
  await overwrite(path, bytes);
  expect(await (await open()).verify()).toMatchObject([{ code: 'slice.damaged', ref: name }]);
  expect(await names()).toEqual([]);
  await make(slices, noEmail);
  expect(await slices.verify()).toEqual([]);
});

test('forgetting a data file removes its slices and no others', async () => {
  const other = await sealRows(1000);
  const slices = await open();
  await slices.prepare({ files: [data, other], columns, restrictions: [noEmail, few] });
  expect(await names()).toHaveLength(4);
  await slices.forget(data);
  const left = await Promise.all([make(slices, noEmail, other), make(slices, few, other)]);
  expect((await names()).toSorted()).toEqual(left.map(({ name }) => name).toSorted());
});

test('preparing builds what is not there, and tells how many that were', async () => {
  const slices = await open();
  const request = { files: [data], columns, restrictions: [noEmail, few, { columns: [] }] };
  expect(await slices.prepare(request)).toBe(2);
  expect(await slices.prepare(request)).toBe(0);
});

test('preparing takes one worker for a file, and a new one where that dies', async () => {
  const restrictions = [
    few,
    hashed,
    noEmail,
    { columns: [], rows: { kind: 'compare', column: 1, operator: '>', value: 990 } },
  ] satisfies readonly Restriction[];
  const sessions: boolean[] = [];
  const engine = (dies: boolean): Pick<Engine, 'session'> => ({
    async session(options) {
      const inner = await bench.engine.session(options);
      const dead = dies && sessions.length === 0;
      sessions.push(dead);
      if (!dead) return inner;
      await inner[Symbol.asyncDispose]();
      return { ...inner, write: () => Promise.reject(new ExternalError('killed: out of memory')), [Symbol.asyncDispose]: async () => undefined };
    },
  });
  expect(await (await open({ engine: engine(false) })).prepare({ files: [data], columns, restrictions })).toBe(4);
  expect(sessions).toEqual([false]);
  sessions.length = 0;
  const fresh = await open({ engine: engine(true) });
  await fresh.forget(data);
  await expect(fresh.prepare({ files: [data], columns, restrictions })).resolves.toBe(4);
  expect(sessions).toEqual([true, false, false, false]);
  expect(await readdir(join(folder, 'staged'))).toEqual([]);
});

test('what the engine says about hidden values and the key stays in the builder', async () => {
  const session: Engine['session'] = () => Promise.reject(new Error("Conversion Error: 'secret@example.org', key 00ff"));
  const slices = await open({ engine: { session } });
  const failure = await slices.slice({ file: data, columns, restriction: hashed }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: 'A slice could not be built: the engine refused the plan', cause: undefined });
  expect(await readdir(join(folder, 'staged'))).toEqual([]);
  expect((await make(await open(), hashed)).built).toBe('splice');
});

test('a data file that is gone is an error with its name', async () => {
  await expect((await open()).slice({ file: 'data/ab/gone.parquet', columns, restriction: noEmail })).rejects.toThrow('data/ab/gone.parquet is missing');
});
