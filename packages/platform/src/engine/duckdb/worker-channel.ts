import { flushCompileCache } from 'node:module';
import { setgid, setgroups, setuid } from 'node:process';
import { type FromWorker, faultOf, type ToWorker } from './worker-message.ts';

export interface WorkerTask<Request> {
  handle(request: Request, progress: (done: number) => void): Promise<unknown>;
  interrupt(): void;
}

/**
 * The worker's side of `worker-process.ts`: call it once all code is loaded. Gives up root first where told to, and
 * dies with its parent.
 */
export function serveParent<Request>(task: WorkerTask<Request>): void {
  becomeUser(process.argv.slice(2).map(Number));
  const send = (message: FromWorker): void => {
    process.send?.(message, undefined, {}, () => undefined);
  };
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'interrupt') return task.interrupt();
    const { id } = message;
    task
      .handle(message.request as Request, (done) => send({ kind: 'progress', id, done }))
      .then(
        (value) => send({ kind: 'reply', id, value }),
        (error: unknown) => send({ kind: 'fault', id, fault: faultOf(error) }),
      );
  });
  send({ kind: 'ready' });
  // A worker is ended by a signal, and Node keeps compiled code at an orderly end only.
  flushCompileCache();
}

function becomeUser([uid, gid]: readonly number[]): void {
  if (uid === undefined || gid === undefined) return;
  setgroups?.([gid]);
  setgid?.(gid);
  setuid?.(uid);
}
