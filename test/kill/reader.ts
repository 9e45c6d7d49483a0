import { setTimeout as delay } from 'node:timers/promises';
import { TABLES, type TownTable } from '../fixtures/town.ts';

/** Leaves the processor to who builds. */
const PAUSE_MS = 20;

/** Reads again and again, while a process serves. */
export interface Reader {
  /** Where the process that serves now listens; undefined while none does. */
  point(url: string | undefined): void;
  /** Rejects once a read found something wrong; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the reading; throws what a read found wrong. */
  stop(): Promise<void>;
}

/** One read. `change` resolves to the next address when this one is no longer in force. */
type Read = (url: string, table: TownTable, change: Promise<string | undefined>) => Promise<void>;

export function startReader(read: Read): Reader {
  let url: string | undefined;
  let stopped = false;
  let change = Promise.withResolvers<string | undefined>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const ended = run().catch((error: unknown) => failed.reject(error));

  async function run(): Promise<void> {
    for (let turn = 0; !stopped; turn += 1) {
      const table = TABLES[turn % TABLES.length];
      if (url === undefined || table === undefined) await change.promise;
      else await read(url, table, change.promise);
      await delay(PAUSE_MS);
    }
  }

  function point(next: string | undefined): void {
    url = next;
    change.resolve(next);
    change = Promise.withResolvers();
  }

  return {
    point,
    failed: failed.promise,
    stop: async () => {
      stopped = true;
      point(url);
      await ended;
      await Promise.race([failed.promise, Promise.resolve()]);
    },
  };
}
