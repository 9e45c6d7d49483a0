import { Cron } from 'croner';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import type { MeshNow } from '../platform.ts';
import { recipeOf } from '../product/find-statement.ts';

/** A run as the scheduler needs it. */
export interface LastRun extends Pick<RunAnswer, 'ref' | 'outcome' | 'durationMs'> {
  /** When it began; ISO 8601 in UTC. */
  readonly at: string;
}

const RETRY_MS = 30_000;
const DEFAULT_RETRIES = 3;

/** Products with a table to build now: its cron time has come since its last run, an input was published since, or a failed run is to be tried again. */
export function dueProducts(now: MeshNow, runs: readonly LastRun[], at: string): readonly string[] {
  const due = now.tables.filter((table) => {
    const build = now.mesh.builds.get(table.product.id);
    return build?.file.schedule !== undefined && isDue(now, { table, build, runs, at });
  });
  return [...new Set(due.map(({ product }) => `${product.domain}/${product.name}`))];
}

interface Candidate {
  readonly table: ServedTable;
  readonly build: Build;
  readonly runs: readonly LastRun[];
  readonly at: string;
}

function isDue(now: MeshNow, candidate: Candidate): boolean {
  const { table, build, runs, at } = candidate;
  const own = tableRef(table);
  const history = runs.filter(({ ref, outcome }) => ref === own && outcome !== 'running').toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const [last] = history;
  const { schedule } = build.file;
  if (last?.outcome === 'failed' && retryAt(candidate, history, last) <= Date.parse(at)) return true;
  if (schedule?.kind === 'after-inputs') return wasPublished(now, candidate, last?.at ?? '');
  if (schedule === undefined || last === undefined) return schedule !== undefined;
  const next = new Cron(schedule.cron, { timezone: 'UTC' }).nextRun(last.at);
  return next !== null && next.getTime() <= Date.parse(at);
}

/** When to try again: each failure in a row doubles the wait; after the last retry only the schedule counts. */
function retryAt({ table, build }: Candidate, history: readonly LastRun[], last: LastRun): number {
  const failures = history.findIndex(({ outcome }) => outcome !== 'failed');
  const count = failures < 0 ? history.length : failures;
  const allowed = recipeOf(table, build).object.retries ?? DEFAULT_RETRIES;
  return count <= allowed ? Date.parse(last.at) + last.durationMs + RETRY_MS * 2 ** (count - 1) : Infinity;
}

/** True where an input was published after the last run began, and so may have read less. */
function wasPublished(now: MeshNow, { table, runs }: Candidate, since: string): boolean {
  const contracts = new Set(table.product.inputPorts.map(({ contractId }) => contractId));
  const inputs = new Set(now.tables.filter(({ contract }) => contracts.has(contract.id)).map(tableRef));
  return runs.some(
    ({ ref, outcome, at, durationMs }) => outcome === 'published' && inputs.has(ref) && (since === '' || Date.parse(at) + durationMs > Date.parse(since)),
  );
}
