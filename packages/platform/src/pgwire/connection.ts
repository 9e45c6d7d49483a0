import type { Socket } from 'node:net';
import { beginSession, type Begun, readStart } from './begin-session.ts';
import { openInbox } from './inbox.ts';
import type { WireLimits } from './limits.ts';
import { openOutbox } from './outbox.ts';
import { replies } from './replies.ts';
import { readRequest } from './request.ts';
import type { TokenVerifier } from '../services/token/tokens.ts';
import { toldSettings } from './session-settings.ts';
import { WireError, wireError } from './wire-error.ts';
import { type WireMesh, WireSession } from './wire-session.ts';

export interface ConnectionOptions {
  readonly limits: WireLimits;
  readonly verifiersOf: (username: string) => Promise<readonly TokenVerifier[]>;
  readonly meshFor: (tokenId: string) => WireMesh;
  readonly isFull: () => boolean;
  readonly sessions: RunningSessions;
}

/** Sessions by the key with which another connection cancels what they run. */
export interface RunningSessions {
  add(session: WireSession): { readonly pid: number; readonly secret: Uint8Array; readonly remove: () => void };
  cancel(pid: number, secret: Uint8Array): void;
}

export interface Connection {
  /** Never rejects. */
  readonly ended: Promise<void>;
  /** Answers what runs, and nothing more. */
  end(): void;
  /** Ends what runs. */
  cancel(why: WireError): void;
  destroy(): void;
}

/** Serves one client until it leaves or is told to. */
export function openConnection(socket: Socket, options: ConnectionOptions): Connection {
  const { limits } = options;
  socket.setNoDelay(true);
  socket.setKeepAlive(true, limits.unreadMs);
  const closed = new AbortController();
  let session: WireSession | undefined;
  const cancel = (why: WireError) => session?.cancel(why);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    closed.abort(new WireError('08006', 'The client went away.', { fatal: true }));
    cancel(new WireError('08006', 'The client went away.', { fatal: true }));
  });
  const inbox = openInbox(socket, limits.aheadBytes);
  const outbox = openOutbox(socket, limits.unreadMs, closed.signal);
  const stranger = setTimeout(() => socket.destroy(), limits.authenticationMs);
  const serve = async (): Promise<void> => {
    const door = { ...options, inbox, outbox };
    const start = await readStart(door);
    if (start?.kind === 'cancel') return options.sessions.cancel(start.pid, start.secret);
    if (start === undefined) return;
    if (options.isFull()) throw new WireError('53300', 'too many connections already', { hint: 'Close some, or ask again later.' });
    const begun = await beginSession(door, start);
    if (begun === undefined) return;
    clearTimeout(stranger);
    session = new WireSession({ mesh: options.meshFor(begun.tokenId), outbox, limits, values: begun.values });
    const listed = options.sessions.add(session);
    try {
      for (const message of welcome(begun, listed)) outbox.put(message);
      await outbox.flush();
      for (;;) {
        const frame = await inbox.next({ maxBytes: limits.messageBytes, waitMs: limits.idleMs });
        if (frame === undefined) throw new WireError('57P01', 'the server ends', { hint: 'Connect again once it is back.' });
        const request = readRequest(frame);
        if (request.kind === 'terminate') return;
        await session.handle(request);
      }
    } finally {
      listed.remove();
      await session.close();
    }
  };
  const refuse = async (error: unknown): Promise<void> => {
    if (!socket.writable) return;
    const { sqlstate, message, hint } = wireError(error);
    outbox.put(replies.error(new WireError(sqlstate, message, { hint, fatal: true })));
    await outbox.flush();
  };
  const leave = (): void => {
    clearTimeout(stranger);
    socket.setTimeout(limits.unreadMs, () => socket.destroy());
    socket.destroySoon();
  };
  return {
    ended: serve()
      .catch(refuse)
      .catch(() => undefined)
      .finally(leave),
    end: () => inbox.end(),
    cancel,
    destroy: () => socket.destroy(),
  };
}

function welcome({ values }: Begun, { pid, secret }: { readonly pid: number; readonly secret: Uint8Array }): readonly Buffer[] {
  const settings = toldSettings(values).map(([name, value]) => replies.parameter(name, value));
  return [replies.authenticated, ...settings, replies.key(pid, secret), replies.ready('I')];
}
