import type { Contract } from '../contract/contract.ts';

/** Who keeps a table: the mesh, a database that is reached, a dbt project's tests, or nobody that is known. */
export const custodies = ['held', 'in place, connected', 'in place, through dbt', 'in place'] as const;
export type Custody = (typeof custodies)[number];

/** The custody of a table that the mesh does not hold, by its contract's first server. */
export function custodyInPlace({ servers = [] }: Pick<Contract, 'servers'>): Custody {
  const custody = servers[0]?.custody;
  return custody === undefined ? 'in place' : custody === 'dbt' ? 'in place, through dbt' : 'in place, connected';
}
