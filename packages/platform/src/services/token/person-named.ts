import type { Principal } from '@hanse/core/access/principal.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { isMember, type Mesh } from '@hanse/core/mesh/mesh.ts';
import { UserError } from '../../error.ts';
import type { Platform } from '../platform.ts';

/** A person as whom the operator acts. */
export async function personNamed(platform: Pick<Platform, 'meshes'>, username: string, by: string): Promise<Principal> {
  await refuseStranger(platform, username);
  return { kind: 'person', username, by };
}

/** `UserError` missing where somebody is a member of no domain. */
export async function refuseStranger(platform: Pick<Platform, 'meshes'>, username: string): Promise<void> {
  const { mesh } = await platform.meshes.current();
  if (belongsSomewhere(mesh, username)) return;
  const domains = [...mesh.domains.values()];
  const known = new Set(domains.flatMap((domain) => [domain.owner, ...domain.members.map((member) => member.username)]));
  throw new UserError(
    'missing',
    `${username} is a member of no domain`,
    didYouMean(username, known, 'A domain’s owner adds members in its domain.yaml; then apply.'),
  );
}

export function belongsSomewhere(mesh: Mesh, username: string): boolean {
  return [...mesh.domains.values()].some((domain) => isMember(domain, username));
}
