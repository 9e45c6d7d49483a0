import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import type { StoredRead } from '../../store/store.ts';
import type { Platform } from '../platform.ts';

const PAGE = 1_000;
/** Reads that one call looks through for those of its caller. */
const MOST = 20_000;

/**
 * The newest governed reads that concern the caller: their own, and those of their domains' tables. What else a statement
 * reads is not told to those who provide only a part of it.
 */
export async function listReads(platform: Pick<Platform, 'store' | 'meshes'>, principal: Principal, limit: number): Promise<OperationOutput<'reads'>> {
  const now = await platform.meshes.current();
  const tables = new Map(now.tables.map((table) => [table.id, table]));
  const isOwn = (who: string) => principal.kind === 'operator' || who === formatPrincipal(principal);
  const provides = (id: string) => maySeeNumbers(now.mesh, principal, tables.get(id)?.domain ?? '');
  const newest = await newestReads(platform, limit, (read) => isOwn(read.principal) || read.tables.some(({ table }) => provides(table)));
  return {
    reads: newest.map(({ at, principal: who, statement, tables: read }) => ({
      at,
      principal: who,
      statement: isOwn(who) || read.every(({ table }) => provides(table)) ? statement : '(reads tables of other domains too)',
      tables: read
        .filter(({ table }) => isOwn(who) || provides(table))
        .map(({ table }) => {
          const known = tables.get(table);
          return known === undefined ? table : tableRef(known);
        }),
    })),
  };
}

async function newestReads({ store }: Pick<Platform, 'store'>, limit: number, concerns: (read: StoredRead) => boolean): Promise<readonly StoredRead[]> {
  const found: StoredRead[] = [];
  let before: number | undefined;
  for (let looked = 0; looked < MOST && found.length < limit; looked += PAGE) {
    const page = await store.reads({ limit: PAGE, ...(before !== undefined && { before }) });
    found.push(...page.filter(concerns));
    before = page.at(-1)?.sequence;
    if (page.length < PAGE) break;
  }
  return found.slice(0, limit);
}
