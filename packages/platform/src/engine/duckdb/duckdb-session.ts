import { constants } from 'node:fs';
import { chown, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ExternalError, UserError } from '../../error.ts';
import type { DescribedColumn, ResultFormat, ResultStream, Session, SessionOptions, Statement } from '../engine.ts';
import type { Holding, SessionRequest } from './session-request.ts';
import { errorOf } from './worker-message.ts';
import type { PooledWorker, WorkerPool } from './worker-pool.ts';
import type { WorkerIdentity } from './worker-process.ts';
import { watchWorker, type WorkerWatch } from './worker-watch.ts';

export interface SessionSettings {
  readonly pool: WorkerPool;
  readonly threads: number;
  readonly identity?: WorkerIdentity;
  readonly unreadMs: number;
}

/** Opens a session on a worker that holds exactly its relations: one kept from before, or a blank one. */
export async function openDuckdbSession(settings: SessionSettings, options: SessionOptions): Promise<Session> {
  const { relations, limits, signal, owner } = options;
  const holding: Holding = {
    relations,
    writable: options.writable ?? [],
    readable: options.readable ?? [],
    memoryBytes: limits.memoryBytes,
    tempBytes: limits.tempBytes,
    threads: settings.threads,
  };
  const key = JSON.stringify(holding);
  const worker = await settings.pool.take({ key, owner, signal });
  const watch = watchWorker(worker.process, { ...limits, ...(signal === undefined ? {} : { signal }) });
  const session = new DuckdbSession(settings, worker, watch, options);
  try {
    if (settings.identity !== undefined) await createWritable(holding.writable, settings.identity);
    if (worker.key === undefined) await session.ask({ kind: 'open', holding, tempFolder: worker.folder });
    worker.key = key;
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** A worker of another user writes files that are there and its own, and needs no right on the folder. */
async function createWritable(paths: readonly string[], { uid, gid }: WorkerIdentity): Promise<void> {
  for (const path of paths) {
    await (await open(path, 'a')).close();
    await chown(path, uid, gid);
  }
}

const exportWatchMs = 200;
const settleMs = 1_000;

class DuckdbSession implements Session {
  readonly #settings: SessionSettings;
  readonly #worker: PooledWorker;
  readonly #watch: WorkerWatch;
  readonly #options: SessionOptions;
  #last: Promise<unknown> = Promise.resolve();
  #running = false;
  #clean = true;
  #unread: NodeJS.Timeout | undefined;
  #closed = false;
  /** `reading`: somebody waits for the next frame. */
  #stream: 'none' | 'open' | 'reading' = 'none';

  constructor(settings: SessionSettings, worker: PooledWorker, watch: WorkerWatch, options: SessionOptions) {
    this.#settings = settings;
    this.#worker = worker;
    this.#watch = watch;
    this.#options = options;
  }

  /** One request at a time, in the order they were asked. */
  async ask<Reply>(request: SessionRequest, progress?: (done: number) => void): Promise<Reply> {
    if (this.#stream !== 'none') throw new Error('A session runs nothing else while a stream is open.');
    if (this.#closed) throw new Error('The session is closed.');
    const asked = this.#last.then(() => this.#send<Reply>(request, progress));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async #send<Reply>(request: SessionRequest, progress: ((done: number) => void) | undefined): Promise<Reply> {
    if (this.#watch.stopped !== undefined) throw this.#watch.stopped;
    this.#running = true;
    try {
      return await this.#worker.process.request<Reply>(request, progress);
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#running = false;
    }
  }

  /** Why we stopped a worker counts for more than what it said then. */
  #failure(error: unknown): unknown {
    if (!(error instanceof UserError) || this.#watch.stopped !== undefined) this.#clean = false;
    return this.#watch.stopped ?? error;
  }

  parse: Session['parse'] = (sql) => this.ask({ kind: 'parse', sql });

  describe: Session['describe'] = (statement) => this.ask({ kind: 'describe', statement });

  rows: Session['rows'] = (statement, progress) => this.ask({ kind: 'rows', statement, progress: progress !== undefined }, progress);

  write: Session['write'] = (statement, target, progress) => this.ask({ kind: 'write', statement, target, progress: progress !== undefined }, progress);

  async stream(statement: Statement, format: ResultFormat): Promise<ResultStream> {
    if (format === 'parquet') return this.#export(statement);
    const { maxRows } = this.#options.limits;
    const limit = maxRows === undefined ? {} : { maxRows };
    const columns = await this.ask<readonly DescribedColumn[]>({ kind: 'stream', statement, format, ...limit });
    this.#stream = 'open';
    return { columns, body: this.#attended(this.#body()) };
  }

  /** Ends the session where nobody takes the next bytes for long: its worker is wanted by others. */
  #attended(body: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    const { unreadMs } = this.#settings;
    let given: UserError | undefined;
    const wait = (): void => {
      this.#unread = setTimeout(() => {
        given = new UserError(
          'timeout',
          `The result was ended: nobody read on for ${unreadMs / 1_000} s.`,
          'Read it faster, or ask for less; --unread gives readers longer.',
        );
        void this[Symbol.asyncDispose]();
      }, unreadMs);
    };
    wait();
    return {
      next: async () => {
        clearTimeout(this.#unread);
        if (given !== undefined) throw given;
        // The worker serves others by now.
        if (this.#closed) throw this.#watch.stopped ?? new ExternalError('The session was closed before its result was read.');
        const next = await chunks.next();
        if (next.done !== true) wait();
        return next;
      },
      return: async () => {
        clearTimeout(this.#unread);
        await chunks.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#body(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let bytes = await this.#next(); bytes !== undefined; bytes = await this.#next()) yield bytes;
    } finally {
      if (this.#stream !== 'none') await this.#settle();
    }
  }

  /** The next bytes; undefined at the mark that ends a stream. A socket that ends without it has lost its worker. */
  async #next(): Promise<Uint8Array | undefined> {
    this.#stream = 'reading';
    const { value: frame } = await this.#worker.frames.next().catch(() => ({ value: undefined }));
    this.#stream = frame?.kind === 'data' ? 'open' : 'none';
    if (frame === undefined) throw this.#failure(await this.#worker.process.exited);
    if (frame.kind === 'error') throw this.#failure(errorOf(JSON.parse(frame.bytes.toString())));
    return frame.kind === 'end' ? undefined : frame.bytes;
  }

  /** Stops what still runs, so that the worker can serve again; ends the worker where that takes long. */
  async #settle(): Promise<void> {
    const { process } = this.#worker;
    if (this.#stream === 'reading') return process.kill('The session was closed while its result was read.');
    const killing = setTimeout(() => process.kill('The query did not stop when asked.'), settleMs);
    process.interrupt();
    while (this.#stream !== 'none') await this.#next().catch(() => undefined);
    if (this.#running) await this.#last;
    clearTimeout(killing);
  }

  /** Parquet has its index at the end: the file is written whole, then sent; a failure comes before any byte. */
  async #export(statement: Statement): Promise<ResultStream> {
    const path = join(this.#worker.folder, 'result.parquet');
    const { maxRows, tempBytes } = this.#options.limits;
    const size = setInterval(() => this.#watchSize(path, tempBytes), exportWatchMs);
    try {
      const limit = maxRows === undefined ? {} : { maxRows };
      const columns = await this.ask<readonly DescribedColumn[]>({ kind: 'export', statement, path, ...limit });
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      return { columns, body: this.#attended(file.createReadStream()) };
    } finally {
      clearInterval(size);
      await unlink(path).catch(() => undefined);
    }
  }

  /** DuckDB's limit on temporary files does not count what COPY writes. */
  async #watchSize(path: string, limit: number): Promise<void> {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    if (size > limit)
      this.#watch.stop(
        new UserError(
          'limit',
          `The result was stopped: it is larger than ${limit} bytes, the session's temporary space.`,
          'Select fewer columns or rows, or give it more: --temp.',
        ),
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#unread);
    if (this.#stream !== 'none' || this.#running) await this.#settle();
    this.#watch[Symbol.dispose]();
    // Staged places are for one session.
    const isLast = (this.#options.writable ?? []).length > 0;
    await this.#settings.pool.give(this.#worker, this.#clean && !isLast && this.#worker.key !== undefined);
  }
}
