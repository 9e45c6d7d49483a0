import type { StoredDocument } from '../../store/store.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { withLease } from '../product/with-lease.ts';
import type { StoredRun } from './run-record.ts';

/** A run that is on record as running. */
export interface UnfinishedRun {
  readonly run: StoredRun;
  readonly version: number;
}

export async function unfinishedRuns(platform: Pick<Platform, 'store'>): Promise<readonly UnfinishedRun[]> {
  return (await platform.store.list('run')).map(unfinished).filter(({ run }) => run.outcome === 'running');
}

function unfinished(document: StoredDocument): UnfinishedRun {
  return { run: storedValue<StoredRun>(document), version: document.version };
}

/** Under the lease of these runs, which their processes would hold if they lived: puts on record that they failed. Returns how many. */
export async function endLostRuns({ store, clock }: Pick<Platform, 'store' | 'clock'>, runs: readonly UnfinishedRun[]): Promise<number> {
  let ended = 0;
  for (const { run, version } of runs) {
    const message = 'lost: its process ended before it did; nothing of it was published';
    const durationMs = Math.max(0, Date.parse(clock.now()) - Date.parse(run.at));
    const result = await store.transact({
      actor: 'hanse',
      intent: 'run.failed',
      reason: `${run.ref}: ${message}`,
      writes: [
        { op: 'put', kind: 'run', id: run.id, home: { kind: 'mesh' }, body: bodyOf({ ...run, outcome: 'failed', message, durationMs } satisfies StoredRun) },
      ],
      expect: [{ kind: 'run', id: run.id, version }],
    });
    if (result.kind === 'committed') ended += 1;
  }
  return ended;
}

/** Tells runs that live from those whose process is gone: the lease of a run that lives is held. */
export async function sortUnfinished(
  platform: Pick<Platform, 'store' | 'holder' | 'newId'>,
  work: (lost: readonly UnfinishedRun[]) => Promise<unknown> = async () => {},
) {
  const runs = await unfinishedRuns(platform);
  const live: UnfinishedRun[] = [];
  const lost: UnfinishedRun[] = [];
  for (const [name, own] of Map.groupBy(runs, ({ run }) => run.lease.name)) {
    const free = await withLease(platform, name, async () => {
      await work(own);
      return true;
    });
    (free === true ? lost : live).push(...own);
  }
  return { live, lost };
}
