import { formatPath } from '../rule/rule.ts';
import type { ContractReport, TestedObject, TestedRule } from './contract-report.ts';

/** A report as JUnit XML: a suite for each schema object, a case for each rule. What only warns passes, and says so in its output. */
export function formatJunit(report: ContractReport): string {
  const suites = report.objects.map((object) => formatSuite(report, object));
  const rules = report.objects.flatMap((object) => object.rules);
  const head = `<testsuites name=${attribute(report.contract.id)} ${counts(rules)} time="${(report.durationMs / 1000).toFixed(3)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...suites, '</testsuites>'].join('\n')}\n`;
}

function formatSuite(report: ContractReport, object: TestedObject): string {
  const head = `  <testsuite name=${attribute(object.name)} ${counts(object.rules)} timestamp=${attribute(report.at.replace(/\.\d+Z$/, ''))} time="0" hostname=${attribute(report.server.name)}>`;
  return [head, ...object.rules.map((rule) => formatCase(object, rule)), '  </testsuite>'].join('\n');
}

function formatCase(object: TestedObject, { check, at, sql }: TestedRule): string {
  const { rule, status, found } = check;
  const open = `    <testcase classname=${attribute(object.name)} name=${attribute(`${formatPath(rule.path)} ${rule.expectation}`.trim())} file=${attribute(at.file)} line="${at.line}" time="0">`;
  const said = [
    `expected: ${rule.expectation}`,
    `found: ${found}`,
    ...(check.sample ?? []).map((row) => JSON.stringify(row)),
    ...(sql === undefined ? [] : [sql]),
  ].join('\n');
  const body = {
    pass: '',
    skip: `<skipped message=${attribute(found)}/>`,
    fail: `<failure type=${attribute(rule.code)} message=${attribute(found)}>${text(said)}</failure>`,
    error: `<error type=${attribute(rule.code)} message=${attribute(found)}/>`,
    warn: `<system-out>${text(`warning\n${said}`)}</system-out>`,
  }[status];
  return `${open}${body}</testcase>`;
}

function counts(rules: readonly TestedRule[]): string {
  const count = (status: string) => rules.filter(({ check }) => check.status === status).length;
  return `tests="${rules.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}"`;
}

function attribute(value: string): string {
  return `"${text(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)}"`;
}

/** Characters that no XML 1.0 document can hold are shown as U+FFFD. */
function text(value: string): string {
  const legal = value.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
