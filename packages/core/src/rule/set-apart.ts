import type { ScanMeasure } from './measure.ts';
import type { RulePlan } from './plan-rules.ts';
import type { Metric, Rule, RuleTest } from './rule.ts';

const bounds = new Set<RuleTest['kind']>(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);
const lengths = new Set<RuleTest['kind']>(['minLength', 'maxLength']);

/**
 * The plan of a rule with its counts set apart where a Parquet file's statistics or dictionaries usually show that no row
 * violates it. `listed`: columns whose values are few, because another rule lists them.
 */
export function setApart(plan: RulePlan, rule: Rule, listed: ReadonlySet<string>): RulePlan {
  if (rule.where !== undefined) return plan;
  if (plan.kind === 'key') return plan.nulls === undefined || plan.repeats.columns.length > 1 ? plan : { ...plan, nulls: apart(plan.nulls) };
  if (!isPrunable(rule, listed)) return plan;
  if (plan.kind === 'rows' && plan.broken.kind === 'scan') return { ...plan, broken: apart(plan.broken) };
  return plan.kind === 'metric' && plan.count.kind === 'scan' ? { ...plan, count: apart(plan.count) } : plan;
}

/** The columns whose values a rule lists. */
export function listedColumns(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ path: [column, ...inner], test }) => (column?.kind === 'field' && inner.length === 0 && listsValues(test) ? [column.name] : [])),
  );
}

function isPrunable({ path: [column, ...inner], test }: Rule, listed: ReadonlySet<string>): boolean {
  if (column?.kind !== 'field' || inner.length > 0) return false;
  if (lengths.has(test.kind)) return listed.has(column.name);
  if (test.kind === 'schema') return test.narrow?.every(({ of, path }) => of === 'value' && path.length === 1) === true || listed.has(column.name);
  return test.kind === 'required' || bounds.has(test.kind) || listsValues(test) || (test.kind === 'metric' && test.metric.kind === 'nullValues');
}

function listsValues(test: RuleTest): boolean {
  return test.kind === 'enum' || (test.kind === 'metric' && isListOfValues(test.metric));
}

function isListOfValues(metric: Metric): boolean {
  return metric.kind === 'invalidValues' && metric.tests.length === 1 && metric.tests[0]?.kind === 'enum';
}

function apart(measure: ScanMeasure): ScanMeasure {
  return { ...measure, apart: true };
}
