import type { ContractAnswer } from '../api/contract-answer.ts';
import { outcomeOf } from '../rule/check.ts';
import { formatPath } from '../rule/rule.ts';
import { checksOf, type ContractReport, type TestedRule } from './contract-report.ts';

/** A report as the JSON that programs read. */
export function describeReport(report: ContractReport): ContractAnswer {
  const { id, at, contract, server, objects, durationMs } = report;
  const checks = checksOf(report);
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  return {
    id,
    at,
    contract,
    server,
    result: outcomeOf(checks.map(({ status }) => status)) ?? 'skip',
    counts: { pass: count('pass'), fail: count('fail'), warn: count('warn'), error: count('error'), skip: count('skip') },
    durationMs: Math.round(durationMs),
    objects: objects.map((object) => ({
      name: object.name,
      place: object.place,
      rows: object.rows ?? null,
      scope: object.scope ?? null,
      rules: object.rules.map(describeRule),
      passes: object.passes.map(({ kind, sql }) => ({ kind, sql })),
    })),
  };
}

function describeRule({ check, at, sql }: TestedRule): ContractAnswer['objects'][number]['rules'][number] {
  const { rule } = check;
  return {
    rule: rule.id,
    code: rule.code,
    result: check.status,
    severity: rule.severity,
    dimension: rule.dimension ?? null,
    column: rule.path.length === 0 ? null : formatPath(rule.path),
    expected: rule.expectation,
    found: check.found,
    failing: check.violatingRows ?? null,
    of: check.totalRows ?? null,
    value: check.value ?? null,
    sample: (check.sample ?? []).map((row) => ({ ...row })),
    sql: sql ?? null,
    at: { file: at.file, line: at.line, column: at.column },
    reference: rule.reference,
  };
}
