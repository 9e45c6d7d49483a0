import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '@hanse/core/access/principal.ts';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { collectGarbage } from '../collect/collect-garbage.ts';
import { readCollection } from '../collect/collection.ts';
import { retention } from '../collect/retention.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { buildProducts } from '../product/build-products.ts';
import { dueProducts, type LastRun } from './due-products.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TICK_MS = 15_000;
const SCHEDULER: Principal = { kind: 'operator', username: 'scheduler' };

/** Builds what is due until the signal aborts: by cron, after inputs, and again after a failure. A product that fails or takes long stops no other. */
export async function runSchedules(platform: Platform, signal: AbortSignal): Promise<void> {
  const building = new Map<string, Promise<void>>();
  const idle = new Map<string, LastRun>();
  let collectAt = 0;
  let granted = '';
  while (!signal.aborted) {
    for (const ref of await dueNow(platform, [...idle.values()], signal)) {
      if (!building.has(ref))
        building.set(
          ref,
          buildOne(platform, { ref, signal, idle }).finally(() => building.delete(ref)),
        );
    }
    granted = await grantWhatChanged(platform, granted);
    if (Date.parse(platform.clock.now()) >= collectAt) {
      collectAt = Date.parse(platform.clock.now()) + HOUR_MS;
      await collectDaily(platform, signal);
    }
    await sleep(TICK_MS, undefined, { signal, ref: false }).catch(() => {});
  }
  await Promise.all(building.values());
}

interface Scheduled {
  readonly ref: string;
  readonly signal: AbortSignal;
  /** Runs that are not on record because there was nothing to do, by table: not due again at the next tick. */
  readonly idle: Map<string, LastRun>;
}

async function buildOne(platform: Platform, { ref, signal, idle }: Scheduled): Promise<void> {
  const at = platform.clock.now();
  try {
    const { runs } = await buildProducts(platform, SCHEDULER, { ref, force: false }, { signal });
    for (const run of runs) if (run.outcome === 'unchanged' || run.outcome === 'waiting') idle.set(run.ref, { ...run, at });
  } catch (error) {
    if (!signal.aborted) console.error(`schedule: ${ref}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An agreement begins and ends by the clock, also where its table stays in its database. Returns what is granted now; what it was where that failed. */
async function grantWhatChanged(platform: Platform, granted: string): Promise<string> {
  if (platform.places.length === 0) return granted;
  try {
    const { placeAccesses } = await import('../grant/place-access.ts');
    const wanted = JSON.stringify(placeAccesses(platform, await platform.meshes.current()).map(({ desired }) => desired));
    if (wanted !== granted) await (await import('../grant/settle-grants.ts')).settleAfter(platform, 'agreements began or ended');
    return wanted;
  } catch (error) {
    console.error(`schedule: ${error instanceof Error ? error.message : String(error)}`);
    return granted;
  }
}

async function collectDaily(platform: Platform, signal: AbortSignal): Promise<void> {
  try {
    const { at } = await readCollection(platform);
    const [first] = at === '' ? await platform.store.log({ limit: 1 }) : [];
    const last = first?.at ?? at;
    if (signal.aborted || last === '' || Date.parse(platform.clock.now()) - Date.parse(last) < DAY_MS) return;
    await collectGarbage(platform, SCHEDULER, { graceHours: retention.graceHours, dryRun: false });
  } catch (error) {
    if (!signal.aborted) console.error(`schedule: collecting garbage: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Nothing is due while the store cannot say what is. */
async function dueNow(platform: Platform, idle: readonly LastRun[], signal: AbortSignal): Promise<readonly string[]> {
  try {
    const now = await platform.meshes.current();
    const runs = (await platform.store.list('run')).map((document) => storedValue<RunAnswer & LastRun>(document));
    return dueProducts(now, [...runs, ...idle], platform.clock.now());
  } catch (error) {
    if (!signal.aborted) console.error(`schedule: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}
