import { ExternalError } from '../../error.ts';
import { residentBytes, type WorkerProcess } from './worker-process.ts';

export interface WatchLimits {
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  readonly signal?: AbortSignal;
}

export interface WorkerWatch extends Disposable {
  /** Why the worker was told to stop; undefined while nothing is wrong. */
  readonly stopped: ExternalError | undefined;
  stop(reason: string, hint?: string): void;
}

const graceMs = 1_000;
const memoryIntervalMs = process.platform === 'linux' ? 50 : 500;
/** What Node and DuckDB take before any data is in them. */
const emptyWorkerBytes = 128 * 2 ** 20;

/**
 * Ends a worker for certain: asked at its deadline or by the signal, and killed one second later if it goes on; killed at
 * once past 1.5 times its memory. DuckDB's own limits are requests that some of its functions do not hear.
 */
export function watchWorker(worker: WorkerProcess, limits: WatchLimits): WorkerWatch {
  let stopped: ExternalError | undefined;
  let killing: NodeJS.Timeout | undefined;
  const stop: WorkerWatch['stop'] = (reason, hint) => {
    if (stopped !== undefined) return;
    stopped = new ExternalError(reason, hint === undefined ? {} : { hint });
    worker.interrupt();
    killing = setTimeout(() => worker.kill(reason), graceMs);
  };
  const onAbort = (): void => stop('The query was cancelled.');
  const deadline = setTimeout(
    () => stop(`The query was stopped at its deadline of ${limits.deadlineMs / 1_000} s.`, 'Ask for less, or give it longer: --deadline, and --build-deadline for builds.'),
    limits.deadlineMs,
  );
  const memory = setInterval(async () => {
    const bytes = await residentBytes(worker.pid);
    if (bytes === undefined || bytes <= 1.5 * limits.memoryBytes + emptyWorkerBytes) return;
    worker.kill(`The query was killed: it took ${mib(bytes)} MiB of memory, its limit is ${mib(limits.memoryBytes)} MiB.`);
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

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
