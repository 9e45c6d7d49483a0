import type { Write } from '../../store/store.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import type { Incident } from '../product/incident.ts';
import type { StoredRun } from '../run/run-record.ts';
import { daysBefore, retention } from './retention.ts';

/** So many documents go in one entry of the log. */
const BATCH = 1_000;

/** Removes runs and closed incidents beyond retention from what is current; history keeps them. Returns how many of each. */
export async function forgetRecords(
  { store, clock }: Pick<Platform, 'store' | 'clock'>,
  dryRun: boolean,
): Promise<{ readonly runs: number; readonly incidents: number }> {
  const now = clock.now();
  const runs = oldRuns(
    (await store.list('run')).map((document) => storedValue<StoredRun>(document)),
    now,
  );
  const incidents = (await store.list('incident')).filter(
    (document) => (storedValue<Incident>(document).closedAt ?? now) < daysBefore(now, retention.incidents.days),
  );
  const writes = [...runs.map(({ id }) => ({ kind: 'run', id }) as const), ...incidents.map(({ id }) => ({ kind: 'incident', id }) as const)].map(
    (key): Write => ({ op: 'remove', ...key }),
  );
  for (let start = 0; start < writes.length && !dryRun; start += BATCH) {
    await store.transact({
      actor: 'hanse',
      intent: 'collect.records',
      reason: 'runs and closed incidents beyond retention',
      writes: writes.slice(start, start + BATCH),
    });
  }
  return { runs: runs.length, incidents: incidents.length };
}

function oldRuns(runs: readonly StoredRun[], now: string): readonly StoredRun[] {
  const before = daysBefore(now, retention.runs.days);
  const ended = runs.filter(({ outcome }) => outcome !== 'running');
  return [...Map.groupBy(ended, ({ ref }) => ref).values()].flatMap((own) =>
    own
      .toSorted((a, b) => (a.at < b.at ? 1 : -1))
      .slice(retention.runs.least)
      .filter(({ at }) => at < before),
  );
}
