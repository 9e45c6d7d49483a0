import type { Principal } from '@hanse/core/access/principal.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import { UserError } from '../../error.ts';
import type { Platform } from '../platform.ts';

/** A person as whom the operator acts; they must be a member of some domain. */
export async function personNamed(platform: Pick<Platform, 'meshes'>, username: string, by: string): Promise<Principal> {
  const domains = [...(await platform.meshes.current()).mesh.domains.values()];
  if (domains.some((domain) => isMember(domain, username))) return { kind: 'person', username, by };
  const known = new Set(domains.flatMap((domain) => [domain.owner, ...domain.members.map((member) => member.username)]));
  throw new UserError('missing', `${username} is a member of no domain`, didYouMean(username, known, 'A domain’s owner adds members in its domain.yaml; then apply.'));
}
