import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { Home, JsonObject } from '@hanse/core/document/document.ts';
import type { ColumnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { UserError } from '../../error.ts';
import { snapshotIdOf } from '../../iceberg/commit.ts';
import { createTable } from '../../iceberg/create-table.ts';
import { type TableVersion, writeSnapshot } from '../../iceberg/write-snapshot.ts';
import type { Lease, Write } from '../../store/store.ts';
import type { Platform } from '../platform.ts';
import { checksBody, headBody, type TableHead } from '../table/table-head.ts';
import type { Judgement } from './judge-version.ts';
import type { Candidate, PreviousVersion } from './version.ts';

export interface Publication {
  readonly runId: string;
  readonly principal: Principal;
  readonly table: ServedTable;
  readonly lease: Lease;
  /** The version that the run started from. */
  readonly previous: PreviousVersion | undefined;
  readonly candidate: Candidate;
  readonly judgement: Judgement;
  readonly breached: boolean;
  readonly fingerprint: string;
  readonly positions: Readonly<Record<string, JsonObject>>;
  readonly lineage: ColumnLineage;
  readonly run: JsonObject;
  /** Opened or closed together with the head. */
  readonly incidents: readonly Write[];
}

const MESH: Home = { kind: 'mesh' };

/**
 * Writes the snapshot's metadata, then moves the head in one transaction with checks, lineage, positions and the run.
 * `conflict` where another run moved the head since this one started: then nothing has happened.
 */
export async function publishVersion(platform: Pick<Platform, 'store' | 'files' | 'tables' | 'clock' | 'newId' | 'onStep'>, publication: Publication): Promise<TableHead> {
  const { table, candidate, previous } = publication;
  const at = platform.clock.now();
  const written = await writeSnapshot(platform.tables.files, baseOf(platform, publication, at), {
    kind: candidate.kept.length === previous?.files.length ? 'append' : 'overwrite',
    added: candidate.added,
    removed: removedBy(publication),
    snapshotId: snapshotIdOf(publication.runId),
    at,
    columns: candidate.columns,
    summary: { 'hanse.run-id': publication.runId, 'hanse.contract-version': table.contract.version },
  });
  platform.onStep?.('snapshot');
  const next: TableHead = {
    metadata: written.name,
    snapshot: written.snapshotId,
    contractVersion: table.contract.version,
    state: publication.breached ? 'breached' : 'holds',
    rows: [...candidate.added, ...candidate.kept].reduce((sum, { rows }) => sum + rows, 0),
    publishedAt: at,
    runId: publication.runId,
    keys: candidate.keys,
    fingerprint: publication.fingerprint,
    positions: publication.positions,
    ...(candidate.cursor !== undefined && { cursor: candidate.cursor }),
    lineage: publication.lineage,
  };
  const { checks, measures } = publication.judgement;
  const writes: readonly Write[] = [
    { op: 'put', kind: 'table', id: table.id, home: MESH, body: headBody(next) },
    { op: 'put', kind: 'checks', id: table.id, home: MESH, body: checksBody({ runId: publication.runId, snapshot: written.snapshotId, at, checks, measures }) },
    { op: 'put', kind: 'run', id: publication.runId, home: MESH, body: publication.run },
    ...publication.incidents,
  ];
  const result = await platform.store.transact({
    actor: formatActor(publication.principal),
    intent: 'publish',
    reason: `${tableRef(table)} ${table.contract.version}`,
    writes,
    expect: [{ kind: 'table', id: table.id, version: previous?.head.version ?? 'absent' }],
    fence: { lease: publication.lease.name, number: publication.lease.number },
  });
  if (result.kind !== 'committed')
    throw new UserError('conflict', `${tableRef(table)}: another run published first; this one had no effect`, 'Build again.');
  platform.onStep?.('head');
  return next;
}

function baseOf(platform: Pick<Platform, 'files' | 'newId'>, { previous, candidate }: Publication, at: string): TableVersion {
  if (previous !== undefined) return previous.table;
  const uuid = platform.newId();
  return { metadata: createTable({ uuid, location: platform.files.uri(`metadata/${uuid}`), columns: candidate.columns, at }) };
}

function removedBy({ previous, candidate }: Publication): readonly string[] | 'all' {
  if (previous === undefined || candidate.kept.length === 0) return 'all';
  const kept = new Set(candidate.kept.map(({ name }) => name));
  return previous.files.filter(({ name }) => !kept.has(name)).map(({ name }) => name);
}
