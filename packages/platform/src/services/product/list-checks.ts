import type { Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { findServed } from '../mesh/find-served.ts';
import { maySeeNumbers, withoutNumbers } from '../mesh/may-see.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import type { TableChecks } from '../table/table-head.ts';

export interface AskedChecks {
  readonly ref: string;
  /** One rule's results alone. */
  readonly rule?: string | undefined;
  readonly limit: number;
}

/** The checks that were stored with each published version of a table, the newest first. Numbers and samples are for the domain alone. */
export async function listChecks(
  platform: Pick<Platform, 'store' | 'meshes'>,
  principal: Principal,
  { ref, rule, limit }: AskedChecks,
): Promise<OperationOutput<'checks'>> {
  const now = await platform.meshes.current();
  const table = findServed(now, ref);
  const shown = maySeeNumbers(now.mesh, principal, table.domain);
  const versions: OperationOutput<'checks'>['versions'] = [];
  let document = await platform.store.read({ kind: 'checks', id: table.id }, now.head);
  while (document !== undefined && versions.length < limit) {
    const { at, runId, snapshot, checks } = storedValue<TableChecks>(document);
    const asked = checks.filter((check) => rule === undefined || check.rule === rule);
    versions.push({ at, run: runId, snapshot, checks: shown ? [...asked] : asked.map(withoutNumbers) });
    document = await platform.store.read({ kind: 'checks', id: table.id }, document.version - 1);
  }
  return { ref: tableRef(table), versions };
}
