import { ExternalError, UserError } from '../../error.ts';
import { residentBytes, type WorkerProcess } from './worker-process.ts';

export interface WatchLimits {
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  /** How long a worker that was asked to stop has before it is killed; a second where absent. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

export interface WorkerWatch extends Disposable {
  /** Why the worker was told to stop; undefined while nothing is wrong. */
  readonly stopped: Error | undefined;
  stop(reason: Error): void;
}

const defaultGraceMs = 1_000;
const memoryIntervalMs = process.platform === 'linux' ? 50 : 500;
/** What Node and DuckDB take before any data is in them. */
const emptyWorkerBytes = 128 * 2 ** 20;

/**
 * Ends a worker for certain: asked at its deadline or by the signal, and killed one second later if it goes on; killed at
 * once past 1.5 times its memory. DuckDB's own limits are requests that some of its functions do not hear.
 */
export function watchWorker(worker: WorkerProcess, limits: WatchLimits): WorkerWatch {
  let stopped: Error | undefined;
  let killing: NodeJS.Timeout | undefined;
  const stop = (reason: Error, graceMs = limits.graceMs ?? defaultGraceMs): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    if (graceMs === 0) return worker.kill(reason.message);
    worker.interrupt();
    killing = setTimeout(() => worker.kill(reason.message), graceMs);
  };
  const onAbort = (): void => stop(cancelled(limits.signal?.reason));
  const deadline = setTimeout(() => stop(pastDeadline(limits.deadlineMs)), limits.deadlineMs);
  const memory = setInterval(async () => {
    const bytes = await residentBytes(worker.pid);
    if (bytes === undefined || bytes <= 1.5 * limits.memoryBytes + emptyWorkerBytes) return;
    stop(pastMemory(bytes, limits.memoryBytes), 0);
  }, memoryIntervalMs);
  limits.signal?.addEventListener('abort', onAbort);
  if (limits.signal?.aborted === true) onAbort();
  return {
    get stopped() {
      return stopped;
    },
    stop,
    [Symbol.dispose]() {
      clearTimeout(deadline);
      clearTimeout(killing);
      clearInterval(memory);
      limits.signal?.removeEventListener('abort', onAbort);
    },
  };
}

function cancelled(reason: unknown): Error {
  return reason instanceof UserError ? reason : new ExternalError('The query was cancelled.', { cause: reason });
}

function pastDeadline(deadlineMs: number): UserError {
  return new UserError(
    'timeout',
    `The query was stopped at its deadline of ${deadlineMs / 1_000} s.`,
    'Ask for less, or give it longer: --deadline, --build-deadline for builds, --test-deadline for tests of contracts.',
  );
}

function pastMemory(bytes: number, limit: number): UserError {
  return new UserError(
    'memory',
    `The query was killed: it took ${mib(bytes)} MiB of memory, its limit is ${mib(limit)} MiB.`,
    'Select fewer columns or rows, or give it more: --memory.',
  );
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
