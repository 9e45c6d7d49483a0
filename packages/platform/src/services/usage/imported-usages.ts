import { covers } from '@hanse/core/access/covers.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { addImported, importedUsages, type UsageRecord } from '@hanse/core/use/usage-record.ts';
import type { Store } from '../../store/store.ts';
import { storedValue } from '../mesh/stored-value.ts';

/** What was imported of uses outside the mesh: dbt projects, query logs. */
export async function readUsageRecords(store: Pick<Store, 'list'>): Promise<readonly UsageRecord[]> {
  return (await store.list('usage')).map((document) => storedValue<UsageRecord>(document));
}

/** The usages of a table with those that were imported: under the agreement that covers the consumer, else as one without. */
export function withImported(
  known: readonly Usage[],
  table: ServedTable,
  { mesh, records }: { readonly mesh: Mesh; readonly records: readonly UsageRecord[] },
): readonly Usage[] {
  const { properties } = table.object;
  const names = (ids: readonly string[]) => (ids.includes('*') ? properties : properties.filter(({ id }) => ids.includes(id))).map(({ name }) => name);
  const isSame = ({ agreement }: Usage, consumer: string): boolean => {
    const held = agreement === undefined ? undefined : mesh.agreements.get(agreement)?.consumer;
    if (held === undefined || held.kind === 'product') return false;
    return covers(mesh, held, { kind: 'person', username: consumer }) || (held.kind === 'domain' && held.domain === consumer.split('/')[0]);
  };
  return addImported(known, importedUsages(records, table.id, names), isSame);
}
