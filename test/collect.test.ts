import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExternalError } from '../packages/platform/src/error.ts';
import { writeSnapshot } from '../packages/platform/src/iceberg/write-snapshot.ts';
import { createApi } from '../packages/platform/src/services/mesh-api.ts';
import { storedValue } from '../packages/platform/src/services/mesh/stored-value.ts';
import type { Platform } from '../packages/platform/src/services/platform.ts';
import { runSchedules } from '../packages/platform/src/services/schedule/run-schedules.ts';
import { headBody, type TableHead } from '../packages/platform/src/services/table/table-head.ts';
import type { Write } from '../packages/platform/src/store/store.ts';
import { openTown, operate, type Town } from './fixtures/open-town.ts';
import { contentAt, contentSql, type TownTable, writeBatch } from './fixtures/town.ts';

const HOUR_MS = 3_600_000;
const nothing = {
  dryRun: false,
  snapshotsExpired: 0,
  filesMarked: 0,
  filesWaiting: 0,
  filesRemoved: 0,
  bytesRemoved: 0,
  stagedRemoved: 0,
  runsRemoved: 0,
  incidentsRemoved: 0,
  readsForgotten: 0,
  runsLost: 0,
};
let folder: string;
let town: Town;
let version = 0;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-collect-')));
  town = await openTown(folder);
});
afterAll(async () => {
  await town[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function build(platform: Platform, table: TownTable) {
  const { runs } = await operate(platform).build({ ref: `town/ledger:${table}` });
  return runs[0] ?? expect.fail('no run');
}

/** A platform whose runs get as far as the last step, and fail there. */
function unpublishing(): Platform {
  const { store } = town.platform;
  return {
    ...town.platform,
    store: {
      ...store,
      transact: async (transaction) =>
        transaction.intent === 'publish' ? Promise.reject(new ExternalError('the store is gone')) : store.transact(transaction),
    },
  };
}

/** A batch of a table, sealed and not published: one data file and what a snapshot takes. */
async function leaveGarbage(table: TownTable): Promise<void> {
  version += 1;
  await writeBatch(folder, table, version);
  expect((await build(unpublishing(), table)).outcome).toBe('failed');
}

/** The operator's mesh so many hours from now. */
function later(hours: number) {
  return operate({ ...town.platform, clock: { now: () => new Date(Date.now() + hours * HOUR_MS).toISOString() } });
}

async function dataFiles(): Promise<readonly string[]> {
  return (await Array.fromAsync(town.platform.files.list('data'))).map(({ name }) => name);
}

test('a file that nothing needs is marked after a grace, and removed by a later collection after another', async () => {
  await leaveGarbage('whole');
  expect(await later(1).collect({})).toEqual(nothing);
  expect(await later(25).collect({ dryRun: true })).toMatchObject({ dryRun: true, filesMarked: 4, filesRemoved: 0 });
  expect(await later(25).collect({})).toMatchObject({ filesMarked: 4, filesWaiting: 4, filesRemoved: 0 });
  expect(await later(26).collect({})).toMatchObject({ filesMarked: 0, filesWaiting: 4, filesRemoved: 0 });
  expect(await later(50).collect({ dryRun: true })).toMatchObject({ filesWaiting: 0, filesRemoved: 4 });
  expect(await dataFiles()).toHaveLength(1);
  const removed = await later(50).collect({});
  expect(removed).toMatchObject({ filesMarked: 0, filesWaiting: 0, filesRemoved: 4 });
  expect(removed.bytesRemoved).toBeGreaterThan(1000);
  expect(await dataFiles()).toEqual([]);
  expect(await later(51).collect({})).toEqual(nothing);
});

test('what a mark was on is kept once a table needs it', async () => {
  await leaveGarbage('whole');
  await later(25).collect({});
  expect((await build(town.platform, 'whole')).outcome).toBe('published');
  expect(await later(50).collect({})).toMatchObject({ filesRemoved: 3, filesWaiting: 0 });
  expect(await dataFiles()).toHaveLength(1);
  expect((await later(51).doctor({ deep: true })).findings.filter(({ code }) => code.startsWith('file.'))).toEqual([]);
});

test('a run that seals what is being removed is refused, and publishes when it is built again', async () => {
  await leaveGarbage('whole');
  const before = await dataFiles();
  const { files } = town.platform;
  let meanwhile: Awaited<ReturnType<typeof build>> | undefined;
  const slow: Platform = {
    ...town.platform,
    files: {
      ...files,
      remove: async (name) => {
        meanwhile ??= await build(town.platform, 'whole');
        await files.remove(name);
      },
    },
  };
  expect(await operate(slow).collect({ graceHours: 0 })).toMatchObject({ filesRemoved: 5 });
  expect(meanwhile).toMatchObject({ outcome: 'failed' });
  expect(meanwhile?.message).toMatch(/^data\/.* was collected as garbage before it could be published. Build again.$/);
  expect((await dataFiles()).length).toBe(before.length - 1);
  expect((await build(town.platform, 'whole')).outcome).toBe('published');
  expect(await dataFiles()).toEqual(before);
});

test('a collection that died keeps nobody from publishing', async () => {
  await leaveGarbage('whole');
  const dying: Platform = { ...town.platform, files: { ...town.platform.files, remove: () => Promise.reject(new ExternalError('killed')) } };
  await expect(operate(dying).collect({ graceHours: 0 })).rejects.toThrow('killed');
  expect((await build(town.platform, 'whole')).outcome).toBe('published');
  await town.api.collect({ graceHours: 0 });
  expect((await town.api.doctor({ deep: true })).findings.filter(({ code }) => code.startsWith('file.'))).toEqual([]);
});

test('what an open incident holds in quarantine is kept until it is closed', async () => {
  version += 1;
  await writeBatch(folder, 'grown', version, 'neither');
  expect((await build(town.platform, 'grown')).outcome).toBe('blocked');
  const held = await dataFiles();
  expect(await town.api.collect({ graceHours: 0 })).toMatchObject({ filesRemoved: 0 });
  expect(await dataFiles()).toEqual(held);
  await writeBatch(folder, 'grown', version);
  expect((await build(town.platform, 'grown')).outcome).toBe('published');
  expect(await town.api.collect({ graceHours: 0 })).toMatchObject({ filesRemoved: 1 });
});

const WHOLE = { kind: 'table', id: 'town-ledger-contract@1/whole' } as const;

async function headOfWhole() {
  const stored = (await town.platform.store.read(WHOLE)) ?? expect.fail('not published');
  const head = storedValue<TableHead>(stored);
  return { head, table: await town.platform.tables.read(head.metadata) };
}

/** Publishes so many snapshots of the rows that are there, written so many days ago. */
async function addSnapshots(first: number, last: number, daysAgo: number): Promise<void> {
  const { store, tables } = town.platform;
  const { head, table } = await headOfWhole();
  let latest = table;
  const at = new Date(Date.now() - daysAgo * 24 * HOUR_MS).toISOString();
  for (let number = first; number <= last; number += 1) {
    const { name } = await writeSnapshot(tables.files, latest, { kind: 'append', added: [], removed: [], snapshotId: String(number), at, summary: {} });
    latest = await tables.read(name);
  }
  const write: Write = { op: 'put', ...WHOLE, home: { kind: 'mesh' }, body: headBody({ ...head, metadata: latest.name, snapshot: String(last) }) };
  await store.transact({ actor: 'test', intent: 'publish', reason: 'many snapshots', writes: [write] });
}

test('snapshots beyond retention go; a past that is retained still answers, although its metadata file is gone', async () => {
  await addSnapshots(1, 75, 60);
  version += 1;
  await writeBatch(folder, 'whole', version);
  const built = await build(town.platform, 'whole');
  const past = String(await town.platform.store.head());
  const { head: then } = await headOfWhole();
  await addSnapshots(101, 140, 0);
  const { table } = await headOfWhole();
  const beyond = table.snapshots.length - 100;
  expect(beyond).toBeGreaterThan(10);
  const collected = later(24 * 31);
  expect(await collected.collect({ graceHours: 0, dryRun: true })).toMatchObject({ snapshotsExpired: beyond, filesRemoved: expect.any(Number) });
  expect((await headOfWhole()).table.snapshots).toHaveLength(beyond + 100);
  expect(await collected.collect({ graceHours: 0 })).toMatchObject({ snapshotsExpired: beyond });
  const { table: current, head } = await headOfWhole();
  expect(current.snapshots.map(({ id }) => id)).toEqual(table.snapshots.slice(-100).map(({ id }) => id));
  expect(head.snapshot).toBe('140');
  expect(await town.platform.files.open(then.metadata)).toBeUndefined();
  const tia = createApi(town.platform, { kind: 'person', username: 'tia' });
  const answer = await tia.query({ sql: contentSql('town.whole'), format: 'jsonl', asOf: past });
  expect(answer.provenance[0]?.snapshot).toBe(built.snapshot);
  const rows = Buffer.concat(await Array.fromAsync(answer.body))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ rows: count, sum, ...row }) => ({ version: Number(row.version), rows: Number(count), sum: Number(sum) }))).toEqual(
    contentAt('whole', version, 'all'),
  );
  expect((await town.api.doctor({ deep: true })).findings.filter(({ code }) => code.startsWith('file.'))).toEqual([]);
});

