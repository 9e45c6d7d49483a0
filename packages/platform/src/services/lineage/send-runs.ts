import { runEvent } from '@hanse/core/lineage/openlineage/run-event.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import type { EventSink } from '../../openlineage/event-sink.ts';
import type { LogEntry } from '../../store/store.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { recipeOf } from '../product/find-statement.ts';
import type { StoredRun } from '../run/run-record.ts';
import { readHead } from '../table/table-head.ts';

const PAGE = 500;

type Needs = Pick<Platform, 'store' | 'meshes' | 'meshName'>;

export interface SendOptions {
  readonly sink: EventSink;
  readonly version: string;
  /** The log number up to which all is sent. */
  readonly after: number;
  /** Told of each number up to which all is sent, before what follows is. */
  readonly sent: (sequence: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Sends what the log tells of runs, in its order, as events of OpenLineage. The log is the spool: what could not be brought is sent
 * the next time, so each event arrives at least once; receivers know a run by its id. Throws the sink's `ExternalError`.
 */
export async function sendRuns(platform: Needs, { sink, version, after, sent, signal }: SendOptions): Promise<void> {
  for (let from = after; !signal.aborted;) {
    const entries = await platform.store.log({ after: from, limit: PAGE });
    const last = entries.at(-1);
    if (last === undefined) return;
    const now = await platform.meshes.current();
    for (const entry of entries) {
      signal.throwIfAborted();
      const events = await eventsOf(platform, now, entry, version);
      for (const event of events) await sink.send(event, signal);
      if (events.length > 0 || entry === last) await sent(entry.sequence);
    }
    from = last.sequence;
  }
}

/** What one log entry tells of runs; nothing of a run that was forgotten since. */
async function eventsOf(platform: Needs, now: MeshNow, entry: LogEntry, version: string) {
  const runs = entry.writes.filter(({ kind, op }) => kind === 'run' && op === 'put');
  const events = await Promise.all(
    runs.map(async ({ id }) => {
      const stored = await platform.store.read({ kind: 'run', id }, entry.sequence);
      if (stored === undefined) return undefined;
      const run = storedValue<StoredRun>(stored);
      const table = now.tables.find((one) => tableRef(one) === run.ref);
      const statement = table === undefined ? undefined : recipeOf(table, now.mesh.builds.get(table.product.id)).statement;
      const head = table === undefined || run.outcome !== 'published' ? undefined : await readHead(platform, table.id, entry.sequence);
      return runEvent({
        meshName: platform.meshName,
        version,
        at: entry.at,
        run,
        mesh: now.mesh,
        tables: now.tables,
        ...(table !== undefined && { table }),
        ...(statement !== undefined && { sql: statement.sql }),
        ...(head?.runId === run.id && { published: { snapshot: head.snapshot, lineage: head.lineage } }),
      });
    }),
  );
  return events.filter((event) => event !== undefined);
}
