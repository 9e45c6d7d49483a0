import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Clock } from '../../clock.ts';
import { ExternalError } from '../../error.ts';
import type { LogEntry, ReadRecord, Store, Transaction } from '../store.ts';
import { createBell } from './bell.ts';
import type { Head } from './chain.ts';
import { listDocuments, readDocument } from './documents.ts';
import { type Age, forgetPage, forgetReads, oldReads } from './forget-reads.ts';
import { endLease, grantLease } from './leases.ts';
import { type Chain, readHead, readLog, sequenceAt, transact } from './log.ts';
import { readQueue } from './read-queue.ts';
import { listUses } from './read-uses.ts';
import { appendReads, newestReads } from './reads.ts';
import type { Steps } from './steps.ts';
import { verifyLog, verifyReads } from './verify.ts';

/** What a store needs of a SQL database. */
export interface Runner {
  read<T>(steps: Steps<T>): Promise<T>;
  /** All or nothing, durable when it returns, one at a time per chain among all processes. */
  write<T>(chain: Chain, steps: (head: Head) => Steps<T>): Promise<T>;
  /** A long read of one state of the store, beside other work. */
  snapshot<T>(steps: Steps<T>): Promise<T>;
  /** What the database itself finds damaged in its file, in its words. */
  damages(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface SqlStoreOptions {
  readonly runner: Runner;
  readonly clock: Clock;
  /** How often a watcher looks for entries of other processes; absent where there are none. */
  readonly pollMs?: number;
}

const watchPage = 500;
/** Reads after which an entry is written for their anchor alone, where no other transaction brought one. */
const anchorEvery = 10_000;
const anchor: Transaction = { actor: 'store', intent: 'reads.anchor', reason: 'Many reads since the last entry.', writes: [] };

export function sqlStore({ runner, clock, pollMs }: SqlStoreOptions): Store {
  const bell = createBell(pollMs);
  const closed = new AbortController();
  let unanchored = 0;
  let closing: Promise<void> | undefined;
  const reads = readQueue(async (records) => {
    await runner.write('reads', (head) => appendReads(head, records));
    unanchored += records.length;
    if (unanchored >= anchorEvery) await commit(anchor);
  });

  async function commit(transaction: Transaction) {
    const result = await runner.write('log', (head) => transact(head, transaction, clock));
    if (result.kind !== 'committed') return result;
    unanchored = 0;
    bell.ring();
    return result;
  }

  async function* watch(after: number, signal: AbortSignal): AsyncIterable<LogEntry> {
    const either = AbortSignal.any([signal, closed.signal]);
    let last = after;
    while (!either.aborted) {
      const seen = bell.count;
      const entries = await runner.read(readLog(last, watchPage));
      if (entries.length === 0) await bell.wait(seen, either);
      for (const entry of entries) {
        if (either.aborted) return;
        yield entry;
        last = entry.sequence;
      }
    }
  }

  async function forget(before: string, dryRun = false): Promise<number> {
    const forgetSome = (age: Age) => (dryRun ? runner.read(oldReads(age)) : runner.write('log', (head) => forgetReads(head, age, clock)));
    let total = 0;
    for (let after = 0; ;) {
      const { count, newest } = await forgetSome({ before, after });
      total += count;
      if (count > 0 && !dryRun) bell.ring();
      if (count < forgetPage) return total;
      after = newest.sequence;
    }
  }

  async function close(): Promise<void> {
    closed.abort();
    await reads.drain();
    await runner.close();
  }

  return {
    transact: commit,
    read: (key, asOf) => runner.read(readDocument(key, asOf)),
    list: (kind, asOf) => runner.read(listDocuments(kind, asOf)),
    head: async () => (await runner.read(readHead('log'))).sequence,
    sequenceAt: (time) => runner.read(sequenceAt(time)),
    log: (range = {}) => runner.read(readLog(range.after, range.limit)),
    watch,
    lease: (name, holder, ttlMs) => runner.write('log', () => grantLease({ name, holder, ttlMs }, clock)),
    release: (lease) => runner.write('log', () => endLease(lease)),
    recordRead: (record: ReadRecord) => reads.add(record),
    reads: (range) => runner.read(newestReads(range)),
    readUses: (tables) => runner.read(listUses(tables)),
    forgetReads: forget,
    verify: () => verify(runner),
    close: () => (closing ??= close()),
  };
}

async function verify(runner: Runner): Promise<readonly Finding[]> {
  const findings: Finding[] = (await runner.damages()).map(damage);
  for (const walk of [verifyLog, verifyReads]) {
    try {
      await runner.snapshot(walk((finding) => findings.push(finding)));
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      findings.push(damage(error.message));
    }
  }
  return findings;
}

function damage(message: string): Finding {
  return { code: 'store.file', severity: 'error', message, hint: 'Restore a backup.' };
}
