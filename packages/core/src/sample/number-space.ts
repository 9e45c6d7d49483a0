import type { RowTest, Scalar } from '../rule/rule.ts';
import type { Space } from './space.ts';

/** How values of a type are counted: `unit` of them are one step apart, and a written bound is a number of units. */
export interface Scale {
  readonly low?: bigint;
  readonly high?: bigint;
  /** Where nothing is promised. */
  readonly start: bigint;
  readonly usual: bigint;
  readonly unitsOf: (value: Scalar) => Units | undefined;
  readonly sql: (units: string) => string;
}

/** A bound among whole units: the same number twice where it is one. */
export interface Units {
  readonly floor: bigint;
  readonly ceiling: bigint;
}

interface Bounds {
  readonly low?: bigint;
  readonly high?: bigint;
  readonly step: bigint;
}

/** The values that keep what is promised of a number or a time: steps from the lowest; undefined where there is none. */
export function steps(scale: Scale, tests: readonly RowTest[], wanted: bigint): Space | undefined {
  const bounds = boundsOf(scale, tests);
  if (bounds === undefined) return undefined;
  const { step } = bounds;
  const [lowest, highest] = [greatest(bounds.low, scale.low), least(bounds.high, scale.high)];
  const usual = (scale.usual > wanted ? scale.usual : wanted) * step;
  const first = aligned(lowest !== undefined && (bounds.low !== undefined || lowest > scale.start) ? lowest : start(scale, highest, usual, lowest), step);
  const last = bounds.high ?? least(first + usual - step, highest) ?? first + usual - step;
  const end = least(last, highest) ?? last;
  if (end < first) return undefined;
  const size = (end - first) / step + 1n;
  return {
    size,
    at: (number) => scale.sql(`(${first} + ${number}::HUGEINT * ${step})`),
    holds: (value) => {
      const units = scale.unitsOf(value);
      return units !== undefined && units.floor === units.ceiling && units.floor >= first && units.floor <= end;
    },
  };
}

function start({ start: usualStart }: Scale, highest: bigint | undefined, usual: bigint, lowest: bigint | undefined): bigint {
  if (highest === undefined || highest >= usualStart + usual) return usualStart;
  return greatest(highest - usual + 1n < usualStart && highest > usualStart ? usualStart : highest - usual + 1n, lowest) ?? usualStart;
}

function boundsOf(scale: Scale, tests: readonly RowTest[]): Bounds | undefined {
  let bounds: Bounds = { step: 1n };
  for (const test of tests) {
    const next = bounded(scale, bounds, test);
    if (next === undefined) return undefined;
    bounds = next;
  }
  return bounds;
}

function bounded(scale: Scale, bounds: Bounds, test: RowTest): Bounds | undefined {
  if (test.kind === 'multipleOf') {
    const step = wholeSteps(scale, test.value);
    return step === undefined ? undefined : { ...bounds, step: (bounds.step * step) / divisor(bounds.step, step) };
  }
  if (test.kind !== 'minimum' && test.kind !== 'exclusiveMinimum' && test.kind !== 'maximum' && test.kind !== 'exclusiveMaximum') return bounds;
  const units = scale.unitsOf(test.value);
  if (units === undefined) return undefined;
  // A zone may move a written time by less than a day: every reading of it is kept.
  const slack = test.zone === undefined || test.zone === 'UTC' ? 0n : 86_400n;
  switch (test.kind) {
    case 'minimum':
      return { ...bounds, low: greatest(units.ceiling + slack, bounds.low) ?? 0n };
    case 'exclusiveMinimum':
      return { ...bounds, low: greatest(units.floor + 1n + slack, bounds.low) ?? 0n };
    case 'maximum':
      return { ...bounds, high: least(units.floor - slack, bounds.high) ?? 0n };
    case 'exclusiveMaximum':
      return { ...bounds, high: least(units.ceiling - 1n - slack, bounds.high) ?? 0n };
    default:
      return test satisfies never;
  }
}

/** The fewest units that are a multiple: of 0.05 in hundredths five, of 0.5 in ones one. */
function wholeSteps({ unitsOf }: Scale, multiple: number): bigint | undefined {
  for (let times = 1; times <= 10_000; times += 1) {
    const units = unitsOf(Number((multiple * times).toPrecision(12)));
    if (units !== undefined && units.floor === units.ceiling && units.floor > 0n) return units.floor;
  }
  return undefined;
}

/** The first multiple that is not below. */
function aligned(value: bigint, step: bigint): bigint {
  const rest = ((value % step) + step) % step;
  return rest === 0n ? value : value - rest + step;
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

function greatest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function least(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/** A number as written, in units of ten to the power of `-digits`. */
export function decimalUnits(digits: number): (value: Scalar) => Units | undefined {
  return (value) => {
    const [, sign = '', whole, fraction = '', exponent = '0'] = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(String(value)) ?? [];
    if (whole === undefined || Math.abs(Number(exponent)) > 60) return undefined;
    const moved = digits - fraction.length + Number(exponent);
    const all = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
    if (moved >= 0) return { floor: all * 10n ** BigInt(moved), ceiling: all * 10n ** BigInt(moved) };
    const by = 10n ** BigInt(-moved);
    const cut = all / by;
    const isWhole = cut * by === all;
    return { floor: isWhole || all >= 0n ? cut : cut - 1n, ceiling: isWhole || all < 0n ? cut : cut + 1n };
  };
}
