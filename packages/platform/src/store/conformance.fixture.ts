import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '@hanse/core/document/document.ts';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { historyTest } from './conformance-history.fixture.ts';
import type { LogEntry, ReadRecord, Store, Transaction, TransactResult, Write } from './store.ts';

/** A clock that stands until it is moved. */
export interface HeldClock extends Clock {
  advance(ms: number): void;
}

export function heldClock(start = '2026-01-01T00:00:00.000Z'): HeldClock {
  let time = Date.parse(start);
  return {
    now: () => new Date(time).toISOString(),
    advance: (ms) => {
      time += ms;
    },
  };
}

const mesh = { kind: 'mesh' } as const;
let reasons = 0;

export function put(id: string, body: JsonObject = { id }): Write {
  return { op: 'put', kind: 'product', id, home: mesh, body };
}

/** Each has a reason of its own, by which a lost answer is looked up. */
export function change(writes: readonly Write[], rest: Partial<Transaction> = {}): Transaction {
  reasons += 1;
  return { actor: 'ada', intent: 'apply', reason: `change ${reasons}`, writes, ...rest };
}

export function committed(result: TransactResult): LogEntry {
  if (result.kind === 'committed') return result.entry;
  throw new Error(`expected a commit, got ${JSON.stringify(result)}`);
}

export function readRecord(number: number): ReadRecord {
  const tables = [{ table: 'finance.metrics', snapshot: '7', agreement: null, role: 'plain', columns: ['a', 'b'] }];
  return { at: '2026-01-01T00:00:00.000Z', principal: 'ada', statement: 'select ?', digest: `digest ${number}`, tables };
}

function day(number: number): string {
  return `2026-01-0${number}T00:00:00.000Z`;
}

