import { type ChildProcess, execFile, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { ExternalError } from '../../error.ts';
import { errorOf, type FromWorker, type ToWorker } from './worker-message.ts';

/** A child process that answers one request at a time. Nothing of our environment is in it but where compiled code is kept. */
export interface WorkerProcess {
  readonly pid: number;
  /** The socket that result bytes come on, apart from control. */
  readonly socket: Socket;
  /** Why it ended, once it has; never rejects. */
  readonly exited: Promise<ExternalError>;
  readonly ended: boolean;
  /** Rejects with the worker's own error, or with why it ended. */
  request<Reply>(request: unknown, progress?: (done: number) => void): Promise<Reply>;
  /** Asks the running request to stop; some of DuckDB's functions do not listen. */
  interrupt(): void;
  /** Ends it at once and for certain. */
  kill(reason: string): void;
}

export interface WorkerIdentity {
  readonly uid: number;
  readonly gid: number;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((done: number) => void) | undefined;
}

const stderrTailCharacters = 2_000;

/**
 * Starts a worker script (an absolute URL without extension: `.ts` here, `.js` where compiled) and waits until it
 * says that it is ready. `identity`: the user it becomes, where we may change that. `signal`: ends it, started or not.
 */
export async function startWorker(script: URL, identity?: WorkerIdentity, signal?: AbortSignal): Promise<WorkerProcess> {
  const file = new URL(`${script.href}${extname(import.meta.url)}`);
  const { NODE_COMPILE_CACHE } = process.env;
  const child = fork(file, identity === undefined ? [] : [String(identity.uid), String(identity.gid)], {
    env: { TZ: 'UTC', ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'ipc'],
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  const worker = supervise(child);
  await worker.ready;
  return worker;
}

function supervise(child: ChildProcess): WorkerProcess & { readonly ready: Promise<void> } {
  const waiting = new Map<number, Waiting>();
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<ExternalError>();
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('A worker has no data socket.');
  socket.on('error', () => undefined);
  let killedFor: string | undefined;
  let ended = false;
  let lastId = 0;
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr = `${stderr}${text}`.slice(-stderrTailCharacters)));

  const end = (why: string, hint?: string): void => {
    if (ended) return;
    ended = true;
    const isOurs = killedFor !== undefined || hint === undefined;
    const error = new ExternalError(killedFor ?? why, { ...(stderr !== '' && { cause: stderr }), ...(!isOurs && { hint }) });
    exited.resolve(error);
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    socket.destroy();
  };
  ready.promise.catch(() => undefined);
  child.on('error', (error) => end(`The query worker could not be run: ${error.message}`));
  child.on('exit', (code, signal) => end(`The query worker ended by itself (${signal ?? `exit code ${code}`}).`, 'Ask again; nothing was changed.'));
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') return ready.resolve();
    const request = waiting.get(message.id);
    if (message.kind === 'progress') return request?.progress?.(message.done);
    waiting.delete(message.id);
    if (message.kind === 'reply') request?.resolve(message.value);
    else request?.reject(errorOf(message.fault));
  });
  const send = (message: ToWorker): void => {
    if (!ended && child.connected) child.send(message, () => undefined);
  };

  return {
    pid: child.pid ?? 0,
    socket,
    ready: ready.promise,
    exited: exited.promise,
    get ended() {
      return ended;
    },
    async request<Reply>(request: unknown, progress?: (done: number) => void) {
      if (ended) throw await exited.promise;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      lastId += 1;
      waiting.set(lastId, { resolve, reject, progress });
      send({ kind: 'request', id: lastId, request });
      return (await promise) as Reply;
    },
    interrupt: () => send({ kind: 'interrupt' }),
    kill(reason) {
      killedFor ??= reason;
      child.kill('SIGKILL');
    },
  };
}

/** The memory a process holds, in bytes; undefined where the system does not say. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const kib = process.platform === 'linux' ? procResident(pid) : await psResident(pid);
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function procResident(pid: number): string | undefined {
  try {
    return /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

function psResident(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (_, stdout) => resolve(/\d+/.exec(stdout)?.[0]));
  });
}
