import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSink } from '../../openlineage/event-sink.ts';
import type { Platform } from '../platform.ts';
import { sendRuns } from './send-runs.ts';

const LEASE = 'openlineage';
const LEASE_MS = 60_000;
const TICK_MS = 5_000;

/** Brings what the log tells of runs to where OpenLineage's events go. */
export interface LineageFeed {
  /** Sends what was not sent yet; does nothing while another process does. Throws `ExternalError` where it cannot be brought. */
  send(signal: AbortSignal): Promise<void>;
  /** Goes on sending until the signal aborts; says on standard error when it cannot. */
  follow(signal: AbortSignal): Promise<void>;
}

type Needs = Pick<Platform, 'store' | 'meshes' | 'meshName' | 'holder' | 'place'>;

/** How far it came stands in a file of its own: without it everything is sent again, which receivers know by the runs' ids. */
export function createLineageFeed(platform: Needs, sink: EventSink, version: string): LineageFeed {
  const position = join(platform.place.storage, 'openlineage.json');
  const send = async (signal: AbortSignal) => {
    const after = await readPosition(position, sink.name);
    if ((await platform.store.head()) === after) return;
    const lease = await platform.store.lease(LEASE, platform.holder, LEASE_MS);
    if (lease === undefined) return;
    try {
      await sendRuns(platform, { sink, version, after, sent: (sequence) => writePosition(position, { sink: sink.name, sequence }), signal });
    } finally {
      await platform.store.release(lease);
    }
  };
  return {
    send,
    follow: async (signal) => {
      let told = '';
      while (!signal.aborted) {
        const problem = await send(signal).then(
          () => '',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        if (problem !== told && problem !== '' && !signal.aborted) console.error(`openlineage: ${problem}`);
        told = problem;
        await sleep(TICK_MS, undefined, { signal, ref: false }).catch(() => {});
      }
    },
  };
}

/** A receiver that is named anew gets everything from the beginning. */
async function readPosition(path: string, sink: string): Promise<number> {
  try {
    const written: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof written !== 'object' || written === null || !('sequence' in written) || !('sink' in written)) return 0;
    return written.sink === sink && typeof written.sequence === 'number' ? written.sequence : 0;
  } catch {
    return 0;
  }
}

async function writePosition(path: string, position: { readonly sink: string; readonly sequence: number }): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(position));
  await rename(`${path}.new`, path);
}
