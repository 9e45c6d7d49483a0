import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExternalError, UserError } from '../../error.ts';
import type { Relation } from '../engine.ts';
import { bytesOf, limits, plain, testFolder, testSessions } from './sessions.fixture.ts';

const folder = await testFolder();
const file = join(folder, 'numbers.parquet');
await plain(`COPY (SELECT i AS n FROM range(1000) t(i)) TO '${file}' (FORMAT parquet)`);
const numbers: Relation = { schema: 'ops', name: 'numbers', format: 'parquet', files: [file] };
const other: Relation = { ...numbers, name: 'others' };
const sizes = { sessions: 2, sessionsPerOwner: 2, queued: 1, blank: 1 };
const sessions = testSessions(folder, { sizes });
const open = (relation = numbers, more: Partial<typeof limits> = {}, signal?: AbortSignal) =>
  sessions.session({ relations: [relation], limits: { ...limits, ...more }, owner: 'ann', ...(signal === undefined ? {} : { signal }) });

const endless = 'SELECT sum(a.n * b.n * c.n * d.n) FROM ops.numbers a, ops.numbers b, ops.numbers c, ops.numbers d';
/** One row of it takes minutes, hears no interrupt and needs no memory. */
const deaf = "SELECT levenshtein(repeat('a', n + 1000000), repeat('b', 1000000)) AS n FROM ops.numbers LIMIT 1";

describe('a statement that goes too far ends, other sessions go on', () => {
  test.each([
    ['at its deadline', endless, { deadlineMs: 300 }, { code: 'timeout', message: expect.stringMatching(/stopped at its deadline of 0.3 s/) }],
    [
      'one second after it, where it does not listen',
      deaf,
      { deadlineMs: 300 },
      { code: 'timeout', message: expect.stringMatching(/stopped at its deadline of 0.3 s/) },
    ],
    [
      'past its memory',
      'SELECT count(*) AS n FROM (SELECT unnest(range(100000000)))',
      { memoryBytes: 64 * 2 ** 20 },
      { code: 'memory', message: expect.stringMatching(/killed: it took \d+ MiB/) },
    ],
  ])('%s', async (_, sql, more, refusal) => {
    await using neighbour = await open();
    await using session = await open(numbers, more);
    const failed = session.rows({ sql }).then(
      () => undefined,
      (error: unknown) => error,
    );
    for (let done: unknown; done === undefined;) {
      expect(await neighbour.rows({ sql: 'SELECT count(*) AS n FROM ops.numbers' })).toEqual([{ n: '1000' }]);
      done = await Promise.race([failed, neighbour.describe({ sql: 'SELECT 1 AS n' }).then(() => undefined)]);
    }
    const error = await failed;
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject(refusal);
  });
});

test('an aborted signal cancels what runs, and what waits', async () => {
  const running = new AbortController();
  const waiting = new AbortController();
  await using first = await open(numbers, {}, running.signal);
  await using _second = await open();
  const third = open(numbers, {}, waiting.signal);
  waiting.abort();
  await expect(third).rejects.toThrow('cancelled while it waited');
  const rows = first.rows({ sql: endless });
  running.abort();
  await expect(rows).rejects.toThrow('The query was cancelled.');
  await expect(first.rows({ sql: 'SELECT 1 AS n' })).rejects.toThrow('The query was cancelled.');
});

test('beyond its sessions and its queue the pool refuses', async () => {
  const first = await open();
  const second = await open();
  const third = open();
  await expect(open()).rejects.toMatchObject({ name: 'UserError', code: 'busy' });
  await first[Symbol.asyncDispose]();
  const granted = await third;
  expect(await granted.rows({ sql: 'SELECT 1 AS n' })).toEqual([{ n: 1 }]);
  await Promise.all([second, granted].map((session) => session[Symbol.asyncDispose]()));
});

test('one person’s heavy statements neither keep the others nor the mesh’s own work waiting', async () => {
  const own = testSessions(folder, { sizes: { sessions: 2, sessionsPerOwner: 1, queued: 100, queuedPerOwner: 49, blank: 0 } });
  const ends = new AbortController();
  const ask = (owner?: string, signal?: AbortSignal) =>
    own.session({ relations: [numbers], limits, ...(owner !== undefined && { owner }), ...(signal !== undefined && { signal }) });
  const heavy = Array.from({ length: 50 }, async () => {
    await using session = await ask('ann', ends.signal);
    await session.rows({ sql: endless });
  });
  for (const owner of ['bob', 'cem', undefined, 'bob']) {
    await using session = await ask(owner);
    expect(await session.rows({ sql: 'SELECT count(*) AS n FROM ops.numbers' })).toEqual([{ n: '1000' }]);
  }
  await expect(ask('ann'))
    .rejects.toMatchObject({ code: 'throttled' })
    .finally(() => ends.abort());
  expect(new Set((await Promise.allSettled(heavy)).map(({ status }) => status))).toEqual(new Set(['rejected']));
});

