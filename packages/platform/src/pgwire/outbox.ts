import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WireError } from './wire-error.ts';

/** Messages to one client, gathered so that what belongs together is one write. */
export interface Outbox {
  put(message: Uint8Array): void;
  /** Sends what was put, and waits until the client takes more. Rejects where it went away, or reads nothing for long. */
  flush(): Promise<void>;
  /** The same once there is much of it. */
  flushFull(): Promise<void>;
}

const FULL_BYTES = 64 * 1024;

export function openOutbox(socket: Socket, unreadMs: number, closed: AbortSignal): Outbox {
  let held: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (bytes === 0) return;
    const batch = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [];
    bytes = 0;
    closed.throwIfAborted();
    if (socket.write(batch)) return;
    const late = AbortSignal.timeout(unreadMs);
    await once(socket, 'drain', { signal: AbortSignal.any([closed, late]) }).catch(() => {
      socket.destroy();
      throw new WireError('08006', 'The client went away, or reads nothing.', { fatal: true });
    });
  };
  return {
    put: (message) => {
      held.push(message);
      bytes += message.length;
    },
    flush,
    flushFull: async () => {
      if (bytes >= FULL_BYTES) await flush();
    },
  };
}
