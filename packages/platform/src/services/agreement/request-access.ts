import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { Agreement, AgreementConsumer } from '@hanse/core/agreement/agreement.ts';
import type { OperationInput } from '@hanse/core/api/operations.ts';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import { canonicalJson } from '@hanse/core/document/document.ts';
import { isMember, type Mesh } from '@hanse/core/mesh/mesh.ts';
import { UserError } from '../../error.ts';
import { findServed } from '../mesh/find-served.ts';
import { bodyOf } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { describeAgreement } from './describe-agreement.ts';

const NOTICE_DAYS = 30;
const MAX_YEARS = 10;

/** Files a request; a role with a standing approval is in force at once. */
export async function requestAccess(
  platform: Pick<Platform, 'store' | 'meshes' | 'clock' | 'newId'>,
  principal: Principal,
  request: OperationInput<'requestAccess'>,
): Promise<AgreementAnswer> {
  if (principal.kind !== 'person') throw new UserError('denied', 'only a person requests access', 'Say who asks: --as <username>, or a token.');
  const now = await platform.meshes.current();
  const table = findServed(now, request.ref);
  const role = table.contract.roles.find((candidate) => candidate.name === request.role);
  if (role === undefined)
    throw new UserError('invalid', `${request.ref} offers no role ${request.role}`, `It offers: ${table.contract.roles.map((one) => one.name).join(', ')}.`);
  const consumer = consumerOf(now.mesh, principal.username, request.consumer);
  if (isMember(now.mesh.domains.get(table.domain), principal.username) && consumer.domain === table.domain)
    throw new UserError('invalid', `${request.ref} is ${table.domain}'s own: its members read it without an agreement`);
  const at = platform.clock.now();
  const agreement: Agreement = {
    id: platform.newId(),
    provider: { productId: table.product.id, port: table.port.name, major: table.major },
    consumer,
    role: role.name,
    purpose: request.purpose,
    onward: request.onward ?? 'no',
    status: role.standing ? 'active' : 'requested',
    start: at,
    end: endOf(request.until, at),
    noticeDays: NOTICE_DAYS,
    requestedBy: principal.username,
    ...(role.standing && { answeredBy: 'standing rule', reason: `role ${role.name} is open to whoever asks` }),
  };
  const same = [...now.mesh.agreements.values()].find(
    (one) => isSame(one, agreement) && (one.status === 'requested' || (one.status === 'active' && one.end > at)),
  );
  if (same !== undefined) {
    const [state, hint] =
      same.status === 'active'
        ? [`is in force until ${same.end.slice(0, 10)}`, `For longer: hanse access renew ${same.id} --until <day>.`]
        : ['waits for an answer', `Who answers for ${table.domain} approves it: hanse access approve ${same.id}.`];
    throw new UserError('conflict', `${request.ref}: the same was asked for already: agreement ${same.id} ${state}`, hint);
  }
  await platform.store.transact({
    actor: formatActor(principal),
    intent: 'agreement.request',
    reason: request.purpose,
    writes: [{ op: 'put', kind: 'agreement', id: agreement.id, home: { kind: 'mesh' }, body: bodyOf(agreement) }],
    expect: [{ kind: 'agreement', id: agreement.id, version: 'absent' }],
  });
  return describeAgreement(now, agreement, at);
}

/** For the same side, role and purpose. */
function isSame(a: Agreement, b: Agreement): boolean {
  const terms = ({ provider, consumer, role, purpose, onward }: Agreement) =>
    canonicalJson({ provider: { ...provider }, consumer: { ...consumer }, role, purpose, onward });
  return terms(a) === terms(b);
}

/** The end of an agreement: a day counts to its last moment. */
export function endOf(until: string | undefined, now: string): string {
  const text = until !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(until) ? `${until}T23:59:59.999Z` : until;
  const end = new Date(text ?? '');
  if (Number.isNaN(end.getTime())) throw new UserError('invalid', `${JSON.stringify(until)} is no date`, 'As in --until 2027-06-30.');
  if (end.toISOString() <= now) throw new UserError('invalid', `${until} has passed`, 'An agreement ends in the future.');
  if (end.getTime() - Date.parse(now) > MAX_YEARS * 366 * 86_400_000)
    throw new UserError('invalid', `${until} is more than ${MAX_YEARS} years away`, 'Take a nearer end; it can be renewed.');
  return end.toISOString();
}

function consumerOf(mesh: Mesh, username: string, text: string | undefined): AgreementConsumer {
  const homes = [...mesh.domains.values()].filter((domain) => isMember(domain, username));
  if (text === undefined) {
    const [home] = homes;
    if (home === undefined) throw new UserError('denied', `${username} is a member of no domain`, 'A domain’s owner adds members in its domain.yaml.');
    return { kind: 'person', username, domain: home.name };
  }
  const [domain, name] = text.split('/');
  if (domain === undefined || !homes.some((home) => home.name === domain))
    throw new UserError('denied', `${username} is no member of ${domain}`, 'Only a member asks for a domain or its products.');
  if (name === undefined) return { kind: 'domain', domain };
  const product = [...mesh.products.values()].find((candidate) => candidate.domain === domain && candidate.name === name);
  if (product === undefined) throw new UserError('missing', `${text}: there is no such product`, 'List them with: hanse products.');
  return { kind: 'product', productId: product.id, domain };
}
