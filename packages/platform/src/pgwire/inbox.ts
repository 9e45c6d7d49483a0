import type { Socket } from 'node:net';
import { outOfProtocol, WireError } from './wire-error.ts';

export interface Frame {
  /** The letter of its type; empty before the session has begun. */
  readonly type: string;
  readonly body: Buffer;
}

export interface FrameBounds {
  readonly untyped?: true;
  readonly maxBytes: number;
  readonly waitMs?: number;
}

/** Messages of one client, read as they are asked for. */
export interface Inbox {
  /** The next message; undefined where no more will come. `WireError` where its length cannot be, or it does not come in time. */
  next(bounds: FrameBounds): Promise<Frame | undefined>;
  /** Nothing more is given out. */
  end(): void;
}

/** Reads a socket a bounded way ahead, so that its end is noticed while a statement runs. */
export function openInbox(socket: Socket, aheadBytes: number): Inbox {
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  let wake = (): void => {};
  socket.on('data', (bytes: Buffer) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    if (held.length > aheadBytes) socket.pause();
    wake();
  });
  const end = (): void => {
    ended = true;
    wake();
  };
  socket.on('end', end);
  socket.on('close', end);
  return {
    end,
    next: async (bounds) => {
      const late = Promise.withResolvers<never>();
      late.promise.catch(() => undefined);
      const { waitMs } = bounds;
      const timer =
        waitMs === undefined
          ? undefined
          : setTimeout(() => late.reject(new WireError('57P05', `Nothing was asked for ${waitMs / 1_000} s.`, { fatal: true })), waitMs);
      try {
        for (;;) {
          const frame = ended ? undefined : frameOf(held, bounds);
          if (frame !== undefined) held = held.subarray(frame.bytes);
          if (frame !== undefined || ended) return frame;
          const woken = Promise.withResolvers<void>();
          wake = woken.resolve;
          socket.resume();
          await Promise.race([woken.promise, late.promise]);
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function frameOf(held: Buffer, { untyped, maxBytes }: FrameBounds): (Frame & { readonly bytes: number }) | undefined {
  const head = untyped ? 0 : 1;
  if (held.length < head + 4) return undefined;
  const length = held.readInt32BE(head);
  if (length < 4) throw outOfProtocol(`A message has the length ${length}.`);
  if (length > maxBytes) throw new WireError('54000', `A message has ${length} bytes, more than ${maxBytes}.`, { fatal: true });
  const bytes = head + length;
  if (held.length < bytes) return undefined;
  return { type: held.toString('latin1', 0, head), body: held.subarray(head + 4, bytes), bytes };
}
