import type { JsonObject } from '../document/document.ts';
import { type FindingCode, findingCodes } from '../finding/codes.ts';
import type { Check, CheckStatus } from '../rule/check.ts';
import { formatPath } from '../rule/rule.ts';
import { fileUri } from './file-uri.ts';
import type { ContractReport, TestedObject, TestedRule } from './contract-report.ts';

const levels: Readonly<Record<CheckStatus, string>> = { fail: 'error', warn: 'warning', error: 'warning', pass: 'none', skip: 'none' };
/** SARIF 2.1.0 §3.27.10: a level other than `none` goes with the kind `fail` alone. */
const kinds: Readonly<Record<CheckStatus, string>> = { fail: 'fail', warn: 'fail', error: 'fail', pass: 'pass', skip: 'notApplicable' };

/**
 * A report as SARIF 2.1.0: each rule a result at its clause in the contract. What could not be evaluated is a warning. Sampled rows
 * and values stay out: the report is published where code is.
 */
export function formatSarif(report: ContractReport, version: string): JsonObject {
  const results = report.objects.flatMap((object) => object.rules.map((rule) => formatResult(object, rule)));
  const codes = [...new Set(report.objects.flatMap(({ rules }) => rules.map(({ check }) => check.rule.code)))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Hanse', version, semanticVersion: version, rules: codes.map(describeCode) } },
        automationDetails: { id: `${report.contract.id}/${report.server.name}/`, guid: report.id },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: !results.some(({ properties }) => properties.status === 'error'), endTimeUtc: report.at }],
        results: results.map((result) => ({ ...result, ruleIndex: codes.indexOf(result.ruleId) })),
      },
    ],
  };
}

function describeCode(code: FindingCode): JsonObject {
  return { id: code, shortDescription: { text: findingCodes[code] } };
}

/** What was found, but for answers and errors of the engine that may hold a value of a row. */
function withoutValues({ rule: { test }, status, found }: Check): string {
  const isAnswer = status !== 'error' && (test.kind === 'sql' || test.kind === 'aggregate');
  if (isAnswer) return status === 'pass' ? 'the answer keeps it' : 'the answer breaks it';
  return found.replace(/^((?:[A-Z]\w+ )+Error|PostgreSQL): .*$/s, '$1 (its text may hold values)');
}

function formatResult(object: TestedObject, { check, at }: TestedRule) {
  const { rule, status } = check;
  const subject = [object.name, formatPath(rule.path)].filter((part) => part !== '').join('.');
  return {
    ruleId: rule.code,
    kind: kinds[status],
    level: levels[status],
    message: { text: `${subject} ${rule.expectation}: ${withoutValues(check)}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: fileUri(at.file) }, region: { startLine: at.line, startColumn: at.column } },
        logicalLocations: [{ fullyQualifiedName: subject, kind: 'member' }],
      },
    ],
    partialFingerprints: { 'hanseRule/v1': `${object.name}/${rule.id}` },
    properties: { status, place: object.place, ...(check.violatingRows !== undefined && { failedRows: check.violatingRows }) },
  };
}
