import type { Usage } from '@hanse/core/change/judge-change.ts';
import type { Platform } from '../platform.ts';
import { readUsageRecords } from '../usage/imported-usages.ts';
import { type UsageQuestion, usagesOf } from './usages.ts';

/** Who uses each table, by what the mesh has on record now; keyed by table id. */
export async function readUsages(
  { store, clock }: Pick<Platform, 'store' | 'clock'>,
  { mesh, tables, uses }: Pick<UsageQuestion, 'mesh' | 'tables' | 'uses'>,
): Promise<ReadonlyMap<string, readonly Usage[]>> {
  const reads = await store.readUses(tables.map(({ id }) => id));
  return usagesOf({ mesh, tables, uses, reads, records: await readUsageRecords(store), now: clock.now() });
}
