import type { Agreement } from '../agreement/agreement.ts';
import type { Contract } from '../contract/contract.ts';
import type { Build } from '../product/build.ts';
import type { Domain, Product } from '../product/product.ts';

/** The documents in force at one moment, by identity. */
export interface Mesh {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly products: ReadonlyMap<string, Product>;
  /** By `<ODCS id>@<major>`. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** By product id. */
  readonly builds: ReadonlyMap<string, Build>;
  readonly agreements: ReadonlyMap<string, Agreement>;
}

/** The major of a semantic version; 1 where the text states none. */
export function majorOf(version: string): number {
  const major = Number.parseInt(version.replace(/^v/, ''), 10);
  return Number.isInteger(major) && major > 0 ? major : 1;
}

export function contractKey(contract: Pick<Contract, 'id' | 'version'>): string {
  return `${contract.id}@${majorOf(contract.version)}`;
}

export function isMember(domain: Domain | undefined, username: string): boolean {
  return domain !== undefined && (domain.owner === username || domain.members.some((member) => member.username === username));
}

/** Owner or steward: who answers for a domain's products. */
export function answersFor(domain: Domain | undefined, username: string): boolean {
  if (domain === undefined) return false;
  if (domain.owner === username) return true;
  return domain.members.some((member) => member.username === username && (member.role === 'owner' || member.role === 'steward'));
}
