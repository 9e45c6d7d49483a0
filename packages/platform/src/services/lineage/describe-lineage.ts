import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { pinnedName, tableRef } from '@hanse/core/mesh/served-table.ts';
import { findServed } from '../mesh/find-served.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { usagesOf } from '../plan/usages.ts';
import type { Platform } from '../platform.ts';
import { readHead } from '../table/table-head.ts';
import { buildUses } from './build-uses.ts';

/** A table's origin by column, and its readers with what is known of their use. */
export async function describeLineage(
  platform: Pick<Platform, 'store' | 'meshes' | 'engine' | 'clock'>,
  principal: Principal,
  ref: string,
): Promise<OperationOutput<'lineage'>> {
  const now = await platform.meshes.current();
  const table = findServed(now, ref);
  const head = await readHead(platform, table.id);
  const uses = await buildUses(platform.engine, { mesh: now.mesh, tables: now.tables, known: now.tables });
  const usages = usagesOf({ mesh: now.mesh, tables: [table], uses, reads: await platform.store.readUses([table.id]), now: platform.clock.now() });
  /** Who of other domains reads, and how often, is for the provider. */
  const own = maySeeNumbers(now.mesh, principal, table.domain);
  const outputs = head?.lineage.kind === 'known' ? head.lineage.outputs : [];
  return {
    ref: `${tableRef(table)} (${pinnedName(table)})`,
    upstream: outputs.map(({ name, sources }) => ({ column: name, from: sources.map((source) => `${source.schema}.${source.table}.${source.column}`) })),
    downstream: (usages.get(table.id) ?? [])
      .filter(({ consumer }) => own || consumer.includes('/'))
      .map(({ consumer, columns, evidence }) => ({ ref: consumer, columns: columns === undefined ? null : [...columns], evidence })),
  };
}