/** What every store does; `open` gives an empty one. */
export function storeConformance(name: string, open: (clock: Clock) => Promise<Store>): void {
  describe(`${name} conforms`, () => {
    const opened: Store[] = [];
    async function fresh(clock: Clock = heldClock()): Promise<Store> {
      const store = await open(clock);
      opened.push(store);
      return store;
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    documentTests(fresh);
    logTests(fresh);
    leaseTests(fresh);
    readLogTests(fresh);
    readUseTests(fresh);
    concurrencyTests(fresh);
    historyTest(fresh);
  });
}

type Fresh = (clock?: Clock) => Promise<Store>;

function documentTests(fresh: Fresh): void {
  test('a document is read as it was put, under the number of its entry', async () => {
    const store = await fresh();
    const home = { kind: 'repository', id: 'r1' } as const;
    const body = { text: 'a\u0000"\u2028\ud800 ü 😀', number: 1.5e300, list: [null, true, {}], '': -7 };
    const entry = committed(await store.transact(change([{ op: 'put', kind: 'contract', id: 'c@1', home, body }])));
    expect(await store.read({ kind: 'contract', id: 'c@1' })).toEqual({ kind: 'contract', id: 'c@1', version: entry.sequence, home, body });
    expect(await store.read({ kind: 'product', id: 'c@1' })).toBeUndefined();
  });

  test('every earlier state is still there', async () => {
    const store = await fresh();
    await store.transact(change([put('a', { n: 1 }), put('b')]));
    await store.transact(change([put('a', { n: 2 })]));
    await store.transact(change([{ op: 'remove', kind: 'product', id: 'a' }]));
    await store.transact(change([put('a', { n: 4 })]));
    const bodies = await Promise.all([0, 1, 2, 3, 4, 99].map(async (asOf) => (await store.read({ kind: 'product', id: 'a' }, asOf))?.body));
    expect(bodies).toEqual([undefined, { n: 1 }, { n: 2 }, undefined, { n: 4 }, { n: 4 }]);
    const ids = await Promise.all([0, 1, 3, 4].map(async (asOf) => (await store.list('product', asOf)).map(({ id, version }) => `${id}${version}`)));
    expect(ids).toEqual([[], ['a1', 'b1'], ['b1'], ['a4', 'b1']]);
  });

  test('a list is in the order of the bytes of its ids', async () => {
    const store = await fresh();
    const ids = ['b', 'B', 'a', 'ä', '10', '9', '\u{1f600}', '\uffee', 'a/b', 'a b', "'", '%'];
    await store.transact(change(ids.map((id) => put(id))));
    const byBytes = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect((await store.list('product')).map(({ id }) => id)).toEqual(byBytes);
  });

  test('an expectation that does not hold names its document, and nothing is written', async () => {
    const store = await fresh();
    const key = { kind: 'product', id: 'a' } as const;
    await store.transact(change([put('a')], { expect: [{ ...key, version: 'absent' }] }));
    expect(await store.transact(change([put('a'), put('b')], { expect: [{ ...key, version: 'absent' }] }))).toEqual({ kind: 'conflict', key, found: 1 });
    expect(await store.transact(change([put('b')], { expect: [{ ...key, version: 2 }] }))).toEqual({ kind: 'conflict', key, found: 1 });
    const other = { kind: 'run', id: 'z' } as const;
    expect(await store.transact(change([put('b')], { expect: [{ ...other, version: 1 }] }))).toEqual({ kind: 'conflict', key: other, found: 'absent' });
    expect([await store.head(), (await store.list('product')).length]).toEqual([1, 1]);
    committed(await store.transact(change([put('a')], { expect: [{ ...key, version: 1 }] })));
  });

  test('a transaction that expects whole kinds unchanged names the first document that was written or removed since', async () => {
    const store = await fresh();
    const attempt = (since: number) => store.transact(change([put('b')], { unchanged: { kinds: ['domain', 'product'], since } }));
    await store.transact(change([put('a'), { op: 'put', kind: 'run', id: 'r', home: mesh, body: {} }]));
    await store.transact(change([{ op: 'put', kind: 'run', id: 'r', home: mesh, body: {} }]));
    expect(await attempt(0)).toEqual({ kind: 'conflict', key: { kind: 'product', id: 'a' }, found: 1 });
    expect(committed(await attempt(1)).sequence).toBe(3);
    await store.transact(change([{ op: 'remove', kind: 'product', id: 'a' }]));
    expect(await attempt(3)).toEqual({ kind: 'conflict', key: { kind: 'product', id: 'a' }, found: 'absent' });
    expect([committed(await attempt(4)).sequence, await store.verify()]).toEqual([5, []]);
  });

  test('what cannot be stored is refused whole', async () => {
    const store = await fresh();
    const refused = [[put('')], [put('nul\0')], [put('\ud800')], [put('ok'), put('ok')]];
    for (const writes of refused) await expect(store.transact(change(writes))).rejects.toMatchObject({ code: 'invalid' });
    const hole: Record<string, string> = {};
    Object.assign(hole, { gone: undefined });
    await expect(store.transact(change([put('ok'), put('hole', hole)]))).rejects.toThrow('undefined is not JSON');
    expect([await store.head(), await store.list('product'), await store.verify()]).toEqual([0, [], []]);
  });
}

function logTests(fresh: Fresh): void {
  test('the log is a chain that anybody can verify', async () => {
    const store = await fresh();
    await store.transact(change([put('a'), { op: 'remove', kind: 'product', id: 'never' }]));
    await store.recordRead(readRecord(1));
    await store.transact(change([], { reason: 'nothing written, "quoted" ü\u0000', actor: 'bob', intent: 'note' }));
    await store.transact(change([put('a')]));
    const log = await store.log();
    expect(log.map(({ sequence, actor, intent }) => [sequence, actor, intent])).toEqual([
      [1, 'ada', 'apply'],
      [2, 'bob', 'note'],
      [3, 'ada', 'apply'],
    ]);
    let previous = '0'.repeat(64);
    for (const { hash, ...content } of log) {
      expect(content.previous).toBe(previous);
      expect(
        createHash('sha256')
          .update(canonicalJson(JSON.parse(JSON.stringify(content))))
          .digest('hex'),
      ).toBe(hash);
      previous = hash;
    }
    expect(log[0]?.writes[0]?.digest).not.toBe(log[2]?.writes[0]?.digest);
    expect(await store.log({ after: 1, limit: 1 })).toEqual([log[1]]);
    expect(await store.verify()).toEqual([]);
  });

  test('a time leads to the last entry at or before it', async () => {
    const clock = heldClock();
    const store = await fresh(clock);
    for (const ms of [1000, 0, 2000, -1500]) {
      clock.advance(ms);
      await store.transact(change([put('a')]));
    }
    const times = ['2026-01-01T00:00:00.999Z', '2026-01-01T01:00:01+01:00', '2026-01-01T00:00:01.500Z', '2026-01-01T00:00:03Z', '2030-01-01'];
    expect(await Promise.all(times.map((time) => store.sequenceAt(time)))).toEqual([0, 2, 4, 4, 4]);
    await expect(store.sequenceAt('soon')).rejects.toMatchObject({ code: 'usage' });
  });

  test('a watcher sees each entry once, in order, old and new, until it stops', async () => {
    const store = await fresh();
    const stop = new AbortController();
    await store.transact(change([put('a')]));
    const seen: number[] = [];
    const watching = (async () => {
      for await (const entry of store.watch(0, stop.signal)) {
        seen.push(entry.sequence);
        if (seen.length === 3) await store.transact(change([put('c')]));
        if (seen.length === 20) stop.abort();
      }
    })();
    await Promise.all(Array.from({ length: 18 }, (_, number) => store.transact(change([put(`b${number}`)]))));
    await watching;
    expect(seen).toEqual(Array.from({ length: 20 }, (_, number) => number + 1));
  });

  test('closing ends its watchers', async () => {
    const store = await fresh();
    const entries = store.watch(0, new AbortController().signal)[Symbol.asyncIterator]();
    const next = entries.next();
    await store.head();
    await store.close();
    expect(await next.catch(() => ({ done: true }))).toMatchObject({ done: true });
  });
}

function leaseTests(fresh: Fresh): void {
  test('one holder at a time; each grant has a larger number', async () => {
    const clock = heldClock();
    const store = await fresh(clock);
    const first = await store.lease('build/a', 'one', 1000);
    expect(first).toEqual({ name: 'build/a', number: 1, until: '2026-01-01T00:00:01.000Z' });
    expect(await store.lease('build/a', 'two', 1000)).toBeUndefined();
    expect((await store.lease('build/b', 'two', 1000))?.number).toBe(1);
    clock.advance(900);
    expect(await store.lease('build/a', 'one', 1000)).toEqual({ name: 'build/a', number: 1, until: '2026-01-01T00:00:01.900Z' });
    clock.advance(1000);
    expect((await store.lease('build/a', 'two', 1000))?.number).toBe(2);
    if (first) await store.release(first);
    expect(await store.lease('build/a', 'one', 1000)).toBeUndefined();
    await store.release({ name: 'build/a', number: 2, until: '' });
    expect((await store.lease('build/a', 'one', 1000))?.number).toBe(3);
  });

  test('a transaction under a lease that is not held is refused', async () => {
    const clock = heldClock();
    const store = await fresh(clock);
    const fenced = (number: number) => store.transact(change([put('a')], { fence: { lease: 'build/a', number } }));
    expect(await fenced(1)).toEqual({ kind: 'fenced', lease: 'build/a' });
    await store.lease('build/a', 'one', 1000);
    expect((await fenced(1)).kind).toBe('committed');
    expect((await fenced(2)).kind).toBe('fenced');
    clock.advance(1000);
    expect((await fenced(1)).kind).toBe('fenced');
    await store.lease('build/a', 'two', 1000);
    expect([(await fenced(1)).kind, (await fenced(2)).kind]).toEqual(['fenced', 'committed']);
    await store.release({ name: 'build/a', number: 2, until: '' });
    expect([(await fenced(2)).kind, await store.head()]).toEqual(['fenced', 2]);
  });
}

function readLogTests(fresh: Fresh): void {
  test('reads are kept in the order of their arrival, and the next entry anchors them', async () => {
    const store = await fresh();
    expect(await store.reads({ limit: 9 })).toEqual([]);
    for (const number of [1, 2]) await store.recordRead(readRecord(number));
    await Promise.all([3, 4, 5, 6].map((number) => store.recordRead(readRecord(number))));
    const digests = (await store.reads({ limit: 9 })).map(({ digest }) => digest).toReversed();
    expect(digests.slice(0, 2)).toEqual(['digest 1', 'digest 2']);
    expect(digests.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((number) => `digest ${number}`));
    expect(await store.reads({ before: 3, limit: 1 })).toEqual([{ sequence: 2, ...readRecord(2) }]);
    expect(await store.head()).toBe(0);
    expect(committed(await store.transact(change([]))).reads).toMatchObject({ sequence: 6 });
    expect(await store.verify()).toEqual([]);
  });

  test('who used which column how often and when last is counted as reads come', async () => {
    const store = await fresh();
    const odd = 'ü\u0000"\ud800';
    const read = (number: number, principal: string, tables: readonly (readonly [string, ...string[]])[]) =>
      store.recordRead({
        ...readRecord(number),
        at: day(number),
        principal,
        tables: tables.map(([table, ...columns]) => ({ table, snapshot: '7', agreement: null, role: 'plain', columns })),
      });
    await read(1, 'mia', [['t', 'a', 'b']]);
    await Promise.all([
      read(3, 'mia', [
        ['t', 'a'],
        ['t', 'a'],
        ['u', 'a'],
      ]),
      read(2, 'mia', [['t']]),
      read(4, 'max', [['t', odd]]),
    ]);
    await read(5, odd, [[odd, odd]]);
    expect(await store.readUses(['t'])).toEqual([
      { table: 't', principal: 'max', reads: 1, last: day(4), columns: [{ column: odd, reads: 1, last: day(4) }] },
      {
        table: 't',
        principal: 'mia',
        reads: 3,
        last: day(3),
        columns: [
          { column: 'a', reads: 2, last: day(3) },
          { column: 'b', reads: 1, last: day(1) },
        ],
      },
    ]);
    expect((await store.readUses(['none', 'u', odd])).map(({ table, principal, reads }) => [table, principal, reads])).toEqual([
      ['u', 'mia', 1],
      [odd, odd, 1],
    ]);
    expect(await store.verify()).toEqual([]);
  });
}

function readUseTests(fresh: Fresh): void {
  test('old reads are forgotten on record, their uses and both chains stay', async () => {
    const store = await fresh();
    for (const number of [1, 2, 3]) await store.recordRead({ ...readRecord(number), at: day(number) });
    await store.transact(change([put('a')]));
    const uses = await store.readUses(['finance.metrics']);
    expect([await store.forgetReads(day(1)), await store.forgetReads(day(3), true), await store.head()]).toEqual([0, 2, 1]);
    await store.forgetReads(day(3));
    expect((await store.reads({ limit: 9 })).map(({ sequence }) => sequence)).toEqual([3]);
    expect((await store.log({ after: 1 })).map(({ intent, forgotten }) => [intent, forgotten?.sequence])).toEqual([['reads.forget', 2]]);
    expect([await store.verify(), await store.readUses(['finance.metrics'])]).toEqual([[], uses]);
    await store.forgetReads(day(9));
    await store.recordRead({ ...readRecord(4), at: day(4) });
    expect((await store.reads({ limit: 9 })).map(({ sequence }) => sequence)).toEqual([4]);
    expect((await store.readUses(['finance.metrics'])).map(({ reads, last }) => [reads, last])).toEqual([[4, day(4)]]);
    expect(await store.verify()).toEqual([]);
  });

  test('endless reads let other work have its turn', async () => {
    const store = await fresh();
    const over = new AbortController();
    let number = 0;
    const reading = (async () => {
      while (!over.signal.aborted) await store.recordRead(readRecord((number += 1)));
    })();
    await new Promise((resolve) => setImmediate(resolve));
    over.abort();
    await reading;
    expect((await store.reads({ limit: number + 9 })).length).toBe(number);
  });
}

function concurrencyTests(fresh: Fresh): void {
  test('of many who expect the same version exactly one wins', async () => {
    const store = await fresh();
    const key = { kind: 'product', id: 'a' } as const;
    let version: number | 'absent' = 'absent';
    for (let round = 0; round < 3; round += 1) {
      const expected: number | 'absent' = version;
      const attempts: Promise<TransactResult>[] = Array.from({ length: 12 }, (_, n) =>
        store.transact(change([put('a', { n })], { expect: [{ ...key, version: expected }] })),
      );
      const results: TransactResult[] = await Promise.all(attempts);
      const winners = results.filter(({ kind }) => kind === 'committed').map(committed);
      expect(winners).toHaveLength(1);
      version = winners[0]?.sequence ?? 'absent';
      expect(results.filter((result) => result.kind === 'conflict').map(({ found }) => found)).toEqual(Array(11).fill(version));
    }
    expect(await store.head()).toBe(3);
  });

  test('of many who expect the same kinds unchanged exactly one wins', async () => {
    const store = await fresh();
    const attempts = Array.from({ length: 12 }, (_, n) => store.transact(change([put(`d${n}`)], { unchanged: { kinds: ['product'], since: 0 } })));
    const results = await Promise.all(attempts);
    const [winner, ...others] = results.filter(({ kind }) => kind === 'committed').map(committed);
    expect([winner?.sequence, others, await store.head()]).toEqual([1, [], 1]);
    const conflict = { kind: 'conflict', key: { kind: 'product', id: winner?.writes[0]?.id }, found: 1 };
    expect(results.filter(({ kind }) => kind === 'conflict')).toEqual(Array.from({ length: 11 }, () => conflict));
  });

  test('parallel transactions and reads leave whole chains', async () => {
    const store = await fresh();
    const work = Array.from({ length: 20 }, (_, number) => [
      store.transact(change([put(`d${number % 4}`, { number })])),
      store.recordRead(readRecord(number)),
      store.list('product'),
    ]);
    await Promise.all(work.flat());
    expect((await store.log()).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, number) => number + 1));
    expect((await store.reads({ limit: 99 })).length).toBe(20);
    expect((await store.readUses(['finance.metrics'])).map(({ reads }) => reads)).toEqual([20]);
    expect(await store.verify()).toEqual([]);
  });
}
