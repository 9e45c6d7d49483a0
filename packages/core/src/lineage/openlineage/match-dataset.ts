import type { ServedTable } from '../../mesh/served-table.ts';
import { pinnedName } from '../../mesh/served-table.ts';
import { type Dataset, meshNamespace } from './dataset.ts';

/** Whether a dataset is a served table: by the mesh's own name of it, or by where a server of its contract says that it lies. */
export function isDatasetOf(dataset: Dataset, table: ServedTable, meshName: string): boolean {
  if (dataset.namespace === meshNamespace(meshName)) return [pinnedName(table), `${table.domain}.${table.name}`].includes(dataset.name);
  return (table.contract.servers ?? []).some((server) => {
    if (server.host !== undefined && !hasHost(dataset.namespace, server.host)) return false;
    const parts = [server.database, server.schema, table.object.physicalName ?? table.object.name].filter((part) => part !== undefined);
    return parts.length > 1 && parts.every((part) => !part.includes('${')) && dataset.name.toLowerCase() === parts.join('.').toLowerCase();
  });
}

/** `postgres://warehouse:5432`. */
function hasHost(namespace: string, host: string): boolean {
  const [, named] = /^[a-z0-9+.-]+:\/\/([^/:]+)/i.exec(namespace) ?? [];
  return named?.toLowerCase() === host.toLowerCase();
}
