import { availableParallelism } from 'node:os';
import type { Session, SessionOptions } from '../engine.ts';
import { openDuckdbSession } from './duckdb-session.ts';
import { sweepWorkerFolders } from './worker-folder.ts';
import { type PoolSizes, WorkerPool } from './worker-pool.ts';
import type { WorkerIdentity } from './worker-process.ts';

export interface DuckdbSessionsOptions {
  /** A folder of our own for what queries spill, on a disk with room. */
  readonly tempFolder: string;
  readonly sizes?: Partial<PoolSizes>;
  /** Threads of each worker. */
  readonly threads?: number;
  /**
   * The user that workers become where we are root. Needs relation files that it can read; staged files are given to it.
   */
  readonly identity?: WorkerIdentity;
  /** How long a result may stay unread before its session is ended. */
  readonly unreadMs?: number;
}

export interface DuckdbSessions {
  session(options: SessionOptions): Promise<Session>;
  close(): Promise<void>;
}

const cores = availableParallelism();
const defaultUnreadMs = 30_000;

export const defaultPoolSizes: PoolSizes = {
  sessions: Math.max(4, 2 * cores),
  sessionsPerOwner: Math.max(2, cores),
  queued: 200,
  queuedPerOwner: 50,
  waitMs: 30_000,
  // As many as a build takes one after the other: to write, to check, for slices.
  blank: 3,
  idleBytes: 2 ** 30,
  idleMs: 60_000,
};

/** The part of `Engine` that runs statements, on DuckDB in supervised child processes. */
export function openDuckdbSessions(options: DuckdbSessionsOptions): DuckdbSessions {
  void sweepWorkerFolders(options.tempFolder);
  const identity = options.identity === undefined ? {} : { identity: options.identity };
  const pool = new WorkerPool({
    script: new URL('./session-worker', import.meta.url),
    tempFolder: options.tempFolder,
    sizes: { ...defaultPoolSizes, ...options.sizes },
    ...identity,
  });
  return {
    session: (session) => openDuckdbSession({ pool, threads: options.threads ?? cores, unreadMs: options.unreadMs ?? defaultUnreadMs, ...identity }, session),
    close: () => pool.close(),
  };
}
