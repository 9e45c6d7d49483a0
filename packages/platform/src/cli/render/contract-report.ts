import type { CheckStatus } from '@hanse/core/rule/check.ts';
import { formatPath } from '@hanse/core/rule/rule.ts';
import type { ContractReport, TestedObject, TestedRule } from '../../services/contract/contract-report.ts';
import { checksOf } from '../../services/contract/contract-report.ts';
import type { Terminal } from '../command.ts';
import { paint, type Style, table } from '../terminal.ts';

const MARK: Readonly<Record<CheckStatus, readonly [mark: string, style: Style]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  warn: ['!', 'warn'],
  error: ['?', 'bad'],
  skip: ['-', 'dim'],
};

/** A report for people: a line for each rule, what breaks it below, and the counts at the end. */
export function renderReport(report: ContractReport, terminal: Terminal): string {
  const { contract, server, objects } = report;
  const head = `${contract.file}: ${contract.id} ${contract.version} on ${server.name} (${server.type})`;
  return [paint(terminal, 'strong', head), ...objects.flatMap((object) => ['', ...renderObject(object, terminal)]), '', summary(report, terminal)].join('\n');
}

function renderObject(object: TestedObject, terminal: Terminal): readonly string[] {
  const rows = object.rows === undefined ? '' : `, ${object.rows.toLocaleString('en-US')} rows`;
  const width = Math.max(0, ...object.rules.map(({ check }) => subject(check.rule).length));
  return [paint(terminal, 'strong', `${object.name} ${paint(terminal, 'dim', `(${object.place}${rows})`)}`), ...object.rules.flatMap((rule) => renderRule(rule, width, terminal))];
}

function subject(rule: TestedRule['check']['rule']): string {
  return formatPath(rule.path) || rule.object;
}

function renderRule({ check, at, sql }: TestedRule, width: number, terminal: Terminal): readonly string[] {
  const [mark, style] = MARK[check.status];
  const line = `  ${paint(terminal, style, mark)} ${subject(check.rule).padEnd(width)}  ${check.rule.expectation}: ${check.found}`;
  if (check.status === 'pass' || check.status === 'skip') return [line];
  const where = paint(terminal, 'dim', `      ${check.rule.code} at ${at.file}:${at.line}`);
  return [line, where, ...sampleLines(check.sample ?? []), ...(sql === undefined || check.sample === undefined ? [] : [paint(terminal, 'dim', `      all: ${sql}`)])];
}

function sampleLines(sample: NonNullable<TestedRule['check']['sample']>): readonly string[] {
  const [first] = sample;
  if (first === undefined) return [];
  const names = Object.keys(first);
  return table(names, sample.map((row) => names.map((name) => cell(row[name])))).split('\n').map((line) => `      ${line}`);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ORDER: readonly CheckStatus[] = ['pass', 'fail', 'warn', 'error', 'skip'];

function summary(report: ContractReport, terminal: Terminal): string {
  const checks = checksOf(report);
  const counts = ORDER.map((status) => ({ status, count: checks.filter((check) => check.status === status).length })).filter(({ count, status }) => count > 0 || status === 'pass');
  const words = counts.map(({ status, count }) => paint(terminal, MARK[status][1], `${count} ${status}`)).join(', ');
  return `${checks.length} rules: ${words} in ${(report.durationMs / 1000).toFixed(2)} s`;
}
