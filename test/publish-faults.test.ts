import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExternalError } from '../packages/platform/src/error.ts';
import { faultyDisk } from '../packages/platform/src/files/local/faulty-disk.fixture.ts';
import { openLocalFiles } from '../packages/platform/src/files/local/open.ts';
import type { Files } from '../packages/platform/src/files/files.ts';
import { openTableFiles } from '../packages/platform/src/iceberg/table-files.ts';
import type { Platform } from '../packages/platform/src/services/platform.ts';
import { seededRandom } from '../packages/platform/src/store/faulty-store.fixture.ts';
import type { Store, Transaction } from '../packages/platform/src/store/store.ts';
import { openTown, operate, type Town } from './fixtures/open-town.ts';
import { type TownTable, writeBatch } from './fixtures/town.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const seed = Number(process.env['HANSE_TEST_SEED'] ?? Date.now() % 1_000_000);
let folder: string;
let town: Town;
let version = 0;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-faults-')));
  town = await openTown(folder);
});
afterAll(async () => {
  await town[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A table has something to publish. */
async function deliver(table: TownTable): Promise<void> {
  version += 1;
  await writeBatch(folder, table, version);
}

async function build(platform: Platform, table: TownTable) {
  const { runs } = await operate(platform).build({ ref: `town/ledger:${table}` });
  return runs[0] ?? expect.fail('no run');
}

async function snapshotOf(table: TownTable): Promise<string | null | undefined> {
  const { tables } = await town.api.status({});
  return tables.find(({ ref }) => ref.endsWith(`:${table}`))?.snapshot;
}

/** What a person must find true after any failure: nothing has changed, and the same build publishes, once. */
async function expectNoEffect(table: TownTable, before: string | null | undefined): Promise<void> {
  expect(await snapshotOf(table)).toBe(before);
  expect((await build(town.platform, table)).outcome).toBe('published');
  expect((await build(town.platform, table)).outcome).toBe('unchanged');
}

function withFiles(files: Files): Platform {
  return { ...town.platform, files, tables: { ...town.platform.tables, files: openTableFiles(files) } };
}

/** A store whose transactions of one intent go through `act`. */
function withStore(intent: string, act: (transaction: Transaction, store: Store) => ReturnType<Store['transact']>): Platform {
  const { store } = town.platform;
  return {
    ...town.platform,
    store: { ...store, transact: (transaction) => (transaction.intent === intent ? act(transaction, store) : store.transact(transaction)) },
  };
}

/** Its leases are others, as if those of the first had ended. */
function besides({ store, ...platform }: Platform): Platform {
  return { ...platform, store: { ...store, lease: (name, holder, ttlMs) => store.lease(`besides/${name}`, holder, ttlMs) } };
}

const full = () => new ExternalError('the disk is full', { hint: 'Free space on that disk and try again.' });

test(`a full disk at any call that stages, seals or commits: nothing has changed (HANSE_TEST_SEED=${seed})`, async () => {
  const root = join(folder, '.hanse/files');
  await deliver('grown');
  await build(town.platform, 'grown');
  await deliver('grown');
  const healthy = faultyDisk(-1, 'none');
  expect((await build(withFiles(await openLocalFiles({ folder: root, fileSystem: healthy })), 'grown')).outcome).toBe('published');
  const opening = faultyDisk(-1, 'none');
  await openLocalFiles({ folder: root, fileSystem: opening });
  const random = seededRandom(seed);
  for (let round = 0; round < Math.ceil(2 * scale); round += 1) {
    const failing = opening.calls().length + Math.floor(random() * (healthy.calls().length - opening.calls().length));
    await deliver('grown');
    const before = await snapshotOf('grown');
    const run = await build(withFiles(await openLocalFiles({ folder: root, fileSystem: faultyDisk(failing, 'ENOSPC') })), 'grown');
    expect(run, `call ${failing}, ${healthy.calls()[failing]}`).toMatchObject({ outcome: 'failed', snapshot: null });
    expect(run.message).toContain('ENOSPC');
    expect(run.message).toContain('The disk is full: free some space');
    await expectNoEffect('grown', before);
  }
});

test('the store refuses to commit', async () => {
  await deliver('whole');
  const before = await snapshotOf('whole');
  const run = await build(
    withStore('publish', () => Promise.reject(full())),
    'whole',
  );
  expect(run).toMatchObject({ outcome: 'failed', message: 'the disk is full. Free space on that disk and try again.' });
  await expectNoEffect('whole', before);
});

test('the store is gone after the intent: the run is answered, and named as lost by the next', async () => {
  await deliver('whole');
  const before = await snapshotOf('whole');
  const { store } = town.platform;
  const run = await build(
    {
      ...town.platform,
      store: { ...store, transact: (transaction) => (transaction.intent === 'run.running' ? store.transact(transaction) : Promise.reject(full())) },
    },
    'whole',
  );
  expect(run.outcome).toBe('failed');
  expect(run.message).toContain('The failure is not on record: the disk is full.');
  expect((await town.api.doctor({})).findings).toContainEqual(expect.objectContaining({ code: 'run.lost', ref: 'town/ledger:whole' }));
  await expectNoEffect('whole', before);
  const lost = (await town.api.status({})).runs.find(({ id }) => id === run.id);
  expect(lost).toMatchObject({ outcome: 'failed', message: 'lost: its process ended before it did; nothing of it was published' });
});

test('an answer that got lost on the way is looked up: the version is published, once', async () => {
  for (const intent of ['run.running', 'publish']) {
    await deliver('whole');
    let lost = 0;
    const run = await build(
      withStore(intent, async (transaction, store) => {
        const result = await store.transact(transaction);
        lost += 1;
        if (lost === 1) throw new ExternalError('the connection broke');
        return result;
      }),
      'whole',
    );
    expect(run).toMatchObject({ outcome: 'published' });
    expect(await snapshotOf('whole')).toBe(run.snapshot);
    expect((await town.api.status({})).runs.find(({ id }) => id === run.id)).toMatchObject({ outcome: 'published', snapshot: run.snapshot });
    expect(lost).toBe(2);
    expect((await build(town.platform, 'whole')).outcome).toBe('unchanged');
  }
});

test('two runs race on one table: one publishes, the other ends without effect and says so', async () => {
  await deliver('merged');
  let first: Awaited<ReturnType<typeof build>> | undefined;
  const second = await build(
    withStore('publish', async (transaction, store) => {
      first ??= await build(besides(town.platform), 'merged');
      return store.transact(transaction);
    }),
    'merged',
  );
  expect(first).toMatchObject({ outcome: 'published' });
  expect(second).toMatchObject({
    outcome: 'failed',
    snapshot: null,
    message: 'town/ledger:merged: another run published first; this one had no effect. Build again.',
  });
  expect(await snapshotOf('merged')).toBe(first?.snapshot);
  expect((await town.api.status({})).runs.find(({ id }) => id === second.id)?.outcome).toBe('failed');
  await deliver('merged');
  await expectNoEffect('merged', first?.snapshot);
});

test('a run that slept beyond its lease is refused, whatever it wants to commit', async () => {
  for (const intent of ['run.running', 'publish']) {
    await deliver('whole');
    const before = await snapshotOf('whole');
    const run = await build(
      withStore(intent, async (transaction, store) => {
        await store.release({ name: transaction.fence?.lease ?? '', number: transaction.fence?.number ?? 0, until: '' });
        return store.transact(transaction);
      }),
      'whole',
    );
    expect(run).toMatchObject({ outcome: 'failed', message: 'town/ledger:whole: the run slept beyond its lease; this one had no effect. Build again.' });
    await expectNoEffect('whole', before);
  }
});

test('what is published stays published when its slices cannot be made', async () => {
  await deliver('whole');
  const { slices } = town.platform;
  const run = await build({ ...town.platform, slices: { ...slices, prepare: () => Promise.reject(full()) } }, 'whole');
  expect(run).toMatchObject({ outcome: 'published', filesSliced: 0 });
  expect(run.message).toContain('slices are not ready: the disk is full.');
  expect(await snapshotOf('whole')).toBe(run.snapshot);
  expect((await town.api.status({})).runs.find(({ id }) => id === run.id)?.outcome).toBe('published');
});

test('after all that every hash holds, and a collection leaves nothing behind but what is staged', async () => {
  expect((await town.api.collect({ graceHours: 0 })).filesRemoved).toBeGreaterThan(0);
  const { findings } = await town.api.doctor({ deep: true });
  expect(findings.filter(({ code }) => !code.startsWith('machine.') && code !== 'file.staged')).toEqual([]);
});
