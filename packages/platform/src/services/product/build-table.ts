import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { ProgressLine } from '@hanse/core/api/operations.ts';
import type { CheckAnswer, RunAnswer } from '@hanse/core/api/shapes.ts';
import { type ColumnLineage, columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { BuildObject, Level } from '@hanse/core/product/build-file.ts';
import type { Analysis } from '../../engine/engine.ts';
import { ExternalError, UserError } from '../../error.ts';
import type { Lease } from '../../store/store.ts';
import { bodyOf } from '../mesh/stored-value.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { readChecks, readHead, type TableHead } from '../table/table-head.ts';
import { type BuildInputs, digestOf, openInputs } from './build-inputs.ts';
import { closeIncident, openIncident } from './incident.ts';
import { type Judgement, judgeVersion } from './judge-version.ts';
import { prepareSlices } from './prepare-slices.ts';
import { publishVersion } from './publish-version.ts';
import type { Candidate, PreviousVersion } from './version.ts';
import { writeVersion } from './write-version.ts';

/** One table to build: its SELECT, or a delivered file as `source.delivery`. */
export interface TableBuild {
  readonly table: ServedTable;
  readonly object: BuildObject;
  readonly level: Level;
  readonly statement: { readonly path: string; readonly sql: string };
  readonly analysis: Analysis;
  readonly delivery?: string;
  readonly force: boolean;
}

export interface BuildCall {
  readonly principal: Principal;
  readonly lease: Lease;
  readonly signal?: AbortSignal;
  readonly progress: (line: ProgressLine) => void;
}

interface Run {
  readonly id: string;
  readonly startedAt: string;
}

/** Builds, checks and publishes one table (02-architecture's seven steps); whatever fails ends as the run's outcome. */
export async function buildTable(platform: Platform, now: MeshNow, build: TableBuild, call: BuildCall): Promise<RunAnswer> {
  const run: Run = { id: platform.newId(), startedAt: platform.clock.now() };
  try {
    return await runBuild(platform, now, build, { ...call, run });
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ExternalError)) throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    const answer = answerOf(platform, build, run, { outcome: 'failed', message: `${error.message}.${hint}`.replace('..', '.') });
    await record(platform, { ...call, run }, answer);
    return answer;
  }
}

type RunCall = BuildCall & { readonly run: Run };

