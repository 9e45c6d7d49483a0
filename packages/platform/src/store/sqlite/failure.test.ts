import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { change, heldClock, put, readRecord } from '../conformance.fixture.ts';
import { sqliteFailure } from './failure.ts';
import { openSqliteStore } from './open.ts';

const clock = heldClock();
const nobody = 65534;
let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hanse-store-'));
  file = join(folder, 'store.sqlite');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** What opening says; root may write anywhere, so it steps down for that time. */
async function refusal(): Promise<unknown> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    const store = await openSqliteStore({ folder, clock });
    await store.close();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

async function makeStore(): Promise<void> {
  const store = await openSqliteStore({ folder, clock });
  await store.transact(change([put('a')]));
  await store.close();
}

describe('a folder that cannot be used is named, with what to do', () => {
  const notWritable = { name: 'ExternalError', hint: expect.stringContaining('read and write permission') };

  test('read-only folder', async () => {
    chmodSync(folder, 0o555);
    expect(await refusal()).toMatchObject({ ...notWritable, message: expect.stringContaining(file) });
  });

  test('permission lost on the file', async () => {
    await makeStore();
    chmodSync(folder, 0o777);
    for (const name of ['store.sqlite', 'lock.sqlite']) {
      chmodSync(join(folder, name), 0o000);
      expect(await refusal()).toMatchObject(notWritable);
    }
  });

  test('a file in place of the folder', async () => {
    writeFileSync(file, '');
    await expect(openSqliteStore({ folder: file, clock })).rejects.toMatchObject({ name: 'ExternalError', message: expect.stringContaining('EEXIST') });
  });

  test('a file that is no database', async () => {
    writeFileSync(file, 'not a database, but long enough to look like one '.repeat(100));
    const damaged = { name: 'ExternalError', message: expect.stringContaining('is damaged'), hint: expect.stringContaining('Nothing in it can be read') };
    await expect(openSqliteStore({ folder, clock })).rejects.toMatchObject(damaged);
  });

  test("another program's database is left alone", async () => {
    new DatabaseSync(file).exec('create table theirs (a)');
    await expect(openSqliteStore({ folder, clock })).rejects.toMatchObject({ code: 'invalid', message: `${file} is not a store of Hanse.` });
  });

  test('a newer store', async () => {
    await makeStore();
    new DatabaseSync(file).exec('pragma user_version = 99');
    const error = { code: 'invalid', message: `${file} was written by a newer Hanse (store version 99, this one reads 2).`, hint: 'Update Hanse.' };
    await expect(openSqliteStore({ folder, clock })).rejects.toMatchObject(error);
  });

  test('a store of version 1 is opened with the uses that its reads tell', async () => {
    await makeStore();
    const store = await openSqliteStore({ folder, clock });
    for (const number of [1, 2]) await store.recordRead({ ...readRecord(number), principal: 'é\ud800"' });
    const uses = await store.readUses(['finance.metrics']);
    await store.close();
    new DatabaseSync(file).exec('drop table read_uses; pragma user_version = 1');
    const upgraded = await openSqliteStore({ folder, clock });
    expect([await upgraded.readUses(['finance.metrics']), uses[0]?.reads, await upgraded.verify()]).toEqual([uses, 2, []]);
    await upgraded.close();
  });

  test('after a refusal the folder is free again', async () => {
    mkdirSync(file);
    await expect(openSqliteStore({ folder, clock })).rejects.toMatchObject({ name: 'ExternalError' });
    rmSync(file, { recursive: true });
    await makeStore();
  });
});

test('only its owner may read the store', async () => {
  await makeStore();
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('a full disk is said so', () => {
  const db = new DatabaseSync(file);
  db.exec('pragma max_page_count = 3; create table t (a)');
  let failure: unknown;
  try {
    db.exec('insert into t values (zeroblob(100000))');
  } catch (error) {
    failure = sqliteFailure(error, file);
  }
  expect(failure).toMatchObject({ name: 'ExternalError', message: `${file}: the disk is full. The change did not happen; everything before it is kept.` });
  db.close();
});

test('a disk that stops taking writes: an error, nothing acknowledged is lost, and it goes on when there is room', async () => {
  const program = `
    const { openSqliteStore } = await import(${JSON.stringify(new URL('./open.ts', import.meta.url).href)});
    const store = await openSqliteStore({ folder: process.argv[1], clock: { now: () => '2026-01-01T00:00:00.000Z' } });
    const body = { text: 'x'.repeat(5000) };
    for (let sequence = 0; ; ) {
      const writes = [{ op: 'put', kind: 'run', id: 'r' + sequence, home: { kind: 'mesh' }, body }];
      try {
        const result = await store.transact({ actor: 'a', intent: 'test', reason: '', writes });
        sequence = result.entry.sequence;
      } catch ({ name, message }) {
        console.log(JSON.stringify({ name, message, sequence, findings: await store.verify() }));
        process.exit();
      }
    }`;
  // The shell's limit on the size of a file stands for the disk's; node ignores its signal, so that the write fails.
  const script = 'ulimit -f 400; exec "$0" --input-type=module --eval "$1" "$2"';
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program, folder], { encoding: 'utf8' });
  expect(stderr).not.toContain('Error');
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ name: 'ExternalError', message: expect.stringContaining(`${file}: the disk refused`), findings: [] });
  expect(told.sequence).toBeGreaterThan(3);
  const store = await openSqliteStore({ folder, clock });
  expect(await store.head()).toBe(told.sequence);
  expect((await store.transact(change([put('a')]))).kind).toBe('committed');
  expect(await store.verify()).toEqual([]);
  await store.close();
});
