import { dirname } from 'node:path/posix';
import type { Principal } from '@hanse/core/access/principal.ts';
import type { ProgressLine } from '@hanse/core/api/shapes.ts';
import type { CheckAnswer, RunAnswer } from '@hanse/core/api/shapes.ts';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import { type ColumnLineage, columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { BuildObject, Level } from '@hanse/core/product/build-file.ts';
import { formatNumber } from '@hanse/core/rule/format-number.ts';
import type { Analysis } from '../../engine/engine.ts';
import { ExternalError, UserError } from '../../error.ts';
import { snapshotIdOf } from '../../iceberg/commit.ts';
import type { Lease } from '../../store/store.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { commitFiles } from '../run/commit-files.ts';
import { noEffect, openRunRecord, type RunRecord } from '../run/run-record.ts';
import { readChecks, readHead, type TableHead } from '../table/table-head.ts';
import { type BuildInputs, digestOf, openInputs } from './build-inputs.ts';
import { rowRefusal } from './delivered-row.ts';
import { closeIncident, isBlocked, openIncident } from './incident.ts';
import { type Judgement, judgeVersion } from './judge-version.ts';
import { prepareSlices } from './prepare-slices.ts';
import { publishVersion } from './publish-version.ts';
import { isAboutStatement, refusalInFile } from './statement-refusal.ts';
import { type Candidate, modeOf, type PreviousVersion } from './version.ts';
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

/** Builds, checks and publishes one table (02-architecture's seven steps); whatever fails ends as the run's outcome. */
export async function buildTable(platform: Platform, now: MeshNow, build: TableBuild, call: BuildCall): Promise<RunAnswer> {
  const run = openRunRecord(platform, { principal: call.principal, lease: call.lease, ref: tableRef(build.table) });
  try {
    return await runBuild(platform, now, build, { ...call, run });
  } catch (error) {
    const known = error instanceof UserError || error instanceof ExternalError;
    const answer = answerOf(platform, build, run, { outcome: 'failed', message: failureText(refusalOf(now, build, error)) });
    const recorded = await run.end(answer).then(
      () => answer,
      (refusal: unknown) => ({ ...answer, message: `${answer.message} The failure is not on record: ${failureText(refusal)}` }),
    );
    if (!known) throw error;
    return recorded;
  }
}

/** What the engine refuses, as a fault of a row that a source delivers or of the statement in its file. */
function refusalOf(now: MeshNow, build: TableBuild, error: unknown): unknown {
  if (!isAboutStatement(error)) return error;
  const sources =
    build.delivery === undefined
      ? (now.mesh.builds.get(build.table.product.id)?.file.sources ?? {})
      : { delivery: { kind: 'file', file: build.delivery } as const };
  const row = rowRefusal({ folder: build.delivery === undefined ? dirname(build.statement.path) : '', sources }, error);
  return row ?? (build.delivery === undefined ? refusalInFile({ ...build.statement, printed: build.analysis.sql }, error) : error);
}

/** One that shows a line of a file has it whole, and its hint below. */
export function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UserError || error instanceof ExternalError ? error.hint : undefined;
  if (message.includes('\n')) return `${message}${hint === undefined ? '' : `\n${hint}`}`;
  return `${message.replace(/[.]$/, '')}.${hint === undefined ? '' : ` ${hint}`}`;
}

type RunCall = BuildCall & { readonly run: RunRecord };