async function runBuild(platform: Platform, now: MeshNow, build: TableBuild, call: RunCall): Promise<RunAnswer> {
  const { table } = build;
  const tell = (stage: string, done?: number) => call.progress({ ref: tableRef(table), stage, ...(done !== undefined && { done }) });
  const previous = await readPrevious(platform, table);
  await using inputs = await openInputs(platform, now, {
    table,
    build: build.delivery === undefined ? now.mesh.builds.get(table.product.id) : deliveryBuild(table, build.delivery),
    path: build.statement.path,
    isDelivery: build.delivery !== undefined,
    names: build.analysis.tables,
    positions: build.force ? {} : (previous?.head.positions ?? {}),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  const fingerprint = digestOf([build.analysis.sql, JSON.stringify(table.contract), build.object.mode, inputs.fingerprint].join('\n'));
  if (!build.force && previous?.head.fingerprint === fingerprint) return unchanged(platform, build, call.run, previous.head);
  await record(platform, call, answerOf(platform, build, call.run, { outcome: 'running', message: 'building' }));
  platform.onStep?.('intent');
  tell('building', 0);
  const candidate = await writeVersion(platform, {
    table,
    object: build.object,
    sql: build.analysis.sql,
    relations: inputs.relations,
    mode: build.force ? 'full' : build.object.mode,
    progress: (done) => tell('building', done),
    ...(previous !== undefined && { previous }),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  if (candidate === undefined && previous !== undefined) return unchanged(platform, build, call.run, previous.head);
  if (candidate === undefined) throw new UserError('invalid', `${tableRef(table)}: the build gives no version`);
  tell('checking');
  const known = await readChecks(platform, table.id);
  const judgement = await judgeVersion(platform, {
    table,
    columns: candidate.columns,
    files: [...candidate.kept, ...candidate.added],
    ...(known !== undefined && { previous: known.measures }),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  platform.onStep?.('checked');
  return finish(platform, build, call, { previous, inputs, candidate, judgement, fingerprint });
}

interface Judged {
  readonly previous: PreviousVersion | undefined;
  readonly inputs: BuildInputs;
  readonly candidate: Candidate;
  readonly judgement: Judgement;
  readonly fingerprint: string;
}

async function finish(platform: Platform, build: TableBuild, call: RunCall, judged: Judged): Promise<RunAnswer> {
  const { table, level } = build;
  const { checks } = judged.judgement;
  const breached = checks.some(({ result }) => result === 'fail');
  const work = { checks, filesWritten: judged.candidate.added.length, filesChecked: judged.judgement.filesScanned };
  const incident = { table, runId: call.run.id, checks };
  if (breached && level === 'block') {
    const answer = answerOf(platform, build, call.run, { ...work, outcome: 'blocked', message: blockedMessage(checks, judged.previous) });
    const opened = await openIncident(platform, { ...incident, blocked: true, quarantined: judged.candidate.added.map(({ name }) => name) });
    await record(platform, call, answer, [opened]);
    return answer;
  }
  const rows = [...judged.candidate.added, ...judged.candidate.kept].reduce((sum, file) => sum + file.rows, 0);
  const published = answerOf(platform, build, call.run, { ...work, outcome: 'published', rows, message: publishedMessage(checks, rows) });
  const head = await publishVersion(platform, {
    runId: call.run.id,
    principal: call.principal,
    table,
    lease: call.lease,
    previous: judged.previous,
    candidate: judged.candidate,
    judgement: judged.judgement,
    breached,
    fingerprint: judged.fingerprint,
    positions: judged.inputs.positions,
    lineage: await lineageOf(platform, build, judged.inputs),
    run: bodyOf({ ...published, at: call.run.startedAt }),
    incidents: breached ? [await openIncident(platform, { ...incident, blocked: false, quarantined: [] })] : await closeIncident(platform, table.id),
  });
  platform.onStep?.('announced');
  call.progress({ ref: tableRef(table), stage: 'preparing slices' });
  const filesSliced = await prepareSlices(platform, table, head);
  return { ...published, snapshot: head.snapshot, filesSliced, durationMs: Date.parse(platform.clock.now()) - Date.parse(call.run.startedAt) };
}

async function readPrevious(platform: Pick<Platform, 'store' | 'tables'>, table: ServedTable): Promise<PreviousVersion | undefined> {
  const head = await readHead(platform, table.id);
  if (head === undefined) return undefined;
  const published = await platform.tables.read(head.metadata);
  return { head, table: published, files: await published.dataFiles(head.snapshot) };
}

function deliveryBuild(table: ServedTable, path: string) {
  return { productId: table.product.id, file: { sources: { delivery: { kind: 'file', file: path } }, objects: {} }, statements: [] } as const;
}

async function lineageOf(platform: Pick<Platform, 'engine'>, build: TableBuild, inputs: BuildInputs): Promise<ColumnLineage> {
  const shapes = inputs.relations.map(({ schema, name, columns }) => ({ schema, name, columns }));
  const known = shapes.filter((shape) => shape.columns !== undefined).map((shape) => ({ ...shape, columns: shape.columns ?? [] }));
  if (known.length < shapes.length) return { kind: 'unknown', reason: 'a source states no columns' };
  return columnLineage(await platform.engine.boundPlan(build.analysis.sql, known));
}

function unchanged(platform: Pick<Platform, 'clock'>, build: TableBuild, run: Run, head: TableHead): RunAnswer {
  return { ...answerOf(platform, build, run, { outcome: 'unchanged', message: `nothing changed since ${head.publishedAt}`, rows: head.rows }), snapshot: head.snapshot };
}

function answerOf(platform: Pick<Platform, 'clock'>, build: TableBuild, run: Run, known: Pick<RunAnswer, 'outcome' | 'message'> & Partial<RunAnswer>): RunAnswer {
  const durationMs = Date.parse(platform.clock.now()) - Date.parse(run.startedAt);
  return { id: run.id, ref: tableRef(build.table), mode: build.object.mode, rows: null, snapshot: null, checks: [], filesWritten: 0, filesChecked: 0, filesSliced: 0, durationMs, ...known };
}

/** What a run intends, and how one ended that published nothing. */
async function record(platform: Pick<Platform, 'store'>, call: RunCall, answer: RunAnswer, incidents: readonly Awaited<ReturnType<typeof openIncident>>[] = []): Promise<void> {
  await platform.store.transact({
    actor: formatActor(call.principal),
    intent: `run.${answer.outcome}`,
    reason: answer.message,
    fence: { lease: call.lease.name, number: call.lease.number },
    writes: [{ op: 'put', kind: 'run', id: answer.id, home: { kind: 'mesh' }, body: bodyOf({ ...answer, at: call.run.startedAt }) }, ...incidents],
  });
}

function blockedMessage(checks: readonly CheckAnswer[], previous: PreviousVersion | undefined): string {
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const stays = previous === undefined ? 'nothing is published' : `snapshot ${previous.head.snapshot} stays`;
  return `${failed} of ${checks.length} rules fail; ${stays}, the new files are in quarantine`;
}

function publishedMessage(checks: readonly CheckAnswer[], rows: number): string {
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const warned = checks.filter(({ result }) => result === 'warn' || result === 'error').length;
  const state = failed > 0 ? `${failed} of ${checks.length} rules fail` : warned > 0 ? `${warned} of ${checks.length} rules need a look` : `${checks.length} rules hold`;
  return `${rows.toLocaleString('en')} rows, ${state}`;
}
