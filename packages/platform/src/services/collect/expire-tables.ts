import { expiredBy, expireSnapshots } from '../../iceberg/expire-snapshots.ts';
import type { TableMetadata } from '../../iceberg/metadata.ts';
import { writeMetadata } from '../../iceberg/write-snapshot.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { withLease } from '../product/with-lease.ts';
import { headBody, type TableHead } from '../table/table-head.ts';
import { expectFiles } from './collection.ts';
import { daysBefore, retention } from './retention.ts';

type Needs = Pick<Platform, 'store' | 'files' | 'tables' | 'meshes' | 'clock' | 'holder' | 'newId'>;

/** Lets go of the snapshots beyond retention; a table that is being built has its turn another day. Returns how many. */
export async function expireTables(platform: Needs, dryRun: boolean): Promise<number> {
  const { tables } = await platform.meshes.current();
  let expired = 0;
  for (const { id } of await platform.store.list('table')) {
    const builtUnder = `build/${tables.find((table) => table.id === id)?.product.id ?? id}`;
    expired += (await withLease(platform, builtUnder, () => expireTable(platform, id, dryRun))) ?? 0;
  }
  return expired;
}

async function expireTable(platform: Needs, id: string, dryRun: boolean): Promise<number> {
  const stored = await platform.store.read({ kind: 'table', id });
  if (stored === undefined) return 0;
  const head = storedValue<TableHead>(stored);
  const table = await platform.tables.read(head.metadata);
  const now = platform.clock.now();
  const ids = beyondRetention(table.metadata, now);
  if (ids.length === 0 || dryRun) return ids.length;
  const metadata = await writeMetadata(platform.tables.files, table, expireSnapshots(table.metadata, ids, now));
  const result = await platform.store.transact({
    actor: 'hanse',
    intent: 'collect.expire',
    reason: `${ids.length} snapshots beyond retention`,
    writes: [{ op: 'put', kind: 'table', id, home: { kind: 'mesh' }, body: headBody({ ...head, metadata }) }],
    expect: [{ kind: 'table', id, version: stored.version }, await expectFiles(platform, [metadata])],
  });
  return result.kind === 'committed' ? ids.length : 0;
}

function beyondRetention(metadata: TableMetadata, now: string): readonly string[] {
  const { least, days, most } = retention.snapshots;
  const old = expiredBy(metadata, { before: daysBefore(now, days), keep: least });
  return [...new Set([...old, ...expiredBy(metadata, { before: now, keep: most })])];
}