async function runBuild(platform: Platform, now: MeshNow, build: TableBuild, call: RunCall): Promise<RunAnswer> {
  const { table } = build;
  const tell = (stage: string, done?: number) => call.progress({ ref: tableRef(table), stage, ...(done !== undefined && { done }) });
  const previous = await readPrevious(platform, table);
  const kept = modeOf(table, build, previous);
  await using inputs = await openInputs(platform, now, {
    table,
    build: build.delivery === undefined ? now.mesh.builds.get(table.product.id) : deliveryBuild(table, build.delivery),
    path: build.statement.path,
    isDelivery: build.delivery !== undefined,
    names: build.analysis.tables,
    positions: kept === 'full' ? {} : (previous?.head.positions ?? {}),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  const mode = inputs.samples.length > 0 ? 'full' : kept;
  const fingerprint = digestOf([build.analysis.sql, JSON.stringify(table.contract), build.object.mode, inputs.fingerprint].join('\n'));
  if (!build.force && previous?.head.fingerprint === fingerprint && !(await isBlocked(platform, table.id)))
    return unchanged(platform, build, call.run, previous.head);
  await call.run.intend(answerOf(platform, build, call.run, { outcome: 'running', message: 'building' }));
  platform.onStep?.('intent');
  tell('building', 0);
  const candidate = await writeVersion(platform, {
    table,
    object: build.object,
    level: build.level,
    sql: build.analysis.sql,
    relations: inputs.relations,
    mode,
    progress: (done) => tell('building', done),
    ...(previous !== undefined && { previous }),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  if (candidate === undefined && previous !== undefined) {
    const answer = unchanged(platform, build, call.run, previous.head);
    await call.run.end(answer);
    return answer;
  }
  if (candidate === undefined) throw new UserError('invalid', `${tableRef(table)}: the build gives no version`);
  tell('checking');
  const known = await readChecks(platform, table.id);
  const judgement = await judgeVersion(platform, {
    id: call.run.id,
    table,
    columns: candidate.columns,
    files: [...candidate.kept, ...candidate.added],
    ...(known !== undefined && { previous: known.measures, past: known }),
    ...(previous !== undefined && { before: versionBefore(table, previous) }),
    tell,
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
  const { run } = call;
  const { checks } = judged.judgement;
  const breached = checks.some(({ result }) => result === 'fail');
  if (breached && level === 'block') return blockVersion(platform, build, call, judged);
  const rows = [...judged.candidate.added, ...judged.candidate.kept].reduce((sum, file) => sum + file.rows, 0);
  const answer = answerOf(platform, build, run, {
    ...workOf(judged),
    outcome: 'published',
    rows,
    snapshot: snapshotIdOf(run.id),
    message: `${publishedMessage(checks, rows)}${standsOn(judged.inputs)}`,
  });
  const head = await publishVersion(platform, {
    run,
    answer,
    table,
    previous: judged.previous,
    candidate: judged.candidate,
    judgement: judged.judgement,
    breached,
    fingerprint: judged.fingerprint,
    positions: judged.inputs.positions,
    samples: judged.inputs.samples,
    lineage: await lineageOf(platform, build, judged.candidate),
    incidents: breached
      ? [await openIncident(platform, { table, runId: run.id, checks, blocked: false, quarantined: [] })]
      : await closeIncident(platform, table.id),
  });
  platform.onStep?.('announced');
  call.progress({ ref: tableRef(table), stage: 'preparing slices' });
  const prepared = await sliceAhead(platform, table, head);
  return { ...answer, ...prepared, message: `${answer.message}${prepared.message}`, durationMs: Date.parse(platform.clock.now()) - Date.parse(run.startedAt) };
}

/** The version is published: slices that cannot be made ahead are made, or refused, at their first reader. */
async function sliceAhead(platform: Platform, table: ServedTable, head: TableHead): Promise<Pick<RunAnswer, 'filesSliced' | 'message'>> {
  try {
    return { filesSliced: await prepareSlices(platform, table, head), message: '' };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ExternalError)) throw error;
    return { filesSliced: 0, message: `; slices are not ready: ${failureText(error)}` };
  }
}

/** The last good version stays; what failed is kept from consumers, with the incident, for the domain to look at. */
async function blockVersion(platform: Platform, build: TableBuild, { run }: RunCall, judged: Judged): Promise<RunAnswer> {
  const { table } = build;
  const { checks } = judged.judgement;
  const files = judged.candidate.added.map(({ name }) => name);
  const answer = answerOf(platform, build, run, {
    ...workOf(judged),
    outcome: 'blocked',
    message: `${blockedMessage(checks, judged.previous)}${standsOn(judged.inputs)}`,
  });
  const incident = await openIncident(platform, { table, runId: run.id, checks, blocked: true, quarantined: files });
  const result = await commitFiles(platform, run, { answer, files, intent: 'run.blocked', reason: answer.message, writes: [incident], expect: [] });
  if (result.kind !== 'committed') throw noEffect(tableRef(table), result);
  return answer;
}

function workOf({ judgement, candidate }: Judged): Pick<RunAnswer, 'checks' | 'filesWritten' | 'filesChecked'> {
  return { checks: judgement.checks, filesWritten: candidate.added.length, filesChecked: judgement.filesScanned };
}

async function readPrevious(platform: Pick<Platform, 'store' | 'tables'>, table: ServedTable): Promise<PreviousVersion | undefined> {
  const head = await readHead(platform, table.id);
  if (head === undefined) return undefined;
  const published = await platform.tables.read(head.metadata);
  return { head, table: published, files: await published.dataFiles(head.snapshot) };
}

function versionBefore(table: ServedTable, { head, table: published, files }: PreviousVersion) {
  return { columns: columnsInForce(published.columns, head.keys, table.object), files };
}

function deliveryBuild(table: ServedTable, path: string) {
  return { productId: table.product.id, file: { sources: { delivery: { kind: 'file', file: path } }, objects: {} }, statements: [] } as const;
}

async function lineageOf(platform: Pick<Platform, 'engine'>, build: TableBuild, { inputs }: Candidate): Promise<ColumnLineage> {
  return columnLineage(await platform.engine.boundPlan(build.analysis.sql, inputs));
}

function unchanged(platform: Pick<Platform, 'clock'>, build: TableBuild, run: RunRecord, head: TableHead): RunAnswer {
  return {
    ...answerOf(platform, build, run, { outcome: 'unchanged', message: `nothing changed since ${head.publishedAt}${standsOn(head)}`, rows: head.rows }),
    snapshot: head.snapshot,
  };
}

function answerOf(
  platform: Pick<Platform, 'clock'>,
  build: TableBuild,
  run: RunRecord,
  known: Pick<RunAnswer, 'outcome' | 'message'> & Partial<RunAnswer>,
): RunAnswer {
  const durationMs = Date.parse(platform.clock.now()) - Date.parse(run.startedAt);
  return {
    id: run.id,
    ref: tableRef(build.table),
    mode: build.object.mode,
    rows: null,
    snapshot: null,
    checks: [],
    filesWritten: 0,
    filesChecked: 0,
    filesSliced: 0,
    durationMs,
    ...known,
  };
}

function standsOn({ samples = [] }: Pick<TableHead, 'samples'>): string {
  return samples.length === 0 ? '' : `; it stands on samples, not on data, of ${samples.join(', ')}`;
}

function blockedMessage(checks: readonly CheckAnswer[], previous: PreviousVersion | undefined): string {
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const stays = previous === undefined ? 'nothing is published' : `snapshot ${previous.head.snapshot} stays`;
  return `${failed} of ${checks.length} rules fail; ${stays}, the new files are in quarantine`;
}

function publishedMessage(checks: readonly CheckAnswer[], rows: number): string {
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const warned = checks.filter(({ result }) => result === 'warn' || result === 'error').length;
  const skipped = checks.filter(({ result }) => result === 'skip').length;
  const hold = `${checks.length - skipped} rules hold${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  const state = failed > 0 ? `${failed} of ${checks.length} rules fail` : warned > 0 ? `${warned} of ${checks.length} rules need a look` : hold;
  return `${formatNumber(rows)} rows, ${state}`;
}
