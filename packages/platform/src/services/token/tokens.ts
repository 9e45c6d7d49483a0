import { createHash, randomBytes } from 'node:crypto';
import { formatActor, formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import { UserError } from '../../error.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { type ScramVerifier, scramVerifier } from './scram-verifier.ts';
import { belongsSomewhere, refuseStranger } from './person-named.ts';

/** A bearer token as it is kept: by the hash of its secret, which nobody can turn back. */
interface StoredToken {
  readonly username: string;
  readonly expires: string;
  /** What SCRAM checks the token by; absent in tokens of earlier versions. */
  readonly scram?: ScramVerifier;
}

/** A good token as SCRAM knows it. */
export interface TokenVerifier {
  /** The token's document: its hash. */
  readonly id: string;
  readonly scram: ScramVerifier;
}

const DAY_MS = 86_400_000;

/** Makes a token for a person; only its hash is kept. A person makes their own, the operator anybody's. */
export async function createToken(
  platform: Pick<Platform, 'store' | 'clock' | 'meshes'>,
  principal: Principal,
  { username, days }: { readonly username: string; readonly days: number },
) {
  if (principal.kind !== 'operator' && !(principal.kind === 'person' && principal.username === username))
    throw new UserError('denied', `${formatPrincipal(principal)} makes tokens only for themselves`, 'Ask the person who runs the mesh.');
  await refuseStranger(platform, username);
  const token = `hanse_${randomBytes(24).toString('base64url')}`;
  const expires = new Date(Date.parse(platform.clock.now()) + days * DAY_MS).toISOString();
  const stored: StoredToken = { username, expires, scram: await scramVerifier(token, username) };
  await platform.store.transact({
    actor: formatActor(principal),
    intent: 'token.create',
    reason: `for ${username}, until ${expires}`,
    writes: [{ op: 'put', kind: 'token', id: hashOf(token), home: { kind: 'mesh' }, body: bodyOf(stored) }],
  });
  return { token, username, expires };
}

/** Whose token it is; undefined where it is unknown or has expired, or its person left every domain. The look-up is by hash, so its time tells nothing. */
export async function principalOf(platform: Pick<Platform, 'store' | 'clock' | 'meshes'>, token: string): Promise<Principal | undefined> {
  return principalOfId(platform, hashOf(token));
}

/** The same by the token's hash, for a connection that was let in by it before. */
export async function principalOfId(platform: Pick<Platform, 'store' | 'clock' | 'meshes'>, id: string): Promise<Principal | undefined> {
  const document = await platform.store.read({ kind: 'token', id });
  if (document === undefined) return undefined;
  const { username, expires } = storedValue<StoredToken>(document);
  const { mesh } = await platform.meshes.current();
  return platform.clock.now() < expires && belongsSomewhere(mesh, username) ? { kind: 'person', username } : undefined;
}

/** What a person's tokens are checked by where they are not sent themselves; a person who is not known has none. */
export async function verifiersOf(platform: Pick<Platform, 'store' | 'clock'>, username: string): Promise<readonly TokenVerifier[]> {
  const now = platform.clock.now();
  return (await platform.store.list('token')).flatMap((document) => {
    const { scram, expires, username: owner } = storedValue<StoredToken>(document);
    return owner === username && scram !== undefined && now < expires ? [{ id: document.id, scram }] : [];
  });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
