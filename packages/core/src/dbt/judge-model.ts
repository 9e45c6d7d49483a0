import type { Catalog, DbtNode, RunResults } from '../adopt/dbt/manifest.ts';
import type { Check, CheckStatus } from '../rule/check.ts';
import { before, type Duration, formatDuration } from '../rule/duration.ts';
import { frequencyVerdict, publishedVerdict, readyVerdict, type SettledVerdict } from '../rule/judge-service-level.ts';
import { physicalPath } from '../rule/physical-path.ts';
import { formatPath, type Rule } from '../rule/rule.ts';
import { acceptsType } from '../table/accepts-type.ts';
import { parsePhysicalType } from '../table/physical-type.ts';
import { askedBy, type AskingTest } from './asked-by.ts';
import { testText } from './test-text.ts';
import type { WritingModel } from './tested-model.ts';

type Result = RunResults['results'][number];

export interface DbtRun extends WritingModel {
  readonly results?: RunResults;
  readonly catalog?: Catalog;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

/**
 * What dbt's last run says of a contract's rules. A test that failed is a failure, one that could not run an error; a rule that no test
 * asks is skipped; a pass that is older than what it speaks of, or than the contract's service levels allow, warns.
 */
export function judgeModel(rules: readonly Rule[], run: DbtRun): readonly Check[] {
  const limit = freshest(rules);
  return rules.map((rule) => judge(rule, run, limit));
}

function judge(rule: Rule, run: DbtRun, limit: Duration | undefined): Check {
  const level = serviceLevel(rule, run);
  if (level !== undefined) return { rule, status: level.status === 'violated' ? violated(rule) : level.status, found: level.found };
  const asking = askedBy(rule, run);
  if (asking.kind === 'otherwise') return { rule, status: 'skip', found: `the test ${asking.test.name} of dbt asks something else` };
  if (asking.kind === 'nobody') return byConstraint(rule, run) ?? byCatalog(rule, run) ?? { rule, status: 'skip', found: whyNobody(rule) };
  const checks = asking.tests.map((test) => ofTest(rule, test, { run, limit }));
  return checks.toSorted((a, b) => WORST.indexOf(a.status) - WORST.indexOf(b.status))[0] ?? { rule, status: 'skip', found: whyNobody(rule) };
}

const WORST: readonly CheckStatus[] = ['error', 'fail', 'warn', 'skip', 'pass'];

function whyNobody({ test }: Rule): string {
  if (test.kind === 'schema') return 'dbt tests no types, and no catalog.json here has the model: dbt docs generate writes one';
  return 'no test of the dbt project asks it';
}

function ofTest(rule: Rule, { node, limit: part }: AskingTest, { run, limit }: { readonly run: DbtRun; readonly limit: Duration | undefined }): Check {
  const result = run.results?.results.find(({ unique_id: id }) => id === node.unique_id);
  if (result === undefined) return { rule, status: 'skip', found: `dbt’s last run (${ranAt(run)}) has no result of ${node.name}` };
  const status = statusOf(rule, result, part);
  const found = `${node.name}: ${wordsOf(result)}`;
  const stale = status === 'pass' ? whyStale({ node, result, rule }, run, limit) : undefined;
  return stale === undefined ? { rule, status, found } : { rule, status: 'warn', found: `${found}, but stale: ${stale}` };
}

function statusOf(rule: Rule, { status }: Result, part: AskingTest['limit']): CheckStatus {
  switch (status) {
    case 'pass':
    case 'success':
      return 'pass';
    case 'fail':
      return part === 'warns' ? 'warn' : violated(rule);
    case 'warn':
      return part === 'fails' ? 'pass' : 'warn';
    default:
      return 'error';
  }
}

function wordsOf({ status, failures, message }: Result): string {
  const said = message
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 2)
    .join(' ');
  switch (status) {
    case 'pass':
    case 'success':
      return 'passed';
    case 'fail':
    case 'warn':
      return failures === 1 ? '1 result' : `${failures ?? 'some'} results`;
    case 'skipped':
      return 'dbt skipped it, because what it reads was not built or has failed';
    default:
      return `dbt could not run it${said ? ` (${said.slice(0, 200)})` : ''}`;
  }
}

function violated({ severity }: Rule): CheckStatus {
  return severity === 'error' ? 'fail' : 'warn';
}

interface Passed {
  readonly node: DbtNode;
  readonly result: Result;
  readonly rule: Rule;
}

