import type { CheckAnswer } from '@hanse/core/api/shapes.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { formatCheck } from '@hanse/core/rule/format-check.ts';
import type { TableMeasures } from '@hanse/core/rule/measure.ts';
import { formatOors } from '@hanse/core/rule/oors.ts';
import { comparesVersions } from '@hanse/core/rule/plan-change.ts';
import { formatPath, type Rule } from '@hanse/core/rule/rule.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { admitRules } from '../../check/admit-rules.ts';
import { type CheckedTable, checkTable, measuresOfTable, unmeasuredFiles } from '../../check/check-table.ts';
import type { Relation } from '../../engine/engine.ts';
import { openSealed } from '../../files/open-sealed.ts';
import type { Platform } from '../platform.ts';
import { keptRuns } from './kept-runs.ts';
import { openOthers } from './open-others.ts';
import { notDue, type PastChecks, rememberChecks } from './past-checks.ts';

export interface JudgeRequest {
  readonly table: ServedTable;
  readonly columns: readonly Column[];
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Measures of the version before, per data file. */
  readonly previous?: TableMeasures;
  /** What the checks of published versions left. */
  readonly past?: PastChecks;
  /** Publications; those in `past` and this one where absent. */
  readonly published?: readonly string[];
  /** The version that this one would replace. */
  readonly before?: Pick<JudgeRequest, 'columns' | 'files'>;
  /** Names the report: a run, or a test. */
  readonly id: string;
  /** The person in whose turn it is judged; absent for builds. */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  readonly tell?: NonNullable<CheckedTable['tell']>;
}

export interface Judgement {
  readonly checks: CheckAnswer[];
  /** The same as a message of OORS. */
  readonly report: JsonObject;
  readonly measures: TableMeasures;
  readonly filesScanned: number;
  /** To be stored with the version: `past` of the next one. */
  readonly past: PastChecks;
}

/** Judges sealed files against the contract; only those that `previous` does not know are scanned. */
export async function judgeVersion(
  platform: Pick<Platform, 'engine' | 'files' | 'limits' | 'clock' | 'store' | 'slices' | 'tables' | 'meshes'>,
  request: JudgeRequest,
): Promise<Judgement> {
  const { table, columns, files } = request;
  const paths = await Promise.all(files.map(({ name }) => openSealed(platform.files, name)));
  const rules = await admitRules(platform.engine.parse, compileRules(table.object, table.contract));
  using beside = await openOthers(platform, table, rules, request.signal);
  const before = rules.some(comparesVersions) ? request.before : undefined;
  const context = contextOf(request, rules, platform.clock.now());
  const one = (index: number) => `file${index}`;
  const checked: CheckedTable = {
    rules,
    columns,
    relation: `candidate.${quoteName(table.name)}`,
    files: files.map(({ name, bytes }, index) => ({ name, bytes, relation: `candidate_file.${one(index)}` })),
    ...(request.previous !== undefined && { previous: request.previous, known: 'candidate_known.files' }),
    ...(request.tell !== undefined && { tell: request.tell }),
    context: { ...context, others: beside.others, ...(before && { before: { relation: 'older.version', columns: before.columns } }) },
  };
  await using runs = await keptRuns(platform.files, files, measuresOfTable(checked).key);
  const alone = new Set([...unmeasuredFiles(checked).map(({ name }) => name), ...(runs?.lacking ?? [])]);
  const apart = files.flatMap(({ name }, index): readonly Relation[] => {
    const path = paths[index];
    return alone.has(name) && path !== undefined ? [{ schema: 'candidate_file', name: one(index), format: 'parquet', files: [path], columns }] : [];
  });
  await using session = await platform.engine.session({
    relations: [
      { schema: 'candidate', name: table.name, format: 'parquet', files: paths, columns },
      ...apart,
      ...(request.previous === undefined ? [] : [knownRelation(request, request.previous, paths)]),
      ...beside.relations,
      ...(await olderRelation(platform, before)),
    ],
    ...(runs !== undefined && { readable: runs.readable, writable: runs.writable }),
    limits: platform.limits.build,
    ...(request.owner !== undefined && { owner: request.owner }),
    ...(request.signal !== undefined && { signal: request.signal }),
  });
  const result = await checkTable(session, { ...checked, ...(runs !== undefined && { runs: runs.opened(session) }) });
  await runs?.keep();
  const { id, version } = table.contract;
  return {
    report: formatOors({ id: request.id, observedAt: platform.clock.now(), contract: { id, version }, ref: tableRef(table) }, result.checks),
    checks: result.checks.map((check) => describeCheck(table, { columns, context: { ...context, others: beside.shown } }, check)),
    measures: result.measures,
    filesScanned: result.scanned.files,
    past: rememberChecks(request.past ?? {}, result.checks, context),
  };
}

function contextOf({ past = {}, published }: JudgeRequest, rules: readonly Rule[], now: string) {
  const history = past.history ?? [];
  return { now, past: history, published: published ?? [...history.map(({ at }) => at), now], standing: notDue(rules, past, now) };
}

/** What was measured before. */
function knownRelation({ files, columns }: JudgeRequest, { files: known }: TableMeasures, paths: readonly string[]): Relation {
  const places = files.flatMap(({ name }, index) => (Object.hasOwn(known, name) ? (paths[index] ?? []) : []));
  return { schema: 'candidate_known', name: 'files', format: 'parquet', files: places, columns };
}

async function olderRelation({ files }: Pick<Platform, 'files'>, before: JudgeRequest['before']): Promise<readonly Relation[]> {
  if (before === undefined) return [];
  const paths = await Promise.all(before.files.map(({ name }) => openSealed(files, name)));
  return [{ schema: 'older', name: 'version', format: 'parquet', files: paths, columns: before.columns }];
}

function describeCheck(
  table: ServedTable,
  { columns, context }: { readonly columns: readonly Column[]; readonly context: CheckContext },
  check: Check,
): CheckAnswer {
  return {
    rule: check.rule.id,
    result: check.status,
    column: check.rule.path.length === 0 ? null : formatPath(check.rule.path),
    promise: [tableRef(table), [formatPath(check.rule.path), check.rule.expectation].filter((part) => part !== '').join(' ')].join(': '),
    message: formatCheck(tableRef(table), check),
    failing: check.violatingRows ?? null,
    sample: (check.sample ?? []).map((row) => ({ ...row })),
    sql: explainSql(check.rule, columns, `${quoteName(table.domain)}.${quoteName(table.name)}`, context) ?? null,
  };
}
