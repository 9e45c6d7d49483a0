import type { Principal } from '@hanse/core/access/principal.ts';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { describeAgreement } from './describe-agreement.ts';

/** The agreements that a person is a side of; the operator sees all. */
export async function listAgreements(platform: Pick<Platform, 'meshes' | 'clock'>, principal: Principal, status?: string): Promise<{ agreements: AgreementAnswer[] }> {
  const now = await platform.meshes.current();
  const at = platform.clock.now();
  const theirs = [...now.mesh.agreements.values()].filter((agreement) => isSide(now, principal, [agreement.consumer.domain, now.mesh.products.get(agreement.provider.productId)?.domain ?? '']));
  const described = theirs.map((agreement) => describeAgreement(now, agreement, at));
  return { agreements: described.filter((agreement) => status === undefined || agreement.status === status) };
}

function isSide({ mesh }: MeshNow, principal: Principal, domains: readonly string[]): boolean {
  if (principal.kind === 'operator') return true;
  return principal.kind === 'person' && domains.some((domain) => isMember(mesh.domains.get(domain), principal.username));
}
