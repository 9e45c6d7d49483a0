import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { serve as listenHttp } from '@hono/node-server';
import type { Principal } from '@hanse/core/access/principal.ts';
import { UserError } from './error.ts';
import { type Credentials, createRoutes } from './http/routes.ts';
import { httpLimits } from './http/limits.ts';
import { isLoopback } from './is-loopback.ts';
import type { OpenPlatform } from './open-platform.ts';
import { createApi } from './services/mesh-api.ts';
import { principalOf } from './services/token/tokens.ts';
import { personNamed } from './services/token/person-named.ts';

export interface Server {
  readonly url: string;
  /** Answers what is under way, for a few seconds; refuses what is not answered then, and closes. */
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly operator: string;
}

const GRACE_MS = 5_000;
/** A statement that is told to stop then is gone, at the latest by a kill, before the grace is over. */
const ANSWER_MS = 3_000;

/** Serves the mesh over HTTP and tells the folder's other processes where. Throws `UserError` where the address is taken. */
export async function serveMesh(open: OpenPlatform, options: ServeOptions): Promise<Server> {
  const { platform } = open;
  const ending = new AbortController();
  const app = createRoutes({
    ending: ending.signal,
    limits: httpLimits,
    version: options.version,
    health: async () => ({ head: await platform.store.head() }),
    apiFor: async (credentials) => {
      // A page of another site reaches this machine under a name of its own (DNS rebinding): it is no guest.
      const guests = credentials.open && isLoopback(options.host) && isLoopback(credentials.host);
      return createApi(platform, await authenticate(open, { ...credentials, open: guests }, options.operator));
    },
  });
  const server = listenHttp({ fetch: app.fetch, hostname: options.host, port: options.port });
  await once(server, 'listening').catch((error: Error) => {
    throw new UserError(
      'busy',
      `${options.host}:${options.port} cannot be listened on: ${error.message}`,
      'Take another with --listen, or port 0 for a free one.',
    );
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  open.announce(url);
  return {
    url,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      const refusing = setTimeout(
        () => ending.abort(new UserError('busy', 'the server was ended before the answer was there', 'Ask again once it is back.')),
        ANSWER_MS,
      );
      const closing = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(refusing);
      clearTimeout(closing);
    },
  };
}

/** The operator by the secret in the mesh's folder, a person by their token. Only the operator acts as others. */
async function authenticate({ platform, operatorToken }: OpenPlatform, { token, as, open }: Credentials, operator: string): Promise<Principal> {
  const hint = 'Send Authorization: Bearer <token>; make one with: hanse token create <username>.';
  if (token === undefined && open) return { kind: 'guest' };
  if (token === undefined) throw new UserError('unauthenticated', 'the request has no token', hint);
  if (isSame(token, operatorToken)) return as === undefined ? { kind: 'operator', username: operator } : personNamed(platform, as, operator);
  const principal = await principalOf(platform, token);
  if (principal === undefined) throw new UserError('unauthenticated', 'the token is not known here, or has expired', hint);
  if (as !== undefined) throw new UserError('denied', 'only the operator acts as somebody else', 'Leave out X-Hanse-As.');
  return principal;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
