import type { JsonObject, JsonValue } from '../document/document.ts';
import { type Check, overallStatus } from './check.ts';
import { formatPath, type Rule } from './rule.ts';

/** What a report of checks says about itself. */
export interface OorsHeader {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly observedAt: string;
  readonly runId?: string;
  readonly contract: { readonly id: string; readonly version: string };
  /** The table as the mesh names it: `finance/churn:metrics`. */
  readonly ref: string;
}

/**
 * Checks as a message of the Bitol Open Observability Results Standard, draft v0.8.1. Samples stay out: the message travels, failing
 * rows do not.
 */
export function formatOors(header: OorsHeader, checks: readonly Check[]): JsonObject {
  return {
    apiVersion: 'v0.8.1',
    kind: 'ObservabilityResults',
    id: header.id,
    observedAt: header.observedAt,
    source: { process: 'hanse', vendor: 'hanse', ...(header.runId !== undefined && { runId: header.runId }) },
    contract: { id: header.contract.id, version: header.contract.version },
    status: overallStatus(checks) ?? 'unknown',
    results: checks.map((check) => result(header.ref, check)),
  };
}

function result(ref: string, check: Check): JsonObject {
  const { rule, status, found } = check;
  const path = formatPath(rule.path);
  return {
    id: rule.id,
    type: 'check',
    name: `${path === '' ? rule.object : path} ${rule.expectation}`,
    status,
    relatesTo: rule.reference,
    severity: rule.severity,
    ...(rule.dimension !== undefined && { dimension: rule.dimension }),
    target: {
      resourceType: path === '' ? 'table' : 'column',
      resourceIdentifier: path === '' ? ref : `${ref}#${path}`,
      ...(rule.where !== undefined && { filter: rule.where }),
    },
    ...measure(check),
    message: found,
    customProperties: [
      { property: 'code', value: rule.code },
      { property: 'pointer', value: rule.pointer },
      ...(rule.businessImpact === undefined ? [] : [{ property: 'businessImpact', value: rule.businessImpact }]),
    ],
  };
}

function measure({ rule, value, violatingRows, totalRows }: Check): JsonObject {
  const { test } = rule;
  const measured: JsonValue | undefined = value ?? violatingRows;
  if (measured === undefined) return {};
  const unit = test.kind === 'metric' ? test.unit : 'rows';
  return {
    measure: {
      metric: test.kind === 'metric' ? test.metric.kind : test.kind === 'aggregate' ? test.aggregate : test.kind,
      value: measured,
      threshold: threshold(rule),
      ...(test.kind !== 'sql' && test.kind !== 'aggregate' && { unit }),
      ...(totalRows !== undefined && { rowCount: totalRows }),
      ...(violatingRows !== undefined && { failedRowCount: violatingRows }),
    },
  };
}

function threshold({ test }: Rule): JsonObject {
  const stated = test.kind === 'metric' || test.kind === 'sql' || test.kind === 'aggregate' ? test.threshold : undefined;
  return stated === undefined ? { mustBe: test.kind === 'sql' ? true : 0 } : { [stated.operator]: stated.value };
}
