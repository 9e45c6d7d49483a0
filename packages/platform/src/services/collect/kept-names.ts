import { reachableNames } from '../../iceberg/reachable-names.ts';
import { nameIn } from '../../iceberg/name-in.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import type { Incident } from '../product/incident.ts';
import type { TableHead } from '../table/table-head.ts';

/**
 * Names of all sealed files that something needs: every snapshot of a published table, the versions its metadata log names,
 * and what open incidents hold in quarantine. One table that cannot be read ends it, because nobody knows what it needs.
 */
export async function keptNames(platform: Pick<Platform, 'store' | 'tables' | 'files'>): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const document of await platform.store.list('table')) {
    const { metadata: name } = storedValue<TableHead>(document);
    for (const reached of await reachableNames(platform.tables.files, name)) kept.add(reached);
    const { metadata } = await platform.tables.read(name);
    for (const entry of metadata['metadata-log'] ?? []) kept.add(nameIn(platform.files, metadata, entry['metadata-file']) ?? '');
  }
  for (const document of await platform.store.list('incident')) {
    const { closedAt, quarantined } = storedValue<Incident>(document);
    if (closedAt === undefined) for (const name of quarantined) kept.add(name);
  }
  return kept;
}
