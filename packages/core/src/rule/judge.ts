import type { JsonValue } from '../document/document.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './check-context.ts';
import type { Field } from './dialect.ts';
import { leastVersions, usualBand } from './band.ts';
import { difference } from './difference.ts';
import { formatNumber } from './format-number.ts';
import { ageVerdict } from './judge-service-level.ts';
import { allRows, type Measure, type Measured } from './measure.ts';
import { planRules, type RulePlan } from './plan-rules.ts';
import type { Rule, RuleTest, Tolerance } from './rule.ts';
import { meetsThreshold } from './threshold.ts';

/** Measured values by `<kind> <key>` of the measure. */
export type Measurements = ReadonlyMap<string, Measured>;

type Verdict = Omit<Check, 'rule' | 'status'> & { readonly status: 'pass' | 'violated' | 'error' | 'skip' };

/** One check per rule, in their order. A measure that is absent or failed makes its rules an `error` and no others. */
export function judge(rules: readonly Rule[], columns: readonly Field[], measurements: Measurements, context: CheckContext = {}): readonly Check[] {
  const plans = planRules(rules, columns, context);
  return rules.map((rule, index) => {
    const plan = plans[index];
    const verdict = plan === undefined ? failed('the rule has no plan') : verdictOf(rule, plan, { measurements, context });
    const status = verdict.status === 'violated' ? (rule.severity === 'error' ? 'fail' : 'warn') : verdict.status;
    return { rule, ...verdict, status };
  });
}

export function measurementKey(measure: Measure): string {
  return `${measure.kind} ${measure.key}`;
}

function verdictOf(rule: Rule, plan: RulePlan, { measurements, context }: { readonly measurements: Measurements; readonly context: CheckContext }): Verdict {
  const { test } = rule;
  const count = (measure: Measure) => numberOf(measurements.get(measurementKey(measure)));
  switch (plan.kind) {
    case 'settled':
      return { status: plan.status, found: plan.found };
    case 'rows':
      return rowsVerdict(rule, [count(plan.broken), count(plan.of)], foundRows(test), plan.beside);
    case 'key':
      return keyVerdict(rule, [count(plan.repeats), plan.nulls === undefined ? 0 : count(plan.nulls)], count(plan.of));
    case 'metric':
      return metricVerdict(rule, [count(plan.count), count(plan.of)], count(rule.where === undefined ? allRows : plan.of));
    case 'sql':
      return answerVerdict(test, measurements.get(measurementKey(plan.answer)));
    case 'aggregate':
      return aggregateVerdict(test, measurements.get(measurementKey(plan.value)), context);
    case 'history':
      return historyVerdict(rule, [measurements.get(measurementKey(plan.value)), plan.of && measurements.get(measurementKey(plan.of))], context);
    case 'reconciliation':
      return reconciliationVerdict(rule, [measurements.get(measurementKey(plan.own)), measurements.get(measurementKey(plan.theirs))]);
    default:
      return plan satisfies never;
  }
}

/** Counts come as numbers or, above 32 bits, as text. */
function numberOf(measured: Measured | undefined): number | string {
  if (measured === undefined) return 'it was not measured';
  if ('error' in measured) return measured.error;
  const { value } = measured;
  const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? `${JSON.stringify(value)} is no number` : number;
}

function rowsVerdict(rule: Rule, [broken, total]: readonly [number | string, number | string], verb: string, beside?: string): Verdict {
  if (typeof broken === 'string') return failed(broken);
  if (typeof total === 'string') return failed(total);
  const status = isTolerated(rule.tolerance, broken, total) ? 'pass' : 'violated';
  return {
    status,
    found: `${beside === undefined ? '' : `${beside}; `}${formatNumber(broken)} of ${rows(total)} ${verb}`,
    violatingRows: broken,
    totalRows: total,
  };
}

function keyVerdict(rule: Rule, [repeats, nulls]: readonly [number | string, number | string], total: number | string): Verdict {
  if (typeof repeats === 'string') return failed(repeats);
  if (typeof nulls === 'string') return failed(nulls);
  if (nulls === 0) return rowsVerdict(rule, [repeats, total], 'repeat a value');
  return rowsVerdict(rule, [repeats + nulls, total], `break it: ${formatNumber(repeats)} repeat a value, ${formatNumber(nulls)} have a null`);
}

/** A share that is written with few digits is met by what differs from it in the last bit. */
function isTolerated(tolerance: Tolerance | undefined, broken: number, total: number): boolean {
  if (tolerance?.unit === 'percent') return share(broken, total) <= tolerance.value + 1e-9;
  return broken <= (tolerance?.value ?? 0);
}

function metricVerdict({ test, tolerance }: Rule, [count, of]: readonly [number | string, number | string], total: number | string): Verdict {
  if (test.kind !== 'metric') return failed('the rule is no metric');
  if (typeof count === 'string') return failed(count);
  if (typeof of === 'string') return failed(of);
  if (typeof total === 'string') return failed(total);
  const percent = test.unit === 'percent';
  const value = percent ? share(count, of) : count;
  const tolerated = tolerance !== undefined && isTolerated(tolerance, count, of);
  const status = tolerated || meetsThreshold(test.threshold, value) ? 'pass' : 'violated';
  if (test.metric.kind === 'rowCount') return { status, value, totalRows: total, found: `it is ${formatNumber(total)}` };
  const found = percent
    ? `${formatNumber(count)} of ${rows(of)} are (${Number(value.toPrecision(4))} percent)`
    : `${formatNumber(count)} of ${rows(total)} are`;
  return { status, value, violatingRows: count, totalRows: total, found };
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : (count / of) * 100;
}

