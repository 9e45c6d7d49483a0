import { randomBytes } from 'node:crypto';
import { scramIterations, scramSalt } from '../services/token/scram-verifier.ts';
import type { TokenVerifier } from '../services/token/tokens.ts';
import type { Inbox } from './inbox.ts';
import type { WireLimits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import { replies } from './replies.ts';
import { readOpening, readSaslInitial, readSaslResponse, type Opening } from './request.ts';
import { judgeProof, readClientFirst, serverFirst } from './scram.ts';
import { type SessionValues, withSetting } from './session-settings.ts';
import { notServed, outOfProtocol, WireError } from './wire-error.ts';

export interface Door {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly limits: WireLimits;
  readonly verifiersOf: (username: string) => Promise<readonly TokenVerifier[]>;
}

/** Who begins a session, known by a token, and what they set. */
export interface Begun {
  readonly tokenId: string;
  readonly values: SessionValues;
}

const MECHANISM = 'SCRAM-SHA-256';

/** What a client begins with; encryption is declined before. Undefined where it left. */
export async function readStart({ inbox, outbox, limits }: Door): Promise<Exclude<Opening, { kind: 'encryption' }> | undefined> {
  // Clients ask for GSSAPI, then for TLS, each once.
  for (let asked = 0; asked < 3; asked += 1) {
    const frame = await inbox.next({ untyped: true, maxBytes: limits.strangerBytes });
    if (frame === undefined) return undefined;
    const opening = readOpening(frame);
    if (opening.kind !== 'encryption') return opening;
    outbox.put(replies.noTls);
    await outbox.flush();
  }
  throw outOfProtocol('Encryption is not offered here.');
}

/** Knows the client by SCRAM-SHA-256 (RFC 7677) with a token as its password; `WireError` where it is not. */
export async function beginSession(door: Door, { options, minor }: Extract<Opening, { kind: 'start' }>): Promise<Begun | undefined> {
  const { inbox, outbox, limits } = door;
  const extensions = [...options.keys()].filter((name) => name.startsWith('_pq_.'));
  if (minor > 0 || extensions.length > 0) outbox.put(replies.negotiate(extensions));
  const username = options.get('user') ?? '';
  if (username === '') throw new WireError('28000', 'no PostgreSQL user name specified in startup packet');
  const values = startValues(options);
  outbox.put(replies.sasl(MECHANISM));
  await outbox.flush();
  const first = await inbox.next({ maxBytes: limits.strangerBytes });
  if (first === undefined) return undefined;
  const { mechanism, said } = readSaslInitial(first);
  if (mechanism !== MECHANISM) throw outOfProtocol(`${MECHANISM} alone is offered here.`);
  const client = readClientFirst(said);
  const server = serverFirst(client, { nonce: randomBytes(18).toString('base64'), salt: scramSalt(username), iterations: scramIterations });
  outbox.put(replies.saslContinue(server.text));
  await outbox.flush();
  const last = await inbox.next({ maxBytes: limits.strangerBytes });
  if (last === undefined) return undefined;
  const judged = judgeProof({ client, server, said: readSaslResponse(last) }, await door.verifiersOf(username));
  if (judged === undefined)
    throw new WireError('28P01', `password authentication failed for user "${username}"`, {
      hint: `The password is a token of this user. One made before Hanse spoke to PostgreSQL's clients does not do: make one with hanse token create ${username}.`,
    });
  outbox.put(replies.saslFinal(judged.text));
  return { tokenId: judged.known.id, values };
}

/** Settings in the start-up message, where `options` is a command line of its own (libpq's documentation, "options"). */
function startValues(options: ReadonlyMap<string, string>): SessionValues {
  if (!/^(?:|false|off|no|0)$/i.test(options.get('replication') ?? '')) throw notServed('replication is not served');
  const named = [...options].filter(([name]) => !UNSET.has(name) && !name.startsWith('_pq_.'));
  const all = [...commandLine(options.get('options') ?? ''), ...named];
  return all.reduce<SessionValues>((values, [name, value]) => (isClients(name, value) ? values : withSetting(values, name, value)), new Map());
}

const UNSET = new Set(['user', 'database', 'replication', 'options']);

/** What drivers say of themselves unasked; what is in force instead is told to them. */
function isClients(name: string, value: string): boolean {
  return /^timezone$/i.test(name) || (/^client_encoding$/i.test(name) && /^sql_ascii$/i.test(value));
}

function commandLine(text: string): readonly (readonly [string, string])[] {
  const words = (text.match(/(?:\\[^]|\S)+/g) ?? []).map((word) => word.replace(/\\([^])/g, '$1'));
  const settings = words
    .join(' ')
    .replaceAll(/(?:^| )-c ?/g, '\0')
    .replaceAll(/(?:^| )--/g, '\0');
  return settings
    .split('\0')
    .filter((part) => part !== '')
    .map((part) => {
      const [, name, value] = /^([^=]+)=([^]*)$/.exec(part) ?? [];
      if (name === undefined || value === undefined) throw new WireError('22023', `the option ${JSON.stringify(part)} is not -c name=value`);
      return [name.trim(), value] as const;
    });
}
