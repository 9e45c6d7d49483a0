import type { JsonObject } from '../document/document.ts';
import { type FindingCode, findingCodes } from '../finding/codes.ts';
import type { CheckStatus } from '../rule/check.ts';
import { formatPath } from '../rule/rule.ts';
import { fileUri } from './file-uri.ts';
import type { ContractReport, TestedObject, TestedRule } from './contract-report.ts';

const levels: Readonly<Record<CheckStatus, string>> = { fail: 'error', warn: 'warning', error: 'warning', pass: 'none', skip: 'none' };
/** SARIF 2.1.0 §3.27.10: a level other than `none` goes with the kind `fail` alone. */
const kinds: Readonly<Record<CheckStatus, string>> = { fail: 'fail', warn: 'fail', error: 'fail', pass: 'pass', skip: 'notApplicable' };

/**
 * A report as SARIF 2.1.0: each rule a result at its clause in the contract. What could not be evaluated is a warning. Sampled rows
 * stay out: the report is published where code is.
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

function formatResult(object: TestedObject, { check, at }: TestedRule) {
  const { rule, status, found } = check;
  const subject = [object.name, formatPath(rule.path)].filter((part) => part !== '').join('.');
  return {
    ruleId: rule.code,
    kind: kinds[status],
    level: levels[status],
    message: { text: `${subject} ${rule.expectation}: ${found}` },
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
