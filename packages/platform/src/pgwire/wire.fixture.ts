import { on } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { openMesh, type OpenMesh } from '../../../../test/fixtures/open-mesh.ts';
import { agreementText, contractText, smallTexts } from '../../../../test/fixtures/small-mesh.ts';
import { type WireLimits, wireLimits } from './limits.ts';
import { servePostgres } from './serve-postgres.ts';

const contract = contractText('metrics')
  .replace(
    '  - role: eu\n',
    `  - role: eu
    customProperties:
      - {property: restriction, value: {rows: "amount < 100", columns: {secret: drop}}}
`,
  )
  .replace('logicalType: number}\n', 'logicalType: number}\n      - {id: secret, name: secret, logicalType: string}\n');

const agreementsToEnd = agreementText({ id: 'a3', role: 'full', consumer: '{teamId: marketing, userId: max}', requestedBy: 'max' });
const texts = {
  ...smallTexts,
  'marketing/domain.yaml': `${smallTexts['marketing/domain.yaml']}  - {username: nina, role: analyst}\n`,
  'finance/churn/metrics.odcs.yaml': contract,
  'agreements/a3.oaas.yaml': agreementsToEnd,
};

export interface TestWire {
  readonly mesh: OpenMesh;
  readonly url: string;
  readonly number: number;
  readonly tokens: Map<string, string>;
  /** A driver that is let in. */
  clientOf(user: string, more?: object): Promise<Client & AsyncDisposable>;
  /** Another listener on the same mesh. */
  listenAgain(limits: Partial<WireLimits>): Promise<{ readonly number: number } & AsyncDisposable>;
  /** A driver that has not begun. */
  clientAt(number: number): Client & AsyncDisposable;
}

/** A small mesh behind the wire, until the test file ends. */
export async function openWire(): Promise<TestWire> {
  const mesh = await openMesh({ texts });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount,secret\nann,1.5,planted\n,2,planted\nbob,200,planted\n' });
  await mesh.apply();
  await mesh.build('finance/churn');
  const server = await servePostgres(mesh.platform, { host: '127.0.0.1', port: 0 });
  const tokens = new Map<string, string>();
  for (const username of ['mia', 'max', 'femi']) tokens.set(username, (await mesh.api().createToken({ username })).token);
  afterAll(async () => {
    await server.close();
    await mesh[Symbol.asyncDispose]();
  });
  const number = Number(new URL(server.url).port);
  async function clientOf(user: string, more: object = {}): Promise<Client & AsyncDisposable> {
    const client = new Client({ host: '127.0.0.1', port: number, user, password: tokens.get(user) ?? 'hanse_none', database: 'mesh', ...more });
    client.on('error', () => undefined);
    await client.connect();
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
  }

  async function listenAgain(limits: Partial<WireLimits>): Promise<{ readonly number: number } & AsyncDisposable> {
    const again = await servePostgres(mesh.platform, { host: '127.0.0.1', port: 0 }, { ...wireLimits, ...limits });
    return { number: Number(new URL(again.url).port), [Symbol.asyncDispose]: () => again.close() };
  }

  function clientAt(number: number): Client & AsyncDisposable {
    const client = new Client({ host: '127.0.0.1', port: number, user: 'mia', password: tokens.get('mia') ?? '' });
    client.on('error', () => undefined);
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
  }

  return { mesh, url: server.url, number, tokens, clientOf, listenAgain, clientAt };
}

export const errorShape = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });

/** How a refusal reads: SQLSTATE, message, hint. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => ({ code: '00000', message: 'it went well' }),
    (failed: unknown) => failed,
  );
  const { code, message, hint } = errorShape.parse(error);
  return `${code} ${message.split('\n')[0]}${hint === undefined ? '' : ` | ${hint}`}`;
}

/** Sends these bytes, and gives what came back until the server ended it. */
export async function talk(parts: readonly Uint8Array[], { end = false, to }: { readonly end?: boolean; readonly to: number }): Promise<Buffer> {
  const socket = connect(to, '127.0.0.1');
  const back: Buffer[] = [];
  const closed = Promise.withResolvers<void>();
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => back.push(bytes))
    .once('close', () => closed.resolve());
  for (const part of parts) socket.write(part);
  if (end) socket.end();
  await closed.promise;
  return Buffer.concat(back);
}

/** The messages of a session that a test writes itself. */
export function messageOf(type: string, body: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(type.length + 4, type);
  head.writeInt32BE(bytes.length + 4, type.length);
  return Buffer.concat([head, bytes]);
}

export const startOf = (user: string) => messageOf('', Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from(`user\0${user}\0\0`)]));

/** The socket under a driver that is let in, to write to by hand. */
export function socketOf(client: Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** Writes messages as one who is let in, and reads types and bodies of the answers until so many ReadyForQuery came. */
export async function exchange(client: Client, messages: readonly Buffer[], readies = 1): Promise<readonly string[]> {
  const socket = socketOf(client);
  socket.removeAllListeners('data');
  socket.write(Buffer.concat(messages));
  const found: string[] = [];
  let held = Buffer.alloc(0);
  for await (const [bytes] of on(socket, 'data') as AsyncIterable<[Buffer]>) {
    held = Buffer.concat([held, bytes]);
    while (held.length > 4 && held.length > held.readInt32BE(1)) {
      const length = held.readInt32BE(1) + 1;
      found.push(`${String.fromCharCode(held[0] ?? 0)} ${held.toString('latin1', 5, length).replaceAll(/[^ -~]+/g, '.')}`);
      held = held.subarray(length);
    }
    if (found.filter((one) => one.startsWith('Z')).length === readies) break;
  }
  return found;
}

export const parse = (sql: string, name = '') => messageOf('P', `${name}\0${sql}\0\0\0`);
export const bind = (portal = '', name = '') => messageOf('B', `${portal}\0${name}\0\0\0\0\0\0\0`);
export const describe = (what: string) => messageOf('D', `${what}\0`);
export const execute = (rows: number, portal = '') => messageOf('E', Buffer.concat([Buffer.from(`${portal}\0`), Buffer.from([0, 0, 0, rows])]));
export const sync = messageOf('S');
