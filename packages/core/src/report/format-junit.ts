import { formatPath } from '../rule/rule.ts';
import { xmlAttribute, xmlText } from './xml.ts';
import type { ContractReport, TestedObject, TestedRule } from './contract-report.ts';

/** A report as JUnit XML: a suite for each schema object, a case for each rule. What only warns passes, and says so in its output. */
export function formatJunit(report: ContractReport): string {
  const suites = report.objects.map((object) => formatSuite(report, object));
  const rules = report.objects.flatMap((object) => object.rules);
  const head = `<testsuites name=${xmlAttribute(report.contract.id)} ${counts(rules)} time="${(report.durationMs / 1000).toFixed(3)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...suites, '</testsuites>'].join('\n')}\n`;
}

function formatSuite(report: ContractReport, object: TestedObject): string {
  const head = `  <testsuite name=${xmlAttribute(object.name)} ${counts(object.rules)} timestamp=${xmlAttribute(report.at.replace(/\.\d+Z$/, ''))} time="0" hostname=${xmlAttribute(report.server.name)}>`;
  return [head, ...object.rules.map((rule) => formatCase(object, rule)), '  </testsuite>'].join('\n');
}

function formatCase(object: TestedObject, { check, at, sql }: TestedRule): string {
  const { rule, status, found } = check;
  const open = `    <testcase classname=${xmlAttribute(object.name)} name=${xmlAttribute(`${formatPath(rule.path)} ${rule.expectation}`.trim())} file=${xmlAttribute(at.file)} line="${at.line}" time="0">`;
  const said = [
    `expected: ${rule.expectation}`,
    `found: ${found}`,
    ...(check.sample ?? []).map((row) => JSON.stringify(row)),
    ...(sql === undefined ? [] : [sql]),
  ].join('\n');
  const body = {
    pass: '',
    skip: `<skipped message=${xmlAttribute(found)}/>`,
    fail: `<failure type=${xmlAttribute(rule.code)} message=${xmlAttribute(found)}>${xmlText(said)}</failure>`,
    error: `<error type=${xmlAttribute(rule.code)} message=${xmlAttribute(found)}/>`,
    warn: `<system-out>${xmlText(`warning\n${said}`)}</system-out>`,
  }[status];
  return `${open}${body}</testcase>`;
}

function counts(rules: readonly TestedRule[]): string {
  const count = (status: string) => rules.filter(({ check }) => check.status === status).length;
  return `tests="${rules.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}"`;
}
