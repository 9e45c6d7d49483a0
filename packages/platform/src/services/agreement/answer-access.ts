import { hintForAnswer, whyNotAnswer } from '@hanse/core/access/may-answer.ts';
import { formatActor, formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { Agreement, AgreementStatus } from '@hanse/core/agreement/agreement.ts';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import { UserError } from '../../error.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { describeAgreement, providerOf } from './describe-agreement.ts';
import { isSide } from './list-agreements.ts';
import { endOf } from './request-access.ts';

export interface Answer {
  readonly id: string;
  readonly verb: 'approve' | 'reject' | 'revoke' | 'renew';
  readonly reason: string;
  readonly until?: string | undefined;
}

const STATUS: Readonly<Record<Answer['verb'], AgreementStatus>> = { approve: 'active', reject: 'rejected', revoke: 'revoked', renew: 'active' };

/** Answers a request or ends or renews an agreement; in force on the next statement. One that came from a file has its home in the mesh from then on. */
export async function answerAccess(platform: Pick<Platform, 'store' | 'meshes' | 'clock'>, principal: Principal, answer: Answer): Promise<AgreementAnswer> {
  const now = await platform.meshes.current();
  const stored = await platform.store.read({ kind: 'agreement', id: answer.id });
  const agreement = stored === undefined ? undefined : storedValue<Agreement>(stored);
  if (stored === undefined || agreement === undefined || !isSide(now, principal, agreement))
    throw new UserError('missing', `agreement ${answer.id}: you have none of that name`, 'List yours with: hanse access list.');
  const table = providerOf(now, agreement);
  const question = { principal, verb: answer.verb, agreement, table };
  const why = whyNotAnswer(now.mesh, question);
  if (why !== undefined) throw new UserError('denied', `agreement ${agreement.id}: you may not ${answer.verb} it: ${why}`, hintForAnswer(now.mesh, question));
  const next: Agreement = {
    ...agreement,
    status: STATUS[answer.verb],
    answeredBy: formatPrincipal(principal),
    ...(answer.reason !== '' && { reason: answer.reason }),
    ...(answer.verb === 'renew' && { end: endOf(answer.until, platform.clock.now()) }),
  };
  const result = await platform.store.transact({
    actor: formatActor(principal),
    intent: `agreement.${answer.verb}`,
    reason: answer.reason,
    writes: [{ op: 'put', kind: 'agreement', id: agreement.id, home: { kind: 'mesh' }, body: bodyOf(next) }],
    expect: [{ kind: 'agreement', id: agreement.id, version: stored.version }],
  });
  if (result.kind !== 'committed') throw new UserError('conflict', `agreement ${agreement.id} changed meanwhile`, 'Look at it again, then answer.');
  return describeAgreement(now, next, platform.clock.now());
}
