import type { Principal } from '@hanse/core/access/principal.ts';
import type { CheckAnswer } from '@hanse/core/api/shapes.ts';
import { isMember, type Mesh } from '@hanse/core/mesh/mesh.ts';

/** True where a principal may see a domain's own numbers: row counts, failing rows and their samples lie outside every slice. */
export function maySeeNumbers(mesh: Mesh, principal: Principal, domain: string): boolean {
  return principal.kind === 'operator' || (principal.kind === 'person' && isMember(mesh.domains.get(domain), principal.username));
}

/** A check as everybody may see it: what was promised and whether it holds. */
export function withoutNumbers(check: CheckAnswer): CheckAnswer {
  return { ...check, message: check.promise, failing: null, sample: [], sql: null };
}
