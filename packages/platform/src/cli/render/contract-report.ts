import { checksOf, type ContractReport, type TestedObject, type TestedRule } from '@hanse/core/report/contract-report.ts';
import type { CheckStatus } from '@hanse/core/rule/check.ts';
import { formatNumber } from '@hanse/core/rule/format-number.ts';
import { formatPath } from '@hanse/core/rule/rule.ts';
import type { Terminal } from '../command.ts';
import { paint, type Style, table } from '../terminal.ts';

const MARK: Readonly<Record<CheckStatus, readonly [mark: string, style: Style]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  warn: ['!', 'warn'],
  error: ['?', 'bad'],
  skip: ['-', 'dim'],
};

export interface ReportOptions {
  /** With each rule's SQL, and the statements that were run. */
  readonly explain: boolean;
}

/** A report for people: a line for each rule, what breaks it below, and the counts at the end. */
export function renderReport(report: ContractReport, terminal: Terminal, options: ReportOptions): string {
  const { contract, server, objects } = report;
  const head = `${contract.file}: ${contract.id} ${contract.version} on ${server.name} (${server.type})`;
  return [
    paint(terminal, 'strong', head),
    ...objects.flatMap((object) => ['', ...renderObject(object, terminal, options)]),
    '',
    summary(report, terminal),
  ].join('\n');
}

function renderObject(object: TestedObject, terminal: Terminal, { explain }: ReportOptions): readonly string[] {
  const rows = object.rows === undefined ? [] : [`${formatNumber(object.rows)} rows`];
  const where = [object.place, ...rows, ...(object.scope === undefined ? [] : [`read: ${object.scope}`])].join(', ');
  const width = Math.min(WIDEST, Math.max(0, ...object.rules.map(({ check }) => subject(check.rule).length)));
  const passes = explain
    ? object.passes.flatMap(({ kind, sql }) => [paint(terminal, 'dim', `  ${kind} pass`), ...sql.split('\n').map((line) => `      ${line}`)])
    : [];
  const [first] = object.rules;
  // Where the data cannot be reached, every rule says the same.
  if (first?.check.status === 'error' && object.rules.length > 1 && object.rules.every(({ check }) => check.found === first.check.found)) {
    return [
      `${paint(terminal, 'strong', object.name)} ${paint(terminal, 'dim', `(${where})`)}`,
      `  ${paint(terminal, 'bad', '?')} none of its ${object.rules.length} rules could be judged: ${first.check.found}`,
    ];
  }
  return [
    `${paint(terminal, 'strong', object.name)} ${paint(terminal, 'dim', `(${where})`)}`,
    ...object.rules.flatMap((rule) => renderRule(rule, { width, explain }, terminal)),
    ...passes,
  ];
}

const WIDEST = 40;

function subject(rule: TestedRule['check']['rule']): string {
  return formatPath(rule.path) || rule.object;
}

function renderRule({ check, at, sql }: TestedRule, { width, explain }: ReportOptions & { readonly width: number }, terminal: Terminal): readonly string[] {
  const [mark, style] = MARK[check.status];
  const line = `  ${paint(terminal, style, mark)} ${subject(check.rule).padEnd(width)}  ${check.rule.expectation}: ${check.found}`;
  const isGood = check.status === 'pass' || check.status === 'skip';
  const where = isGood ? [] : [paint(terminal, 'dim', `      ${check.rule.code} at ${at.file}:${at.line}`), ...sampleLines(check.sample ?? [])];
  const wantsSql = sql !== undefined && (explain || (!isGood && check.sample !== undefined));
  return [line, ...where, ...(wantsSql ? [paint(terminal, 'dim', `      ${explain && isGood ? 'sql' : 'all'}: ${sql.replaceAll(/\s+/g, ' ')}`)] : [])];
}

function sampleLines(sample: NonNullable<TestedRule['check']['sample']>): readonly string[] {
  const [first] = sample;
  if (first === undefined) return [];
  const names = Object.keys(first);
  return table(
    names,
    sample.map((row) => names.map((name) => cell(row[name]))),
  )
    .split('\n')
    .map((line) => `      ${line}`);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ORDER: readonly CheckStatus[] = ['pass', 'fail', 'warn', 'error', 'skip'];

function summary(report: ContractReport, terminal: Terminal): string {
  const checks = checksOf(report);
  const counts = ORDER.map((status) => ({ status, count: checks.filter((check) => check.status === status).length })).filter(
    ({ count, status }) => count > 0 || status === 'pass',
  );
  const words = counts.map(({ status, count }) => paint(terminal, MARK[status][1], `${count} ${status}`)).join(', ');
  return `${checks.length} rules: ${words} in ${(report.durationMs / 1000).toFixed(2)} s`;
}