function answerVerdict(test: RuleTest, measured: Measured | undefined): Verdict {
  if (test.kind !== 'sql') return failed('the rule is no query');
  if (measured === undefined) return failed('it was not measured');
  if ('error' in measured) return failed(measured.error);
  const { value } = measured;
  if (!isAnswer(value)) return failed(`the query answers ${JSON.stringify(value)}, neither a number nor true or false`);
  const threshold = test.threshold ?? (typeof value === 'boolean' ? ({ operator: 'mustBe', value: true } as const) : undefined);
  if (threshold === undefined) return failed(`the rule names no operator for the query's answer ${String(value)}`);
  return { status: meetsThreshold(threshold, value) ? 'pass' : 'violated', value, found: `it is ${String(value)}` };
}

function aggregateVerdict(test: RuleTest, measured: Measured | undefined, context: CheckContext): Verdict {
  const number = measured !== undefined && 'value' in measured && measured.value === null ? undefined : numberOf(measured);
  if (test.kind === 'age') return ageVerdict(number, test.limit, context);
  if (test.kind === 'frequency') return ageVerdict(number, test.every, context);
  if (test.kind !== 'aggregate') return failed('the rule is no aggregate');
  if (number === undefined) return failed('there is no value');
  if (typeof number === 'string' && !(measured !== undefined && 'value' in measured)) return failed(number);
  const value = typeof number === 'number' ? number : Number.NaN;
  return {
    status: meetsThreshold(test.threshold, value) ? 'pass' : 'violated',
    value: Number.isFinite(value) ? value : String(value),
    found: `it is ${String(value)}`,
  };
}

function historyVerdict(
  { id, test }: Rule,
  [measured, whole]: readonly [Measured | undefined, Measured | undefined],
  { past = [], now }: CheckContext,
): Verdict {
  if (test.kind !== 'history') return failed('the rule compares no versions');
  const count = measured !== undefined && 'value' in measured && measured.value === null ? 'there is no value' : numberOf(measured);
  const of = whole === undefined ? undefined : numberOf(whole);
  if (typeof count === 'string') return failed(count);
  if (typeof of === 'string') return failed(of);
  if (now === undefined) return failed('the time of the check is not known');
  const value = of === undefined ? count : share(count, of);
  const values = past.flatMap(({ at, values: all }) => (all[id] === undefined ? [] : [{ at, value: all[id] }])).slice(-test.versions);
  const band = usualBand(values, now, { deviations: test.deviations, least: test.of === 'nullShare' ? 0.25 : 0 });
  const unit = test.of === 'nullShare' ? ' percent' : '';
  if (band === undefined)
    return { status: 'skip', value, found: `it is ${round(value)}${unit}; ${values.length} versions are remembered, and ${leastVersions} say what is usual` };
  const found = `it is ${round(value)}${unit}; usual is ${round(band.low)} to ${round(band.high)} (median ${round(band.median)} of ${band.of})`;
  return { status: value >= band.low && value <= band.high ? 'pass' : 'violated', value, found };
}

function round(value: number): string {
  return formatNumber(Number(value.toPrecision(6)));
}

function reconciliationVerdict({ tolerance }: Rule, [own, theirs]: readonly [Measured | undefined, Measured | undefined]): Verdict {
  const [one, other] = [amountOf(own), amountOf(theirs)];
  if ('error' in one) return failed(one.error);
  if ('error' in other) return failed(other.error);
  const apart = difference(one.text, other.text);
  if (apart === undefined) return failed(`${one.text} and ${other.text} do not compare`);
  const allowed = tolerance?.unit === 'percent' ? (Math.abs(Number(other.text)) * tolerance.value) / 100 : (tolerance?.value ?? 0);
  return {
    status: Math.abs(Number(apart)) <= allowed ? 'pass' : 'violated',
    value: Number(apart),
    found: `it is ${one.text}, there ${other.text}: ${apart} apart`,
  };
}

/** Nothing sums up to 0. */
function amountOf(measured: Measured | undefined): { readonly text: string } | { readonly error: string } {
  if (measured === undefined) return { error: 'it was not measured' };
  return 'error' in measured ? measured : { text: String(measured.value ?? 0) };
}

function isAnswer(value: JsonValue): value is number | string | boolean {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
}

function failed(found: string): Verdict {
  return { status: 'error', found };
}

function rows(count: number): string {
  return `${formatNumber(count)} rows`;
}

const verbs: Readonly<Partial<Record<RuleTest['kind'], string>>> = {
  schema: 'exceed it',
  required: 'are null',
  enum: 'are something else',
  pattern: 'do not match',
  minLength: 'are shorter',
  maxLength: 'are longer',
  minimum: 'are less',
  exclusiveMinimum: 'are not',
  maximum: 'are more',
  exclusiveMaximum: 'are not',
  multipleOf: 'are not',
  minItems: 'have fewer',
  maxItems: 'have more',
  uniqueItems: 'do',
  relationship: 'have no counterpart',
  rowsLost: 'are gone',
  keysVanished: 'are gone',
  lateUpdates: 'are late',
};

function foundRows(test: RuleTest): string {
  return verbs[test.kind] ?? 'do not';
}