function whyStale({ node, result, rule }: Passed, run: DbtRun, limit: Duration | undefined): string | undefined {
  const at = Date.parse(completedAt(result, run));
  const expected = testText(rule, run);
  if (node.config?.meta?.['hanse'] !== undefined && 'text' in expected && expected.text.trim() !== node.raw_code?.trim())
    return 'the contract asks something else since; export its tests again';
  const changed = [run.model, node].find(({ created_at: created }) => created !== undefined && created !== null && created * 1000 > at);
  if (changed !== undefined) return `${changed.unique_id} was changed after the run of ${moment(at)}`;
  const now = Date.parse(run.now);
  if (limit !== undefined && at < before(now, limit)) return `the run of ${moment(at)} is older than the ${formatDuration(limit)} that the contract promises`;
  return undefined;
}

/** The shortest time that a service level lets pass between updates. */
function freshest(rules: readonly Rule[]): Duration | undefined {
  const limits = rules.flatMap(({ test }) => (test.kind === 'frequency' ? [test.every] : test.kind === 'age' && test.of === 'newest' ? [test.limit] : []));
  return limits.toSorted((a, b) => before(0, b) - before(0, a))[0];
}

/** Service levels of publication: a table is published when dbt has built its model. */
function serviceLevel({ test, path }: Rule, run: DbtRun): SettledVerdict | undefined {
  const built = run.results?.results.find(({ unique_id: id, status }) => id === run.model.unique_id && status === 'success');
  const context = { now: run.now, ...(built !== undefined && { published: [completedAt(built, run)] }) };
  if (test.kind === 'frequency') return frequencyVerdict(test, context);
  if (test.kind === 'readyBy') return readyVerdict(test, context);
  return test.kind === 'age' && test.of === 'newest' && path.length === 0 ? publishedVerdict(test.limit, context) : undefined;
}

/** Databases that hold what dbt declares, by adapter; the others take `not_null` alone. */
const HOLD_ALL = new Set(['postgres', 'duckdb', 'sqlite', 'sqlserver']);

/** A table that dbt built under an enforced contract has its columns, and what the database itself holds of the constraints. */
function byConstraint(rule: Rule, { model, manifest, results, object }: DbtRun): Check | undefined {
  const enforced = model.config?.contract?.enforced === true;
  const built = results?.results.find(({ unique_id: id }) => id === model.unique_id);
  const column = Object.values(model.columns ?? {}).find(({ name }) => name.toLowerCase() === formatPath(physicalPath(rule.path, object)).toLowerCase());
  if (!enforced || built?.status !== 'success') return undefined;
  if (rule.test.kind === 'schema') {
    const same = column?.data_type ? parsePhysicalType(column.data_type)?.kind === rule.test.type?.kind : false;
    return same ? { rule, status: 'pass', found: `dbt built it under its contract, as ${column?.data_type}` } : undefined;
  }
  if (model.config?.materialized === 'view') return undefined;
  const declared = new Set(
    [...(column?.constraints ?? []), ...(model.constraints ?? []).filter(({ columns }) => columns?.join() === column?.name)].map(({ type }) => type),
  );
  const all = HOLD_ALL.has(manifest.metadata.adapter_type ?? '');
  const held = {
    required: declared.has('not_null') || (all && declared.has('primary_key')),
    unique: all && (declared.has('unique') || declared.has('primary_key')),
    primaryKey: all && declared.has('primary_key'),
  };
  const { kind } = rule.test;
  const isHeld = kind === 'required' || kind === 'unique' || kind === 'primaryKey' ? held[kind] : false;
  return isHeld ? { rule, status: 'pass', found: 'the database held it as dbt built the table' } : undefined;
}

/** The columns that `dbt docs generate` found. */
function byCatalog(rule: Rule, { catalog, model, object }: DbtRun): Check | undefined {
  const columns = catalog?.nodes[model.unique_id]?.columns;
  if (rule.test.kind !== 'schema' || columns === undefined) return undefined;
  const name = formatPath(physicalPath(rule.path, object));
  const column = Object.values(columns).find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) return { rule, status: violated(rule), found: 'the column is not in dbt’s catalog' };
  const [wanted, type] = [rule.test.type, parsePhysicalType(column.type)];
  if (wanted === undefined || type === undefined || type.kind === 'list' || type.kind === 'map' || type.kind === 'struct')
    return { rule, status: 'skip', found: `dbt’s catalog has it as ${column.type}` };
  return { rule, status: acceptsType(wanted, type) ? 'pass' : violated(rule), found: `dbt’s catalog has it as ${column.type}` };
}

function completedAt({ timing }: Result, run: DbtRun): string {
  return timing?.find(({ name }) => name === 'execute')?.completed_at ?? run.results?.metadata.generated_at ?? '';
}

function ranAt({ results }: DbtRun): string {
  return moment(Date.parse(results?.metadata.generated_at ?? ''));
}

function moment(at: number): string {
  return Number.isNaN(at) ? 'at an unknown time' : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
