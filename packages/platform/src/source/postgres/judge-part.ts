import type { Check } from '@hanse/core/rule/check.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';

const ofAll = new Set<Rule['test']['kind']>(['sql', 'aggregate', 'age', 'frequency', 'history', 'rowsLost', 'keysVanished', 'reconciliation']);

/** Whether some rows of a table can break the rule by themselves: what they break, the whole breaks. Their passing says so of them alone. */
export function isOfPart(rule: Rule | undefined): boolean {
  if (rule === undefined || ofAll.has(rule.test.kind) || rule.tolerance?.unit === 'percent') return false;
  if (rule.test.kind !== 'metric' || rule.test.unit === 'percent') return true;
  const { metric, threshold } = rule.test;
  const growsWorse =
    threshold.operator === 'mustBeLessThan' ||
    threshold.operator === 'mustBeLessOrEqualTo' ||
    (threshold.operator === 'mustBe' && Number(threshold.value) === 0);
  return metric.kind !== 'rowCount' && growsWorse;
}

/** Says of each check what it was made of; `part` as in `in the partition orders_2026`. */
export function qualify(checks: readonly Check[], part: string): readonly Check[] {
  return checks.map((check) => {
    if (check.status === 'skip') return check;
    if (!isOfPart(check.rule)) return { rule: check.rule, status: 'skip', found: `it is asked of all rows, and rows were read only ${part}` };
    return check.totalRows === undefined ? check : { ...check, found: `${check.found} (${part})` };
  });
}
