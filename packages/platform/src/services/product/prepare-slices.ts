import { isInForce } from '@hanse/core/access/decide.ts';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import { isAbout, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import { isUnrestricted } from '@hanse/core/restriction/restriction.ts';
import type { Platform } from '../platform.ts';
import { bindRole } from '../query/open-slice.ts';
import type { TableHead } from '../table/table-head.ts';

/** Makes the slices of a published version for the restrictions in force, ahead of their first reader. Returns how many were made. */
export async function prepareSlices(platform: Pick<Platform, 'meshes' | 'slices' | 'tables' | 'clock'>, table: ServedTable, head: TableHead): Promise<number> {
  const { mesh } = await platform.meshes.current();
  const now = platform.clock.now();
  const inForce = [...mesh.agreements.values()].filter((agreement) => isInForce(agreement, now) && isAbout(agreement, table));
  const roles = table.contract.roles.filter((role) => inForce.some((agreement) => agreement.role === role.name));
  if (roles.length === 0) return 0;
  const published = await platform.tables.read(head.metadata);
  const columns = columnsInForce(published.columns, head.keys, table.object);
  const restrictions = roles.map((role) => bindRole({ table, role }, columns)).filter((restriction) => !isUnrestricted(restriction));
  const files = await published.dataFiles(head.snapshot);
  return platform.slices.prepare({ files: files.map(({ name }) => name), columns, restrictions });
}
