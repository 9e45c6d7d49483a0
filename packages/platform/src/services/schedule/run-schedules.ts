import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '@hanse/core/access/principal.ts';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { buildProducts } from '../product/build-products.ts';
import { dueProducts, type LastRun } from './due-products.ts';

const TICK_MS = 15_000;
const SCHEDULER: Principal = { kind: 'operator', username: 'scheduler' };

/** Builds what is due until the signal aborts: by cron, after inputs, and again after a failure. One product's failure stops no other. */
export async function runSchedules(platform: Platform, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const due = await dueNow(platform);
    await Promise.all(due.map((ref) => buildOne(platform, ref, signal)));
    await sleep(TICK_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function buildOne(platform: Platform, ref: string, signal: AbortSignal): Promise<void> {
  try {
    await buildProducts(platform, SCHEDULER, { ref, force: false }, { signal });
  } catch (error) {
    if (!signal.aborted) console.error(`schedule: ${ref}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function dueNow(platform: Platform): Promise<readonly string[]> {
  const now = await platform.meshes.current();
  const runs = (await platform.store.list('run')).map((document) => storedValue<RunAnswer & LastRun>(document));
  return dueProducts(now, runs, platform.clock.now());
}