test('runs and closed incidents beyond retention leave the list', async () => {
  const { store } = town.platform;
  const runs = Array.from({ length: 30 }, (_, number): Write => ({
    op: 'put',
    kind: 'run',
    id: `old-${number}`,
    home: { kind: 'mesh' },
    body: {
      value: {
        id: `old-${number}`,
        ref: 'town/gone:table',
        outcome: 'failed',
        at: `2020-01-${String(number + 1).padStart(2, '0')}T00:00:00.000Z`,
        lease: { name: 'build/gone', number: 1 },
      },
    },
  }));
  await store.transact({ actor: 'test', intent: 'test', reason: 'old runs', writes: runs });
  expect(await town.api.collect({})).toMatchObject({ runsRemoved: 10, incidentsRemoved: 0 });
  expect(
    (await store.list('run'))
      .filter(({ id }) => id.startsWith('old-'))
      .map(({ id }) => id)
      .toSorted()[0],
  ).toBe('old-10');
  expect(await later(24 * 100).collect({})).toMatchObject({ incidentsRemoved: 1 });
});

test('reads beyond retention are forgotten, what they used stays', async () => {
  const { store, keepReadsDays } = town.platform;
  const [table] = (await town.platform.meshes.current()).tables;
  const id = table?.id ?? '';
  const old = await store.reads({ limit: 10_000 });
  const read = {
    principal: 'tia',
    statement: 'select ?',
    digest: '',
    tables: [{ table: id, snapshot: '1', agreement: null, role: 'owner', columns: ['version'] }],
  };
  await store.recordRead({ ...read, at: town.platform.clock.now() });
  const uses = await store.readUses([id]);
  expect(await later(24 * keepReadsDays + 1).collect({ dryRun: true })).toMatchObject({ readsForgotten: old.length + 1 });
  expect(await later(24 * (keepReadsDays - 1)).collect({})).toMatchObject({ readsForgotten: 0 });
  expect(await later(24 * keepReadsDays + 1).collect({})).toMatchObject({ readsForgotten: old.length + 1 });
  expect([await store.reads({ limit: 1 }), await store.readUses([id]), await store.verify()]).toEqual([[], uses, []]);
});

test('only the operator collects, and one collection is under way at a time', async () => {
  await expect(createApi(town.platform, { kind: 'person', username: 'tia' }).collect({})).rejects.toThrow('tia does not run this mesh');
  const lease = await town.platform.store.lease('collect', 'somebody', 10_000);
  await expect(town.api.collect({})).rejects.toThrow('another collection is under way');
  if (lease !== undefined) await town.platform.store.release(lease);
});

test('a server collects when the last collection is a day old', async () => {
  const { store } = town.platform;
  const muchLater: Platform = { ...town.platform, clock: { now: () => new Date(Date.now() + 24 * 400 * HOUR_MS).toISOString() } };
  const stop = new AbortController();
  const schedules = runSchedules(muchLater, stop.signal);
  for await (const entry of store.watch(await store.head(), stop.signal)) if (entry.intent === 'collect.files') stop.abort();
  await schedules;
  const { facts } = await town.api.doctor({});
  expect(facts.find(({ name }) => name === 'last collection')?.value.slice(0, 10)).toBe(muchLater.clock.now().slice(0, 10));
});
