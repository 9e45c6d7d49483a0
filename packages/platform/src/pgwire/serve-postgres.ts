import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenAddress } from '../config.ts';
import { UserError } from '../error.ts';
import { isLoopback } from '../is-loopback.ts';
import type { Platform } from '../services/platform.ts';
import { answerQuery, describeQuery } from '../services/query/answer-query.ts';
import { principalOfId, verifiersOf } from '../services/token/tokens.ts';
import { type Connection, openConnection, type RunningSessions } from './connection.ts';
import { wireLimits, type WireLimits } from './limits.ts';
import { WireError } from './wire-error.ts';
import type { WireMesh, WireSession } from './wire-session.ts';

export interface PostgresListener {
  /** As libpq takes it: `postgres://127.0.0.1:5433`. */
  readonly url: string;
  /** Answers what is under way, for a few seconds; ends what is not answered then, and closes. */
  readonly close: () => Promise<void>;
}

const ANSWER_MS = 3_000;
const GRACE_MS = 5_000;
/** Beyond the limit some are let in to be told so, or to cancel. */
const MORE = 50;

/** Serves governed SQL to PostgreSQL's clients. Throws `UserError` off loopback and where the address is taken. */
export async function servePostgres(platform: Platform, { host, port }: ListenAddress, limits: WireLimits = wireLimits): Promise<PostgresListener> {
  if (!isLoopback(host))
    throw new UserError(
      'usage',
      `--listen-postgres is ${host}:${port}: off loopback PostgreSQL's clients need TLS, which is not served yet`,
      'Listen on 127.0.0.1, and reach it from elsewhere through a tunnel, as ssh -L 5433:127.0.0.1:5433.',
    );
  const connections = new Set<Connection>();
  const sessions = runningSessions();
  const server = createServer((socket) => {
    const connection = openConnection(socket, {
      limits,
      sessions,
      verifiersOf: (username) => verifiersOf(platform, username),
      meshFor: (tokenId) => meshFor(platform, tokenId),
      isFull: () => connections.size > limits.connections,
    });
    connections.add(connection);
    void connection.ended.then(() => connections.delete(connection));
  });
  server.maxConnections = limits.connections + MORE;
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error) => {
    throw new UserError('busy', `${host}:${port} cannot be listened on: ${error.message}`, 'Take another with --listen-postgres, or port 0 for a free one.');
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `postgres://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.end();
      const refusing = setTimeout(() => connections.forEach((connection) => connection.cancel(new WireError('57P01', 'the server ends'))), ANSWER_MS);
      const closing = setTimeout(() => connections.forEach((connection) => connection.destroy()), GRACE_MS);
      await closed;
      clearTimeout(refusing);
      clearTimeout(closing);
    },
  };
}

/** Who holds the token, as they stand when they ask. */
function meshFor(platform: Platform, tokenId: string): WireMesh {
  const principal = async () => {
    const known = await principalOfId(platform, tokenId);
    if (known !== undefined) return known;
    throw new WireError('28000', 'the token has expired, or its person has left', { hint: 'Make another with: hanse token create <username>.', fatal: true });
  };
  return {
    query: async (asked, signal) => answerQuery(platform, await principal(), { ...asked, format: 'copy' }, signal),
    describe: async (asked, signal) => describeQuery(platform, await principal(), asked, signal),
  };
}

function runningSessions(): RunningSessions {
  const running = new Map<number, { readonly secret: Buffer; readonly session: WireSession }>();
  return {
    add: (session) => {
      let pid = randomInt(1, 2 ** 31);
      while (running.has(pid)) pid = randomInt(1, 2 ** 31);
      const secret = randomBytes(4);
      running.set(pid, { secret, session });
      return { pid, secret, remove: () => void running.delete(pid) };
    },
    cancel: (pid, secret) => {
      const found = running.get(pid);
      if (found === undefined || secret.length !== found.secret.length || !timingSafeEqual(secret, found.secret)) return;
      found.session.cancel(new WireError('57014', 'canceling statement due to user request'));
    },
  };
}
