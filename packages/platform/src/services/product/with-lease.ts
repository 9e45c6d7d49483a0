import type { Lease } from '../../store/store.ts';
import type { Platform } from '../platform.ts';

const TTL_MS = 30_000;

/** Runs work under a named lease and keeps it while the work lasts; undefined where somebody else holds it. */
export async function withLease<Result>(
  platform: Pick<Platform, 'store' | 'holder' | 'newId'>,
  name: string,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result | undefined> {
  const holder = `${platform.holder}/${platform.newId()}`;
  const lease = await platform.store.lease(name, holder, TTL_MS);
  if (lease === undefined) return undefined;
  const renewal = setInterval(() => void platform.store.lease(name, holder, TTL_MS).catch(() => {}), TTL_MS / 3);
  try {
    return await work(lease);
  } finally {
    clearInterval(renewal);
    // The work is done, whatever becomes of the lease: one that is not released ends by itself.
    await platform.store.release(lease).catch(() => {});
  }
}
