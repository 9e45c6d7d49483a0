import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { reachOf } from '@hanse/core/lineage/lineage-graph.ts';
import { pinnedName, tableRef } from '@hanse/core/mesh/served-table.ts';
import { isColumn } from '@hanse/core/table/contract-columns.ts';
import { UserError } from '../../error.ts';
import { findServed } from '../mesh/find-served.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { readUsages } from '../plan/read-usages.ts';
import type { Platform } from '../platform.ts';
import { buildUses } from './build-uses.ts';
import { lineageEdges } from './lineage-edges.ts';

/** What a table or column comes from, what comes from it, and its readers with what is known of their use. */
export async function describeLineage(
  platform: Pick<Platform, 'store' | 'meshes' | 'engine' | 'clock'>,
  principal: Principal,
  { ref, column }: OperationInput<'lineage'>,
): Promise<OperationOutput<'lineage'>> {
  const now = await platform.meshes.current();
  const table = findServed(now, ref);
  const names = table.object.properties.filter(isColumn).map(({ name }) => name);
  if (column !== undefined && !names.includes(column))
    throw new UserError('missing', `${tableRef(table)} has no column ${column}`, didYouMean(column, names, `It has ${names.join(', ')}.`));
  const reach = reachOf(await lineageEdges(platform, now), { table: pinnedName(table), column });
  const uses = await buildUses(platform.engine, { mesh: now.mesh, tables: now.tables, read: [table], known: now.tables });
  const usages = await readUsages(platform, { mesh: now.mesh, tables: [table], uses });
  /** Who of other domains reads, and how often, is for the provider. */
  const own = maySeeNumbers(now.mesh, principal, table.domain);
  const readers = (usages.get(table.id) ?? []).filter(({ columns }) => column === undefined || columns === undefined || columns.includes(column));
  return {
    ref: tableRef(table),
    table: pinnedName(table),
    upstream: [...reach.up],
    downstream: [...reach.down],
    readers: readers
      .filter(({ consumer }) => own || consumer.includes('/'))
      .map(({ consumer, columns, evidence }) => ({ ref: consumer, columns: columns === undefined ? null : [...columns], evidence })),
  };
}
