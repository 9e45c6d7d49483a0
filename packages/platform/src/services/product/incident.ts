import type { CheckAnswer } from '@hanse/core/api/shapes.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Write } from '../../store/store.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';

/** A contract that does not hold: what failed, since when, and what was kept from consumers for it. */
export interface Incident {
  readonly ref: string;
  readonly tableId: string;
  readonly runId: string;
  readonly at: string;
  readonly closedAt?: string;
  /** True where the last good version stayed; false where consumers read the breached one. */
  readonly blocked: boolean;
  /** What was found: for the domain's members. */
  readonly message: string;
  /** What was promised and does not hold: for everybody. */
  readonly promises: string;
  /** Data files that were sealed and not published; kept while it is open. */
  readonly quarantined: readonly string[];
}

export interface IncidentRequest {
  readonly table: ServedTable;
  readonly runId: string;
  readonly blocked: boolean;
  readonly checks: readonly CheckAnswer[];
  readonly quarantined: readonly string[];
}

/** The write that opens a table's incident, or tells of the newest failure in the one that is open. */
export async function openIncident(platform: Pick<Platform, 'store' | 'clock'>, request: IncidentRequest): Promise<Write> {
  const { table, runId, blocked, checks, quarantined } = request;
  const known = await platform.store.read({ kind: 'incident', id: table.id });
  const before = known === undefined ? undefined : storedValue<Incident>(known);
  const since = before !== undefined && before.closedAt === undefined ? before : undefined;
  const failed = checks.filter(({ result }) => result === 'fail');
  const incident: Incident = {
    ref: tableRef(table),
    tableId: table.id,
    runId,
    at: since?.at ?? platform.clock.now(),
    blocked,
    message: failed.map(({ message }) => message).join('\n'),
    promises: failed.map(({ promise }) => promise).join('\n'),
    quarantined: [...new Set([...(since?.quarantined ?? []), ...quarantined])],
  };
  return { op: 'put', kind: 'incident', id: table.id, home: { kind: 'mesh' }, body: bodyOf(incident) };
}

/** True while versions of a table were kept from consumers: what was published before is judged again, so that the incident ends. */
export async function isBlocked(platform: Pick<Platform, 'store'>, tableId: string): Promise<boolean> {
  const known = await platform.store.read({ kind: 'incident', id: tableId });
  const incident = known === undefined ? undefined : storedValue<Incident>(known);
  return incident?.blocked === true && incident.closedAt === undefined;
}

/** The write that closes a table's open incident; none where there is none. */
export async function closeIncident(platform: Pick<Platform, 'store' | 'clock'>, tableId: string): Promise<readonly Write[]> {
  const known = await platform.store.read({ kind: 'incident', id: tableId });
  const incident = known === undefined ? undefined : storedValue<Incident>(known);
  if (incident === undefined || incident.closedAt !== undefined) return [];
  const closed: Incident = { ...incident, closedAt: platform.clock.now() };
  return [{ op: 'put', kind: 'incident', id: tableId, home: { kind: 'mesh' }, body: bodyOf(closed) }];
}
