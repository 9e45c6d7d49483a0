import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { ProgressLine } from '@hanse/core/api/shapes.ts';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import { findTables, type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { tableLevel } from '@hanse/core/mesh/table-level.ts';
import { ExternalError, UserError } from '../../error.ts';
import { selectServed } from '../mesh/find-served.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { buildTable, failureText, type TableBuild } from './build-table.ts';
import { isInPlace, recipeOf, whyNoBuild } from './find-statement.ts';
import { refusalInFile } from './statement-refusal.ts';
import { endLostRuns, unfinishedRuns } from '../run/lost-runs.ts';
import { withLease } from './with-lease.ts';

export interface BuildRequest {
  readonly ref?: string | undefined;
  readonly from?: string | undefined;
  readonly force: boolean;
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (line: ProgressLine) => void;
}

type Planned = { readonly table: ServedTable; readonly after: readonly string[] } & (
  { readonly build: TableBuild } | { readonly why: string; readonly outcome: 'waiting' | 'failed' }
);

/** Builds the selected tables, inputs first, several at a time. One that fails stops no other; its readers go on with its last version. */
export async function buildProducts(
  platform: Platform,
  principal: Principal,
  request: BuildRequest,
  options: BuildOptions = {},
): Promise<{ runs: RunAnswer[] }> {
  const now = await platform.meshes.current();
  const named = request.ref !== undefined || request.from !== undefined;
  const selected = selectServed(now, request.ref).filter((table) => named || !isInPlace(table, recipeOf(table, now.mesh.builds.get(table.product.id))));
  for (const { domain } of selected) refuseForeign(now, principal, domain);
  const [first, ...others] = selected;
  if (request.from !== undefined && principal.kind === 'person' && principal.by === undefined)
    throw new UserError('denied', 'a file on the server is delivered by who owns that machine', 'Ask them, or name the file as a source in build.yaml.');
  if (request.from !== undefined && (first === undefined || others.length > 0))
    throw new UserError(
      'usage',
      '--from delivers one table',
      `Name it: ${selected.map((table) => `${table.domain}/${table.product.name}:${table.name}__v${table.major}`).join(', ')}.`,
    );
  const planned = await Promise.all(selected.map((table) => planBuild(platform, now, table, request)));
  const unfinished = await unfinishedRuns(platform);
  const runs = await runInOrder(planned, platform.buildsAtOnce, async (one) => {
    options.signal?.throwIfAborted();
    if (!('build' in one)) return notBuilt(platform, one);
    const held = await withLease(platform, `build/${one.table.product.id}`, async (lease) => {
      await endLostRuns(
        platform,
        unfinished.filter(({ run }) => run.lease.name === lease.name),
      );
      return buildTable(platform, now, one.build, {
        principal,
        lease,
        progress: options.progress ?? (() => {}),
        ...(options.signal !== undefined && { signal: options.signal }),
      });
    });
    return held ?? notBuilt(platform, { table: one.table, why: 'another run is building this product', outcome: 'waiting' });
  });
  return { runs: [...runs] };
}

function refuseForeign(now: MeshNow, principal: Principal, domain: string): void {
  if (principal.kind === 'operator' || (principal.kind === 'person' && isMember(now.mesh.domains.get(domain), principal.username))) return;
  throw new UserError('denied', `${formatPrincipal(principal)} is no member of ${domain}`, 'Only members build a domain’s products.');
}

async function planBuild(platform: Pick<Platform, 'engine'>, now: MeshNow, table: ServedTable, request: BuildRequest): Promise<Planned> {
  const recipe = recipeOf(table, now.mesh.builds.get(table.product.id));
  const delivered = request.from !== undefined;
  const why = delivered ? undefined : whyNoBuild(table, recipe);
  if (why !== undefined) return { table, after: [], why, outcome: 'waiting' };
  const statement =
    delivered || recipe.statement === undefined
      ? { path: `${table.domain}/${table.product.name}/delivery`, sql: 'select * from source.delivery' }
      : recipe.statement;
  try {
    const analysis = await platform.engine.parse(statement.sql);
    const inputs = analysis.tables.filter(({ schema }) => schema !== 'source').flatMap((name) => findTables(now.tables, name));
    const build: TableBuild = {
      table,
      object: recipe.object,
      level: tableLevel(now.mesh, table),
      statement,
      analysis,
      force: request.force,
      ...(request.from !== undefined && { delivery: request.from }),
    };
    return { table, after: inputs.map(({ id }) => id).filter((id) => id !== table.id), build };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ExternalError)) throw error;
    return { table, after: [], why: failureText(error instanceof UserError ? refusalInFile(statement, error) : error), outcome: 'failed' };
  }
}

/** Runs each after those it reads, one at a time of a product and at most `atOnce` together; what stands in a circle runs last, in the order given. Ends when none runs any more, also where one throws. */
async function runInOrder(planned: readonly Planned[], atOnce: number, run: (one: Planned) => Promise<RunAnswer>): Promise<readonly RunAnswer[]> {
  const waiting = new Set(planned);
  const running = new Map<Planned, Promise<void>>();
  const runs: RunAnswer[] = [];
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await Promise.allSettled(running.values())));
  while (waiting.size > 0 || running.size > 0) {
    const open = new Set([...waiting, ...running.keys()].map(({ table }) => table.id));
    const busy = new Set([...running.keys()].map(({ table }) => table.product.id));
    const ready = [...waiting].filter(({ table, after }) => !busy.has(table.product.id) && after.every((id) => !open.has(id)));
    const next = ready[0] ?? (running.size === 0 ? [...waiting][0] : undefined);
    if (next !== undefined && running.size < atOnce) {
      waiting.delete(next);
      const done = run(next)
        .then((answer) => void runs.push(answer))
        .finally(() => running.delete(next));
      running.set(next, done);
    } else {
      await Promise.race(running.values());
    }
  }
  return runs;
}

function notBuilt(
  platform: Pick<Platform, 'newId'>,
  { table, why, outcome }: { readonly table: ServedTable; readonly why: string; readonly outcome: 'waiting' | 'failed' },
): RunAnswer {
  return {
    id: platform.newId(),
    ref: tableRef(table),
    outcome,
    mode: 'full',
    rows: null,
    snapshot: null,
    message: why,
    checks: [],
    filesWritten: 0,
    filesChecked: 0,
    filesSliced: 0,
    durationMs: 0,
  };
}
