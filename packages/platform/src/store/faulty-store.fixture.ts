import { ExternalError } from '../error.ts';
import type { LogEntry, Store } from './store.ts';

/** What happens to one call: it fails without effect, it has its effect and its answer is lost, or it is slow. */
export type Fault = 'none' | 'before' | 'after' | 'late';

/** A store behind a bad network; `close` alone is spared. */
export function faultyStore(store: Store, nextFault: () => Fault): Store {
  function faulty<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      const fault = nextFault();
      if (fault === 'before') throw new ExternalError('The connection broke before the store heard the call.');
      if (fault === 'late') for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      const result = await call(...args);
      if (fault === 'after') throw new ExternalError('The connection broke: whether the call had its effect is not known.');
      return result;
    };
  }

  return {
    transact: faulty(store.transact),
    read: faulty(store.read),
    list: faulty(store.list),
    head: faulty(store.head),
    sequenceAt: faulty(store.sequenceAt),
    log: faulty(store.log),
    watch: (after, signal) => faultyEntries(store.watch(after, signal), nextFault),
    lease: faulty(store.lease),
    release: faulty(store.release),
    recordRead: faulty(store.recordRead),
    reads: faulty(store.reads),
    readUses: faulty(store.readUses),
    forgetReads: faulty(store.forgetReads),
    verify: faulty(store.verify),
    close: store.close,
  };
}

async function* faultyEntries(entries: AsyncIterable<LogEntry>, nextFault: () => Fault): AsyncIterable<LogEntry> {
  for await (const entry of entries) {
    const fault = nextFault();
    if (fault === 'before') throw new ExternalError('The connection broke before the entry arrived.');
    if (fault === 'late') await nextTurn();
    yield entry;
    if (fault === 'after') throw new ExternalError('The connection broke after the entry.');
  }
}

/** Four calls in ten go wrong; the same seed gives the same faults. */
export function randomFaults(seed: number): () => Fault {
  const faults: readonly Fault[] = ['before', 'after', 'after', 'late'];
  const next = seededRandom(seed);
  return () => faults[Math.floor(next() * 10)] ?? 'none';
}

/** Numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