test('a result that nobody reads ends its session, whose worker serves the next', async () => {
  const own = testSessions(folder, { sizes: { sessions: 1, sessionsPerOwner: 1, blank: 0 }, unreadMs: 300 });
  const ask = () => own.session({ relations: [numbers], limits, owner: 'ann' });
  for (const format of ['csv', 'parquet'] as const) {
    const session = await ask();
    const left = (await session.stream({ sql: 'SELECT a.n AS x FROM ops.numbers a, ops.numbers b' }, format)).body[Symbol.asyncIterator]();
    expect((await left.next()).done).toBe(false);
    await using next = await ask();
    expect(await next.rows({ sql: 'SELECT 1 AS n' })).toEqual([{ n: 1 }]);
    await expect(left.next()).rejects.toMatchObject({ code: 'timeout', message: 'The result was ended: nobody read on for 0.3 s.' });
    expect(await next.rows({ sql: 'SELECT 2 AS n' })).toEqual([{ n: 2 }]);
  }
});

test('who needs another worker is passed over a bounded number of times', async () => {
  const own = testSessions(folder, { sizes: { sessions: 1, sessionsPerOwner: 1, queued: 100, blank: 0 } });
  const order: string[] = [];
  const use = async (relation: Relation): Promise<void> => {
    await using _session = await own.session({ relations: [relation], limits, owner: 'ann' });
    order.push(relation.name);
  };
  const first = await own.session({ relations: [numbers], limits, owner: 'ann' });
  const queue = [use(other), ...Array.from({ length: 20 }, () => use(numbers))];
  await first[Symbol.asyncDispose]();
  await Promise.all(queue);
  expect(order.indexOf('others')).toBe(16);
});

test('a worker serves the same relations again, and never others', async () => {
  const seen = async (relation: Relation): Promise<readonly string[]> => {
    await using session = await open(relation);
    const tables = await session.rows({ sql: "SELECT view_name AS name FROM duckdb_views() WHERE schema_name = 'ops'" });
    const [row] = await session.rows({ sql: "SELECT current_setting('temp_directory') AS folder" });
    return [...tables.map(({ name }) => String(name)), String(row?.['folder'])];
  };
  const [table, worker] = await seen(numbers);
  expect(table).toBe('numbers');
  expect(await seen(numbers)).toEqual([table, worker]);
  const [otherTable, otherWorker] = await seen(other);
  expect(otherTable).toBe('others');
  expect(otherWorker).not.toBe(worker);
});

test('a stream that is not read to its end leaves the session usable', async () => {
  await using session = await open();
  const sql = 'SELECT a.n AS x, b.n AS y FROM ops.numbers a, ops.numbers b, ops.numbers c';
  const { body } = await session.stream({ sql }, 'csv');
  for await (const part of body) if (part.length > 0) break;
  expect(await session.rows({ sql: 'SELECT 1 AS n' })).toEqual([{ n: 1 }]);
  await session.stream({ sql }, 'csv');
  await expect(session.rows({ sql: 'SELECT 1 AS n' })).rejects.toThrow('while a stream is open');
});

test('more rows than allowed are an error', async () => {
  await using session = await open(numbers, { maxRows: 999 });
  const sql = 'SELECT n FROM ops.numbers';
  for (const format of ['json', 'parquet'] as const) {
    const read = session.stream({ sql }, format).then(bytesOf);
    await expect(read).rejects.toThrow('The result has more than 999 rows.');
  }
  await expect(session.rows({ sql: 'SELECT range AS n FROM range(10001)' })).rejects.toThrow(UserError);
  expect(await session.rows({ sql: 'SELECT range AS n FROM range(10000)' })).toHaveLength(10_000);
});

test('no folder of a worker stays behind', async () => {
  const own = await testFolder();
  const some = testSessions(own, { sizes });
  const session = await some.session({ relations: [numbers], limits });
  expect(await readdir(join(own, 'temp'))).not.toEqual([]);
  await session[Symbol.asyncDispose]();
  await some.close();
  expect(await readdir(join(own, 'temp'))).toEqual([]);
});

test('a worker that dies is named, and replaced', async () => {
  const own = testSessions(folder, { sizes: { sessions: 1, blank: 0 } });
  const session = await own.session({ relations: [numbers], limits });
  const rows = session.rows({ sql: endless });
  killWorkers();
  await expect(rows).rejects.toThrow('The query worker ended by itself (SIGKILL).');
  await expect(session.rows({ sql: 'SELECT 1 AS n' })).rejects.toThrow(ExternalError);
  await session[Symbol.asyncDispose]();
  await using next = await own.session({ relations: [numbers], limits });
  expect(await next.rows({ sql: 'SELECT 1 AS n' })).toEqual([{ n: 1 }]);
});

test('a stream whose worker dies throws instead of ending', async () => {
  const own = testSessions(folder, { sizes: { sessions: 1, blank: 0 } });
  await using session = await own.session({ relations: [numbers], limits });
  const sql = "SELECT a.n AS x, b.n AS y, repeat('z', 200) AS z FROM ops.numbers a, ops.numbers b";
  const { body } = await session.stream({ sql }, 'jsonl');
  let bytes = 0;
  const read = async (): Promise<void> => {
    for await (const part of body) {
      if (bytes === 0) killWorkers();
      bytes += part.length;
    }
  };
  await expect(read()).rejects.toThrow('The query worker ended by itself (SIGKILL).');
  expect(bytes).toBeGreaterThan(0);
});

/** Kills every worker of this process, as a system short of memory would. */
function killWorkers(): void {
  const processes = execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  for (const line of processes) {
    const [pid, parent, command] = line.trim().split(/\s+(\d+)\s+/);
    if (Number(parent) === process.pid && command?.includes('session-worker')) process.kill(Number(pid), 'SIGKILL');
  }
}
