import type { Agreement } from '../agreement/agreement.ts';
import { answersFor, type Mesh } from '../mesh/mesh.ts';
import type { Principal } from './principal.ts';

/**
 * Why a person may not say yes to a change for the consumer of an agreement; undefined where they may: the person who reads, else the
 * consuming domain's owner or stewards. Whoever makes the change cannot accept it for others.
 */
export function whyNotAccept(mesh: Mesh, principal: Principal, { status, consumer }: Agreement): string | undefined {
  if (principal.kind !== 'person') return 'only a person accepts a change';
  if (status !== 'active') return `it is ${status}`;
  if (consumer.kind === 'person') return consumer.username === principal.username ? undefined : `only ${consumer.username}, who reads under it, may`;
  return answersFor(mesh.domains.get(consumer.domain), principal.username) ? undefined : `only ${consumer.domain}'s owner and stewards may`;
}
