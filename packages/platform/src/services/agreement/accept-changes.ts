import { whyNotAccept } from '@hanse/core/access/may-accept.ts';
import { formatActor, formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Acceptance } from '@hanse/core/change/judge-change.ts';
import { UserError } from '../../error.ts';
import type { Store } from '../../store/store.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { providerOf } from './describe-agreement.ts';
import { isSide } from './list-agreements.ts';

export interface Accepted {
  readonly agreement: string;
  readonly changes: readonly string[];
  readonly reason: string;
}

/**
 * A consumer's yes to changes that would break it, as `plan` names them: on record, and good for the contract's version of now. Errors:
 * `missing`, `denied`.
 */
export async function acceptChanges(
  platform: Pick<Platform, 'store' | 'meshes' | 'clock'>,
  principal: Principal,
  { agreement: id, changes, reason }: Accepted,
): Promise<OperationOutput<'acceptChanges'>> {
  const now = await platform.meshes.current();
  const agreement = now.mesh.agreements.get(id);
  if (agreement === undefined || !isSide(now, principal, agreement))
    throw new UserError('missing', `agreement ${id}: you have none of that name`, 'List yours with: hanse access list.');
  const why = whyNotAccept(now.mesh, principal, agreement);
  if (why !== undefined) throw new UserError('denied', `agreement ${id}: you may not accept a change of what it gives: ${why}`, 'Ask one of them.');
  const { version } = providerOf(now, agreement).contract;
  const told = { agreement: id, version, by: formatPrincipal(principal), at: platform.clock.now(), reason };
  const accepted = [...new Set(changes)].map((change): Acceptance => ({ ...told, change }));
  const result = await platform.store.transact({
    actor: formatActor(principal),
    intent: 'agreement.accept',
    reason,
    writes: accepted.map((each) => ({ op: 'put', kind: 'acceptance', id: `${id} ${each.change}`, home: { kind: 'mesh' }, body: bodyOf(each) })),
  });
  if (result.kind !== 'committed') throw new UserError('conflict', `agreement ${id} changed meanwhile`, 'Look at it again, then accept.');
  return { accepted };
}

/** What consumers said yes to. */
export async function readAcceptances(store: Pick<Store, 'list'>): Promise<readonly Acceptance[]> {
  return (await store.list('acceptance')).map((document) => storedValue<Acceptance>(document));
}
