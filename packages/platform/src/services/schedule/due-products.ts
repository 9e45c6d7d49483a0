import { Cron } from 'croner';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import type { Product } from '@hanse/core/product/product.ts';
import type { MeshNow } from '../platform.ts';

/** A run as the scheduler needs it. */
export interface LastRun extends Pick<RunAnswer, 'ref' | 'outcome'> {
  /** ISO 8601 in UTC. */
  readonly at: string;
}

const RETRY_MS = 30_000;
const DEFAULT_RETRIES = 3;

/** Products to build now: their cron time has come since the last run, an input was published since, or a failed run is to be tried again. */
export function dueProducts(now: MeshNow, runs: readonly LastRun[], at: string): readonly string[] {
  return [...now.mesh.builds.values()].flatMap((build) => {
    const product = now.mesh.products.get(build.productId);
    if (product === undefined || build.file.schedule === undefined) return [];
    return isDue(now, { build, product, runs, at }) ? [`${product.domain}/${product.name}`] : [];
  });
}

interface Candidate {
  readonly build: Build;
  readonly product: Product;
  readonly runs: readonly LastRun[];
  readonly at: string;
}

function isDue(now: MeshNow, candidate: Candidate): boolean {
  const { build, product, runs, at } = candidate;
  const own = new Set(now.tables.filter((table) => table.product.id === product.id).map(tableRef));
  const history = runs.filter(({ ref, outcome }) => own.has(ref) && outcome !== 'running').toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const last = history[0];
  if (last?.outcome === 'failed') return retryAt(build, history, last) <= Date.parse(at);
  const { schedule } = build.file;
  if (schedule?.kind === 'after-inputs') return wasPublished(now, candidate, last?.at ?? '');
  if (schedule === undefined || last === undefined) return schedule !== undefined;
  const next = new Cron(schedule.cron, { timezone: 'UTC' }).nextRun(last.at);
  return next !== null && next.getTime() <= Date.parse(at);
}

/** When to try again: each failure in a row doubles the wait; after the last retry only the schedule counts. */
function retryAt(build: Build, history: readonly LastRun[], last: LastRun): number {
  const failures = history.findIndex(({ outcome }) => outcome !== 'failed');
  const count = failures < 0 ? history.length : failures;
  const allowed = Math.max(DEFAULT_RETRIES, ...Object.values(build.file.objects).map(({ retries }) => retries ?? 0));
  const { schedule } = build.file;
  if (count <= allowed) return Date.parse(last.at) + RETRY_MS * 2 ** (count - 1);
  return schedule?.kind === 'cron' ? (new Cron(schedule.cron, { timezone: 'UTC' }).nextRun(last.at)?.getTime() ?? Infinity) : Infinity;
}

function wasPublished(now: MeshNow, { product, runs }: Candidate, since: string): boolean {
  const contracts = new Set(product.inputPorts.map(({ contractId }) => contractId));
  const inputs = new Set(now.tables.filter((table) => contracts.has(table.contract.id)).map(tableRef));
  return runs.some(({ ref, outcome, at }) => outcome === 'published' && inputs.has(ref) && at > since);
}
