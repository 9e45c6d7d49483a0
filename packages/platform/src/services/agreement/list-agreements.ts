import type { Principal } from '@hanse/core/access/principal.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { describeAgreement } from './describe-agreement.ts';

/** The agreements that a person is a side of; the operator sees all. */
export async function listAgreements(
  platform: Pick<Platform, 'meshes' | 'clock'>,
  principal: Principal,
  status?: string,
): Promise<{ agreements: AgreementAnswer[] }> {
  const now = await platform.meshes.current();
  const at = platform.clock.now();
  const theirs = [...now.mesh.agreements.values()].filter((agreement) => isSide(now, principal, agreement));
  const described = theirs.map((agreement) => describeAgreement(now, agreement, at));
  return { agreements: described.filter((agreement) => status === undefined || agreement.status === status) };
}

/** True for members of the providing and of the consuming domain; to others an agreement does not exist. */
export function isSide({ mesh }: Pick<MeshNow, 'mesh'>, principal: Principal, { consumer, provider }: Agreement): boolean {
  if (principal.kind === 'operator') return true;
  const domains = [consumer.domain, mesh.products.get(provider.productId)?.domain ?? ''];
  return principal.kind === 'person' && domains.some((domain) => isMember(mesh.domains.get(domain), principal.username));
}
