import { sameValue } from '../document/same-value.ts';
import type { Severity } from '../finding/finding.ts';
import type { Duration } from '../rule/duration.ts';
import type { Rule, RuleTest, Scalar, Threshold, Tolerance } from '../rule/rule.ts';

export type Order = 'same' | 'tighter' | 'looser' | 'other';

/** Whether a clause asks more or less than before; `other` where it asks something else, or nobody can tell. */
export function orderRules(before: Rule, after: Rule): Order {
  const parts = [
    orderTests(before.test, after.test),
    sameValue(before.where, after.where) ? 'same' : 'other',
    orderTolerances(before.tolerance, after.tolerance),
    number(WEIGHT[before.severity], WEIGHT[after.severity], 'more'),
  ] as const;
  return together(parts);
}

const WEIGHT: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

export function together(parts: readonly Order[]): Order {
  const told = new Set(parts.filter((part) => part !== 'same'));
  const [only = 'same'] = told;
  return told.size > 1 ? 'other' : only;
}

/** `more`: the greater number asks more. */
function number(before: number, after: number, tighter: 'more' | 'less'): Order {
  if (before === after) return 'same';
  if (Number.isNaN(before) || Number.isNaN(after)) return 'other';
  return before < after === (tighter === 'more') ? 'tighter' : 'looser';
}

function set(before: readonly unknown[], after: readonly unknown[], tighter: 'more' | 'less'): Order {
  const lacks = (one: readonly unknown[], other: readonly unknown[]) => one.some((each) => !other.some((candidate) => sameValue(each, candidate)));
  const [gained, lost] = [lacks(after, before), lacks(before, after)];
  if (gained && lost) return 'other';
  if (!gained && !lost) return 'same';
  return gained === (tighter === 'more') ? 'tighter' : 'looser';
}

/** Without a tolerance, no row may break the rule. */
function orderTolerances(before: Tolerance | undefined, after: Tolerance | undefined): Order {
  if (before === undefined || after === undefined) return before === after ? 'same' : number(before?.value ?? 0, after?.value ?? 0, 'less');
  return before.unit === after.unit && before.of === after.of ? number(before.value, after.value, 'less') : 'other';
}

const BOUNDS: Readonly<Record<string, 'more' | 'less'>> = {
  minLength: 'more',
  minItems: 'more',
  minProperties: 'more',
  minimum: 'more',
  exclusiveMinimum: 'more',
  maxLength: 'less',
  maxItems: 'less',
  maxProperties: 'less',
  maximum: 'less',
  exclusiveMaximum: 'less',
};

export function orderTests(before: RuleTest, after: RuleTest): Order {
  if (sameValue(before, after)) return 'same';
  if (before.kind === 'enum' && after.kind === 'enum') return set(before.values, after.values, 'less');
  if (before.kind === 'noneOf' && after.kind === 'noneOf') return set(before.values, after.values, 'more');
  if (before.kind === 'primaryKey' && after.kind === 'primaryKey') return set(before.columns, after.columns, 'less') === 'same' ? 'same' : 'other';
  if (before.kind === 'requiredProperties' && after.kind === 'requiredProperties') return set(before.names, after.names, 'more');
  if (before.kind === 'multipleOf' && after.kind === 'multipleOf') return multiple(before.value, after.value);
  if (before.kind === 'metric' && after.kind === 'metric')
    return sameValue([before.metric, before.unit], [after.metric, after.unit]) ? orderThresholds(before.threshold, after.threshold) : 'other';
  if (before.kind === 'aggregate' && after.kind === 'aggregate')
    return before.aggregate === after.aggregate ? orderThresholds(before.threshold, after.threshold) : 'other';
  if (before.kind === 'sql' && after.kind === 'sql') return orderQueries(before, after);
  return orderTimes(before, after) ?? orderBounds(before, after);
}

function orderQueries(before: RuleTest & { readonly kind: 'sql' }, after: RuleTest & { readonly kind: 'sql' }): Order {
  const isSame = before.query.trim() === after.query.trim() && before.threshold !== undefined && after.threshold !== undefined;
  return isSame ? orderThresholds(before.threshold, after.threshold) : 'other';
}

/** Service levels: sooner and more often is more. How long data is kept is for people to judge. */
function orderTimes(before: RuleTest, after: RuleTest): Order | undefined {
  if (before.kind === 'age' && after.kind === 'age')
    return before.of === after.of && before.of === 'newest' ? number(days(before.limit), days(after.limit), 'less') : 'other';
  if (before.kind === 'frequency' && after.kind === 'frequency') return number(days(before.every), days(after.every), 'less');
  if (before.kind === 'readyBy' && after.kind === 'readyBy') return number(before.minute - before.offset, after.minute - after.offset, 'less');
  if (before.kind !== 'history' || after.kind !== 'history') return undefined;
  return before.of === after.of && before.versions === after.versions ? number(before.deviations, after.deviations, 'less') : 'other';
}

/** A month is a twelfth of 365.25 days. */
export function days({ months, ms }: Duration): number {
  return months * 30.4375 + ms / 86_400_000;
}

function orderBounds(before: RuleTest, after: RuleTest): Order {
  const tighter = BOUNDS[before.kind];
  if (tighter === undefined || before.kind !== after.kind || !('value' in before) || !('value' in after)) return 'other';
  if (!sameValue('zone' in before ? before.zone : undefined, 'zone' in after ? after.zone : undefined)) return 'other';
  return scalar(before.value, after.value, tighter);
}

/** Dates and times of one form stand in their order as texts; other texts do not. */
function scalar(before: Scalar, after: Scalar, tighter: 'more' | 'less'): Order {
  if (typeof before === 'number' && typeof after === 'number') return number(before, after, tighter);
  const isTime = [before, after].every((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value));
  return isTime && String(before).length === String(after).length ? number(0, before < after ? 1 : -1, tighter) : 'other';
}

function multiple(before: number, after: number): Order {
  if (Number.isInteger(after / before)) return 'tighter';
  return Number.isInteger(before / after) ? 'looser' : 'other';
}

interface Span {
  readonly low: number;
  readonly high: number;
  /** The end itself is outside. */
  readonly above: boolean;
  readonly below: boolean;
}

/** What one threshold allows, held against what another does. */
export function orderThresholds(before: Threshold | undefined, after: Threshold | undefined): Order {
  const [one, other] = [spanOf(before), spanOf(after)];
  if (one === undefined || other === undefined) return sameValue(before, after) ? 'same' : 'other';
  const low = number(one.low, other.low, 'more');
  const high = number(one.high, other.high, 'less');
  const ends = [
    low === 'same' && one.above !== other.above ? (other.above ? 'tighter' : 'looser') : low,
    high === 'same' && one.below !== other.below ? (other.below ? 'tighter' : 'looser') : high,
  ] as const;
  return together(ends);
}

function spanOf(threshold: Threshold | undefined): Span | undefined {
  const all: Span = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, above: false, below: false };
  switch (threshold?.operator) {
    case 'mustBe':
      return typeof threshold.value === 'number' ? { ...all, low: threshold.value, high: threshold.value } : undefined;
    case 'mustBeGreaterThan':
      return { ...all, low: threshold.value, above: true };
    case 'mustBeGreaterOrEqualTo':
      return { ...all, low: threshold.value };
    case 'mustBeLessThan':
      return { ...all, high: threshold.value, below: true };
    case 'mustBeLessOrEqualTo':
      return { ...all, high: threshold.value };
    case 'mustBeBetween':
      return { ...all, low: threshold.value[0], high: threshold.value[1] };
    default:
      return undefined;
  }
}
