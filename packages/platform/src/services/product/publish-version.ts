import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import type { Home, JsonObject } from '@hanse/core/document/document.ts';
import type { ColumnLineage } from '@hanse/core/lineage/column-lineage.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { snapshotIdOf } from '../../iceberg/commit.ts';
import { createTable } from '../../iceberg/create-table.ts';
import { type TableVersion, writeSnapshot } from '../../iceberg/write-snapshot.ts';
import type { TransactResult, Write } from '../../store/store.ts';
import type { Platform } from '../platform.ts';
import { commitFiles } from '../run/commit-files.ts';
import { noEffect, type RunRecord } from '../run/run-record.ts';
import { checksBody, headBody, type TableHead } from '../table/table-head.ts';
import type { Judgement } from './judge-version.ts';
import type { Candidate, PreviousVersion } from './version.ts';

export interface Publication {
  readonly run: RunRecord;
  /** The run as it is on record once the head has moved. */
  readonly answer: RunAnswer;
  readonly table: ServedTable;
  /** The version that the run started from. */
  readonly previous: PreviousVersion | undefined;
  readonly candidate: Candidate;
  readonly judgement: Judgement;
  readonly breached: boolean;
  readonly fingerprint: string;
  readonly positions: Readonly<Record<string, JsonObject>>;
  readonly lineage: ColumnLineage;
  /** Tables whose made-up rows it stands on. */
  readonly samples: readonly string[];
  /** Opened or closed together with the head. */
  readonly incidents: readonly Write[];
}

const MESH: Home = { kind: 'mesh' };

type Needs = Pick<Platform, 'store' | 'files' | 'tables' | 'clock' | 'newId' | 'holder' | 'onStep'>;

/**
 * Writes the snapshot's metadata, then moves the head in one transaction with checks, lineage, positions and the run.
 * `conflict` where another run moved the head since this one started: then nothing has happened.
 */
export async function publishVersion(platform: Needs, publication: Publication): Promise<TableHead> {
  const { run, table, candidate, previous } = publication;
  const at = platform.clock.now();
  const written = await writeSnapshot(platform.tables.files, baseOf(platform, publication, at), {
    kind: candidate.kept.length === previous?.files.length ? 'append' : 'overwrite',
    added: candidate.added,
    removed: removedBy(publication),
    snapshotId: snapshotIdOf(run.id),
    at,
    columns: candidate.columns,
    summary: { 'hanse.run-id': run.id, 'hanse.contract-version': table.contract.version },
  });
  platform.onStep?.('snapshot');
  const next: TableHead = {
    metadata: written.name,
    snapshot: written.snapshotId,
    domain: table.domain,
    contractVersion: table.contract.version,
    state: publication.breached ? 'breached' : 'holds',
    rows: [...candidate.added, ...candidate.kept].reduce((sum, { rows }) => sum + rows, 0),
    publishedAt: at,
    runId: run.id,
    keys: candidate.keys,
    fingerprint: publication.fingerprint,
    positions: publication.positions,
    ...(candidate.cursor !== undefined && { cursor: candidate.cursor }),
    lineage: publication.lineage,
    ...(publication.samples.length > 0 && { samples: publication.samples }),
  };
  const result = await moveHead(platform, publication, { next, files: [...candidate.added.map(({ name }) => name), ...written.files] });
  if (result.kind !== 'committed') throw noEffect(tableRef(table), result);
  platform.onStep?.('head');
  return next;
}

interface Move {
  readonly next: TableHead;
  /** Sealed for this version. */
  readonly files: readonly string[];
}

function moveHead(platform: Needs, publication: Publication, { next, files }: Move): Promise<TransactResult> {
  const { run, answer, table, previous, judgement, incidents } = publication;
  const { checks, report, measures, past } = judgement;
  return commitFiles(platform, run, {
    answer,
    files,
    intent: 'publish',
    reason: `${tableRef(table)} ${table.contract.version}`,
    writes: [
      { op: 'put', kind: 'table', id: table.id, home: MESH, body: headBody(next) },
      {
        op: 'put',
        kind: 'checks',
        id: table.id,
        home: MESH,
        body: checksBody({ runId: run.id, snapshot: next.snapshot, at: next.publishedAt, checks, report, measures, ...past }),
      },
      ...incidents,
    ],
    expect: [{ kind: 'table', id: table.id, version: previous?.head.version ?? 'absent' }],
  });
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
