import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { CollectionAnswer } from '@hanse/core/api/shapes.ts';
import { UserError } from '../../error.ts';
import type { Lease } from '../../store/store.ts';
import type { Platform } from '../platform.ts';
import { withLease } from '../product/with-lease.ts';
import { endLostRuns, sortUnfinished } from '../run/lost-runs.ts';
import { COLLECT_LEASE } from './collection.ts';
import { expireTables } from './expire-tables.ts';
import { forgetRecords } from './forget-records.ts';
import { removeFiles } from './remove-files.ts';
import { daysBefore } from './retention.ts';

export interface CollectRequest {
  readonly graceHours: number;
  readonly dryRun: boolean;
  /** Told of each part of the work. */
  readonly tell?: (stage: string) => void;
}

const HOUR_MS = 3_600_000;

/**
 * Removes what nothing published needs any more: snapshots and records beyond retention at once; files in two phases, marked
 * when nothing has needed them for the grace, removed by a collection after another grace. `busy` where one is under way.
 */
export async function collectGarbage(platform: Platform, principal: Principal, request: CollectRequest): Promise<CollectionAnswer> {
  if (principal.kind !== 'operator')
    throw new UserError('denied', `${formatActor(principal)} does not run this mesh`, 'Whoever owns the machine collects garbage; a server does it daily.');
  const answer = await withLease(platform, COLLECT_LEASE, (lease) => collect(platform, lease, request));
  if (answer !== undefined) return answer;
  throw new UserError('busy', 'another collection is under way', 'Try again when it has ended.');
}

async function collect(platform: Platform, lease: Lease, { graceHours, dryRun, tell }: CollectRequest): Promise<CollectionAnswer> {
  tell?.('looking at runs');
  const { live, lost } = await sortUnfinished(platform, async (runs) => (dryRun ? 0 : endLostRuns(platform, runs)));
  tell?.('expiring snapshots');
  const snapshotsExpired = await expireTables(platform, dryRun);
  const records = await forgetRecords(platform, dryRun);
  const readsForgotten = await platform.store.forgetReads(daysBefore(platform.clock.now(), platform.keepReadsDays), dryRun);
  tell?.('removing files');
  const since = live.map(({ run }) => run.at).reduce((least, at) => (at < least ? at : least), platform.clock.now());
  const graceMs = graceHours * HOUR_MS;
  const removed = await removeFiles(platform, { graceMs, since, dryRun, lease });
  // Nobody writes into a staged file for longer than a build may take.
  const stagedRemoved = dryRun ? 0 : await platform.files.sweep(Math.max(graceMs, platform.limits.build.deadlineMs));
  return {
    dryRun,
    snapshotsExpired,
    ...removed,
    stagedRemoved,
    runsRemoved: records.runs,
    incidentsRemoved: records.incidents,
    readsForgotten,
    runsLost: lost.length,
  };
}
