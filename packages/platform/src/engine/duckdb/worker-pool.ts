import { rm } from 'node:fs/promises';
import { ExternalError, UserError } from '../../error.ts';
import { type Frame, readFrames } from './frame.ts';
import { makeWorkerFolder } from './worker-folder.ts';
import { residentBytes, startWorker, type WorkerIdentity, type WorkerProcess } from './worker-process.ts';

export interface PoolSizes {
  /** Sessions at a time; each has a worker of its own. */
  readonly sessions: number;
  /** Sessions that may wait for a worker; one more is refused. */
  readonly queued: number;
  /** Workers kept started, with nothing opened. */
  readonly blank: number;
  /** Memory that workers may hold while nobody uses them; the longest unused end first. */
  readonly idleBytes: number;
  /** How long a worker keeps its relations open while nobody uses it. */
  readonly idleMs: number;
}

export interface PoolOptions {
  readonly script: URL;
  readonly tempFolder: string;
  readonly sizes: PoolSizes;
  readonly identity?: WorkerIdentity;
}

/** A worker that is taken by one session at a time. `key`: what it holds; absent while it is blank. */
export interface PooledWorker {
  readonly process: WorkerProcess;
  readonly folder: string;
  readonly frames: AsyncGenerator<Frame, void, undefined>;
  key: string | undefined;
}

interface Idle {
  readonly worker: PooledWorker;
  readonly bytes: number;
  readonly expiry: NodeJS.Timeout;
}

interface Waiting {
  readonly key: string;
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
  passedOver: number;
}

/** A session waits at most for so many later ones that need a worker which is already open. */
const maxPassedOver = 16;

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #blank: Promise<PooledWorker>[] = [];
  readonly #workers = new Set<PooledWorker>();
  #idle: readonly Idle[] = [];
  #waiting: readonly Waiting[] = [];
  #taken = 0;
  #used = false;
  readonly #closing = new AbortController();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#refill();
  }

  /** A worker that holds what `key` stands for, or a blank one. Throws `UserError` where too many wait already. */
  async take(key: string, signal?: AbortSignal): Promise<PooledWorker> {
    if (this.#closing.signal.aborted) throw new ExternalError('The query engine is closed.');
    await this.#slot(key, signal);
    const kept = this.#idle.findLast(({ worker }) => worker.key === key && !worker.process.ended);
    if (kept !== undefined) {
      this.#forget(kept);
      return kept.worker;
    }
    const [oldest] = this.#idle;
    if (oldest !== undefined && this.#taken + this.#idle.length > this.#options.sizes.sessions) this.#evict(oldest);
    // The first session of a command is often its last.
    const again = this.#used;
    this.#used = true;
    try {
      return await this.#unopened();
    } catch (error) {
      this.#leave(key);
      throw error;
    } finally {
      if (again) this.#refill();
    }
  }

  /** Takes a worker back. `clean`: it is at rest and holds what its key says, so that it can serve again. */
  async give(worker: PooledWorker, clean: boolean): Promise<void> {
    const bytes = (await residentBytes(worker.process.pid)) ?? 0;
    if (!clean || this.#closing.signal.aborted || worker.process.ended || bytes > this.#options.sizes.idleBytes) {
      worker.process.kill('The query worker was ended.');
    } else {
      const expiry = setTimeout(() => this.#expire(worker), this.#options.sizes.idleMs).unref();
      this.#idle = [...this.#idle, { worker, bytes, expiry }];
      this.#shrink();
    }
    this.#leave(worker.key);
  }

  async close(): Promise<void> {
    const workers = [...this.#workers];
    for (const { process } of workers) process.kill('The query engine was closed.');
    this.#closing.abort();
    for (const { refuse } of this.#waiting) refuse(new ExternalError('The query engine is closed.'));
    this.#waiting = [];
    for (const idle of this.#idle) clearTimeout(idle.expiry);
    this.#idle = [];
    await Promise.allSettled(this.#blank);
    await Promise.all(
      workers.map(async ({ process, folder }) => {
        await process.exited;
        await rm(folder, { recursive: true, force: true });
      }),
    );
  }

  async #unopened(): Promise<PooledWorker> {
    const blank = await this.#blank.shift()?.catch(() => undefined);
    return blank === undefined || blank.process.ended ? this.#start() : blank;
  }

  async #slot(key: string, signal: AbortSignal | undefined): Promise<void> {
    const { sessions, queued } = this.#options.sizes;
    if (this.#taken < sessions) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= queued) {
      throw new UserError('busy', `All ${sessions} query workers are busy and ${queued} queries wait.`, 'Try again in a moment.');
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { key, grant: resolve, refuse: reject, passedOver: 0 };
    const onAbort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(new ExternalError('The query was cancelled while it waited for a worker.', { cause: signal?.reason }));
    };
    this.#waiting = [...this.#waiting, waiting];
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    await promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** Hands a slot on: to who needs the worker just given back, unless the first in line was passed over too often. */
  #leave(key: string | undefined): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#taken -= 1;
      return;
    }
    const next = first.passedOver >= maxPassedOver ? first : (this.#waiting.find((waiting) => waiting.key === key) ?? first);
    if (next !== first) first.passedOver += 1;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    next.grant();
  }

  async #start(): Promise<PooledWorker> {
    const { script, tempFolder, identity } = this.#options;
    const making = makeWorkerFolder(tempFolder, identity);
    making.catch(() => undefined);
    const started = await startWorker(script, identity, this.#closing.signal).catch(async (error: unknown) => {
      await making.then((folder) => rm(folder, { recursive: true, force: true }));
      throw error;
    });
    const folder = await making.catch((error: unknown) => {
      started.kill('Its folder could not be made.');
      throw error;
    });
    const worker = { process: started, folder, frames: readFrames(started.socket), key: undefined };
    this.#workers.add(worker);
    void started.exited.then(async () => {
      this.#workers.delete(worker);
      for (const idle of this.#idle) if (idle.worker === worker) this.#forget(idle);
      await rm(folder, { recursive: true, force: true });
    });
    return worker;
  }

  #refill(): void {
    while (!this.#closing.signal.aborted && this.#blank.length < this.#options.sizes.blank) {
      const starting = this.#start();
      starting.catch(() => undefined);
      this.#blank.push(starting);
    }
  }

  #shrink(): void {
    const { sizes } = this.#options;
    const [oldest, ...others] = this.#idle;
    const bytes = this.#idle.reduce((sum, idle) => sum + idle.bytes, 0);
    if (oldest === undefined || others.length === 0 || bytes <= sizes.idleBytes) return;
    this.#evict(oldest);
    this.#shrink();
  }

  #expire(worker: PooledWorker): void {
    const idle = this.#idle.find((other) => other.worker === worker);
    if (idle !== undefined) this.#evict(idle);
  }

  #evict(idle: Idle): void {
    this.#forget(idle);
    idle.worker.process.kill('The query worker was unused.');
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.expiry);
    this.#idle = this.#idle.filter((other) => other !== idle);
  }
}
