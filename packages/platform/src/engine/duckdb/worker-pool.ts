import { rm } from 'node:fs/promises';
import { ExternalError } from '../../error.ts';
import { type Frame, readFrames } from './frame.ts';
import { TurnQueue } from './turn-queue.ts';
import { makeWorkerFolder } from './worker-folder.ts';
import { residentBytes, startWorker, type WorkerIdentity, type WorkerProcess } from './worker-process.ts';

export interface PoolSizes {
  /** Sessions of people at a time; each has a worker of its own. The mesh's own sessions have as many, and one more. */
  readonly sessions: number;
  readonly sessionsPerOwner: number;
  /** People's sessions that may wait for a worker; one more is refused. */
  readonly queued: number;
  readonly queuedPerOwner: number;
  /** How long a person's session may wait for a worker. */
  readonly waitMs: number;
  /** Workers kept started, with nothing opened: so many wherever the pool was at rest for a moment, one while it works. */
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
  /** Whose session has it; absent where it is the mesh's own. */
  owner: string | undefined;
}

export interface WorkerRequest {
  /** What the worker is to hold. */
  readonly key: string;
  readonly owner: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A build takes one session after the other: workers that start meanwhile would take its processor time. */
const restMs = 100;

interface Idle {
  readonly worker: PooledWorker;
  readonly bytes: number;
  readonly expiry: NodeJS.Timeout;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #blank: Promise<PooledWorker>[] = [];
  readonly #workers = new Set<PooledWorker>();
  #idle: readonly Idle[] = [];
  readonly #people: TurnQueue;
  /** Builds and slices: they neither wait for people's statements nor keep these waiting. */
  readonly #own: TurnQueue;
  #used = false;
  #rest: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  constructor(options: PoolOptions) {
    this.#options = options;
    const { sessions, sessionsPerOwner, queued, queuedPerOwner, waitMs } = options.sizes;
    this.#people = new TurnQueue('query workers', { turns: sessions, perOwner: sessionsPerOwner, queued, queuedPerOwner, waitMs });
    // One more than builds take, for slices that a reader waits for.
    const own = sessions + 1;
    this.#own = new TurnQueue('workers', { turns: own, perOwner: own, queued: Infinity, queuedPerOwner: Infinity, waitMs: Infinity });
    this.#refill(1);
  }

  /** A worker that holds what `key` stands for, or a blank one. Throws `UserError` where too many wait already, or too long. */
  async take(request: WorkerRequest): Promise<PooledWorker> {
    if (this.#closing.signal.aborted) throw new ExternalError('The query engine is closed.');
    const { key, owner, signal } = request;
    clearTimeout(this.#rest);
    await this.#turns(owner).enter({ key, owner: owner ?? '', signal });
    try {
      const worker = await this.#workerFor(key);
      worker.owner = owner;
      return worker;
    } catch (error) {
      this.#leave(owner, key);
      throw error;
    }
  }

  async #workerFor(key: string): Promise<PooledWorker> {
    const kept = this.#idle.findLast(({ worker }) => worker.key === key && !worker.process.ended);
    if (kept !== undefined) {
      this.#forget(kept);
      return kept.worker;
    }
    const [oldest] = this.#idle;
    if (oldest !== undefined && this.#people.taken + this.#own.taken + this.#idle.length > this.#options.sizes.sessions) this.#evict(oldest);
    // The first session of a command is often its last.
    const again = this.#used;
    this.#used = true;
    try {
      return await this.#unopened();
    } finally {
      if (again) this.#refill(1);
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
    this.#leave(worker.owner, worker.key);
  }

  async close(): Promise<void> {
    clearTimeout(this.#rest);
    const workers = [...this.#workers];
    for (const { process } of workers) process.kill('The query engine was closed.');
    this.#closing.abort();
    for (const turns of [this.#people, this.#own]) turns.refuseAll(new ExternalError('The query engine is closed.'));
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

  #turns(owner: string | undefined): TurnQueue {
    return owner === undefined ? this.#own : this.#people;
  }

  #leave(owner: string | undefined, key: string | undefined): void {
    this.#turns(owner).leave(owner ?? '', key);
    if (this.#people.taken + this.#own.taken > 0) return;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#refill(this.#options.sizes.blank), restMs).unref();
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
    const worker = { process: started, folder, frames: readFrames(started.socket), key: undefined, owner: undefined };
    this.#workers.add(worker);
    void started.exited.then(async () => {
      this.#workers.delete(worker);
      for (const idle of this.#idle) if (idle.worker === worker) this.#forget(idle);
      await rm(folder, { recursive: true, force: true });
    });
    return worker;
  }

  #refill(wanted: number): void {
    while (!this.#closing.signal.aborted && this.#blank.length < Math.min(wanted, this.#options.sizes.blank)) {
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
