import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { systemClock } from '../../clock.ts';
import { change, heldClock, put, readRecord, storeConformance } from '../conformance.fixture.ts';
import { openPostgresStore } from './open.ts';

const server = await startPostgres();
afterAll(() => server?.stop());
const url = server?.url ?? '';
let schemas = 0;

/** A schema of its own is a store of its own. */
async function emptyConnection(): Promise<string> {
  schemas += 1;
  const name = `s${schemas}`;
  const client = new Client(url);
  await client.connect();
  await client.query(`create schema ${name}`);
  await client.end();
  return `${url}?options=-c%20search_path%3D${name}`;
}

describe.runIf(server)('with a PostgreSQL server', () => {
  storeConformance('PostgreSQL', async (clock) => openPostgresStore({ connection: await emptyConnection(), clock }));

  test('several processes: sequences without gaps, each watcher sees all in order', async () => {
    const connection = await emptyConnection();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ connection, clock: systemClock })));
    const stop = new AbortController();
    const watched = stores.map(async (store) => {
      const seen: number[] = [];
      for await (const { sequence } of store.watch(0, stop.signal)) if (seen.push(sequence) === 60) break;
      return seen;
    });
    const work = stores.flatMap((store) => Array.from({ length: 20 }, (_, n) => store.transact(change([put(`d${n}`)]))));
    await Promise.all(work);
    const all = Array.from({ length: 60 }, (_, number) => number + 1);
    expect(await Promise.all(watched)).toEqual([all, all, all]);
    expect(await stores[0]?.verify()).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a lease granted by one process fences another', async () => {
    const connection = await emptyConnection();
    const clock = heldClock();
    const [one, two] = [await openPostgresStore({ connection, clock }), await openPostgresStore({ connection, clock })];
    await one.lease('build', 'one', 1000);
    expect(await two.lease('build', 'two', 1000)).toBeUndefined();
    clock.advance(1000);
    expect((await two.lease('build', 'two', 1000))?.number).toBe(2);
    expect((await one.transact(change([put('a')], { fence: { lease: 'build', number: 1 } }))).kind).toBe('fenced');
    await Promise.all([one.close(), two.close()]);
  });

  test('a connection that breaks is an external error, and the store goes on', async () => {
    const connection = await emptyConnection();
    const store = await openPostgresStore({ connection, clock: systemClock });
    await store.transact(change([put('a')]));
    const admin = new Client(url);
    await admin.connect();
    const kill = 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null';
    const attempts = Array.from({ length: 30 }, (_, n) => store.transact(change([put(`b${n}`)])));
    const killed = admin.query(kill);
    const results = await Promise.allSettled(attempts);
    await killed;
    await admin.end();
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    expect(reasons.filter((reason) => !reason.startsWith('ExternalError'))).toEqual([]);
    await store.transact(change([put('c')]));
    const acknowledged = results.filter(({ status }) => status === 'fulfilled').length;
    expect(await store.head()).toBeGreaterThanOrEqual(acknowledged + 2);
    expect(await store.verify()).toEqual([]);
    await store.close();
  });

  test.each([
    ['a wrong database', () => url.replace(/postgres$/, 'absent'), /database "absent" does not exist/],
    ['a wrong host', () => 'postgres://u:secret@127.0.0.1:1/x', /127\.0\.0\.1:1\/x: .*ECONNREFUSED/],
  ])('%s is an external error without the password', async (_, connection, message) => {
    const error: unknown = await openPostgresStore({ connection: connection(), clock: systemClock }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ExternalError', message: expect.stringMatching(message), hint: expect.any(String) });
    expect(String(error)).not.toContain('secret');
  });

  test('a server that does not keep what it acknowledges is refused', async () => {
    const connection = `${await emptyConnection()}%20-c%20synchronous_commit%3Doff`;
    await expect(openPostgresStore({ connection, clock: systemClock })).rejects.toThrow('synchronous_commit = off');
  });

  test('a changed body, entry and read are found', async () => {
    const connection = await emptyConnection();
    const store = await openPostgresStore({ connection, clock: systemClock });
    for (const id of ['a', 'b', 'a']) await store.transact(change([put(id)]));
    await store.recordRead(readRecord(1));
    expect(await store.verify()).toEqual([]);
    const client = new Client(connection);
    await client.connect();
    await client.query("update bodies set content = replace(content, 'b', 'c') where version = 2");
    await client.query("update log set entry = replace(entry, 'ada', 'eve') where sequence = 3");
    await client.query("update reads set entry = replace(entry, 'ada', 'eve')");
    await client.end();
    const found = (await store.verify()).map(({ code, ref }) => `${code} ${ref}`);
    expect(found).toEqual(['store.chain log/3', 'store.document product/b', 'store.chain reads/1']);
    await store.close();
  });

  test('a store of version 1 is opened with the uses that its reads tell', async () => {
    const connection = await emptyConnection();
    const store = await openPostgresStore({ connection, clock: systemClock });
    for (const number of [1, 2]) await store.recordRead({ ...readRecord(number), principal: 'é\u0000\ud800"' });
    const uses = await store.readUses(['finance.metrics']);
    await store.close();
    const client = new Client(connection);
    await client.connect();
    await client.query('drop table read_uses; update format set version = 1');
    await client.end();
    const upgraded = await openPostgresStore({ connection, clock: systemClock });
    expect([await upgraded.readUses(['finance.metrics']), uses[0]?.reads, await upgraded.verify()]).toEqual([uses, 2, []]);
    await upgraded.close();
  });

  test('a newer store is refused by its version', async () => {
    const connection = await emptyConnection();
    await (await openPostgresStore({ connection, clock: systemClock })).close();
    const client = new Client(connection);
    await client.connect();
    await client.query('update format set version = 99');
    await client.end();
    await expect(openPostgresStore({ connection, clock: systemClock })).rejects.toMatchObject({ code: 'invalid', hint: 'Update Hanse.' });
  });
});
