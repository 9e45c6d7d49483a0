import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf } from '../document/json.ts';
import { overallStatus } from '../rule/check.ts';
import { formatOors } from '../rule/oors.ts';
import { checksOf, type ContractReport } from './contract-report.ts';

/** A report as one message of OORS. Ids begin with the object's name, because those of rules are unique in an object only. */
export function formatReportOors(report: ContractReport): JsonObject {
  const { id, at: observedAt, contract, objects } = report;
  const results = objects.flatMap((object) => {
    const message = formatOors(
      { id, observedAt, contract, ref: object.name },
      object.rules.map(({ check }) => check),
    );
    return listOf(message['results'])
      .map(objectOf)
      .map((result): JsonObject => ({ ...result, id: `${object.name}/${String(result['id'])}` }));
  });
  return { ...formatOors({ id, observedAt, contract, ref: contract.id }, []), status: overallStatus(checksOf(report)) ?? 'unknown', results };
}
