import type { ReadRecord } from '../store.ts';

/** Collects what arrives together and appends it in one go: one batch in flight, the next one gathers meanwhile. */
export interface ReadQueue {
  add(record: ReadRecord): Promise<void>;
  /** Returns when nothing is waiting or under way. */
  drain(): Promise<void>;
}

/** A bound on one batch, so that a burst does not hold the store's writer for long. */
const batchLimit = 1000;

export function readQueue(append: (records: readonly ReadRecord[]) => Promise<void>): ReadQueue {
  let waiting: { readonly record: ReadRecord; readonly done: PromiseWithResolvers<void> }[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // Gathers what this turn of the event loop brings, and lets everything else have its turn between two batches.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = waiting.slice(0, batchLimit);
      waiting = waiting.slice(batchLimit);
      await append(batch.map(({ record }) => record)).then(
        () => batch.forEach(({ done }) => done.resolve()),
        (error: unknown) => batch.forEach(({ done }) => done.reject(error)),
      );
    }
    running = undefined;
  }

  return {
    add(record) {
      const done = Promise.withResolvers<void>();
      waiting.push({ record, done });
      running ??= run();
      return done.promise;
    },
    drain: async () => running,
  };
}
