import { canonicalJson, formatKey } from '@hanse/core/document/document.ts';
import { ExternalError } from '../error.ts';
import type { LogEntry, ReadRecord, Store, Transaction, TransactResult } from './store.ts';

/** Over a store behind a bad network: tries again, and looks a lost answer up instead of guessing it. Reasons and read digests must be unique. */
export function patientStore(store: Store): Store {
  async function transact(transaction: Transaction): Promise<TransactResult> {
    for (;;) {
      try {
        return await store.transact(transaction);
      } catch (error) {
        rethrowUnlessBroken(error);
        const entry = (await again(() => store.log())).find((found) => isEntryOf(found, transaction));
        if (entry) return { kind: 'committed', entry };
      }
    }
  }

  async function recordRead(record: ReadRecord): Promise<void> {
    for (;;) {
      try {
        return await store.recordRead(record);
      } catch (error) {
        rethrowUnlessBroken(error);
        const found = await again(() => store.reads({ limit: Number.MAX_SAFE_INTEGER }));
        if (found.some(({ digest }) => digest === record.digest)) return;
      }
    }
  }

  async function* watch(after: number, signal: AbortSignal): AsyncIterable<LogEntry> {
    let last = after;
    while (!signal.aborted) {
      try {
        for await (const entry of store.watch(last, signal)) {
          last = entry.sequence;
          yield entry;
        }
        return;
      } catch (error) {
        rethrowUnlessBroken(error);
      }
    }
  }

  return {
    transact,
    recordRead,
    watch,
    read: (key, asOf) => again(() => store.read(key, asOf)),
    list: (kind, asOf) => again(() => store.list(kind, asOf)),
    head: () => again(() => store.head()),
    sequenceAt: (time) => again(() => store.sequenceAt(time)),
    log: (range) => again(() => store.log(range)),
    lease: (name, holder, ttlMs) => again(() => store.lease(name, holder, ttlMs)),
    release: (lease) => again(() => store.release(lease)),
    reads: (range) => again(() => store.reads(range)),
    readUses: (tables) => again(() => store.readUses(tables)),
    // How many were forgotten is lost with the answer; that they are is not.
    forgetReads: (before, dryRun) => again(() => store.forgetReads(before, dryRun)),
    verify: () => again(() => store.verify()),
    close: store.close,
  };
}

async function again<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      rethrowUnlessBroken(error);
    }
  }
}

function rethrowUnlessBroken(error: unknown): void {
  if (!(error instanceof ExternalError)) throw error;
}

function isEntryOf(entry: LogEntry, { reason, actor, writes }: Transaction): boolean {
  const keysOf = (list: Transaction['writes'] | LogEntry['writes']) => canonicalJson(list.map(formatKey));
  return entry.reason === reason && entry.actor === actor && keysOf(entry.writes) === keysOf(writes);
}
