import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { allReads } from '../plan/all-reads.ts';
import type { Platform } from '../platform.ts';

/**
 * The newest governed reads that concern the caller: their own, and those of their domains' tables. What else a statement
 * reads is not told to those who provide only a part of it.
 */
export async function listReads(platform: Pick<Platform, 'store' | 'meshes'>, principal: Principal, limit: number): Promise<OperationOutput<'reads'>> {
  const now = await platform.meshes.current();
  const tables = new Map(now.tables.map((table) => [table.id, table]));
  const isOwn = (who: string) => principal.kind === 'operator' || who === formatPrincipal(principal);
  const provides = (id: string) => maySeeNumbers(now.mesh, principal, tables.get(id)?.domain ?? '');
  const theirs = (await allReads(platform.store)).filter((read) => isOwn(read.principal) || read.tables.some(({ table }) => provides(table)));
  const newest = theirs.slice(-limit).toReversed();
  return {
    reads: newest.map(({ at, principal: who, statement, tables: read }) => ({
      at,
      principal: who,
      statement: isOwn(who) || read.every(({ table }) => provides(table)) ? statement : '(reads tables of other domains too)',
      tables: read.filter(({ table }) => isOwn(who) || provides(table)).map(({ table }) => {
        const known = tables.get(table);
        return known === undefined ? table : tableRef(known);
      }),
    })),
  };
}
