import type { Readable } from 'node:stream';

/**
 * Result bytes travel on a socket of their own as frames: one byte of kind, four of length (big endian), the payload.
 * A stream is over at its `end` or `error` frame only: a socket that closes before has lost its worker.
 */
export type Frame =
  { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'end'; readonly bytes: Buffer } | { readonly kind: 'error'; readonly bytes: Buffer };

const kinds = ['data', 'end', 'error'] as const;
const headerBytes = 5;

export function frameHeader(kind: Frame['kind'], length: number): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt8(kinds.indexOf(kind), 0);
  header.writeUInt32BE(length, 1);
  return header;
}

/** Frames as they come. A long data frame comes in several parts; the others come whole. Pulls only when asked. */
export async function* readFrames(socket: Readable): AsyncGenerator<Frame, void, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let open: { kind: Frame['kind']; left: number } | undefined;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (open === undefined) {
        if (pending.length < headerBytes) break;
        open = { kind: kinds[pending.readUInt8(0)] ?? 'error', left: pending.readUInt32BE(1) };
        pending = pending.subarray(headerBytes);
      }
      const whole = pending.length >= open.left;
      if (!whole && (open.kind !== 'data' || pending.length === 0)) break;
      const bytes = pending.subarray(0, open.left);
      pending = pending.subarray(bytes.length);
      const { kind } = open;
      open = whole ? undefined : { kind, left: open.left - bytes.length };
      yield { kind, bytes };
    }
  }
}
