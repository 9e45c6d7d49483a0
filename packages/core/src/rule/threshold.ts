import type { Threshold } from './rule.ts';

const words: Readonly<Record<Threshold['operator'], string>> = {
  mustBe: 'must be',
  mustNotBe: 'must not be',
  mustBeGreaterThan: 'must be greater than',
  mustBeGreaterOrEqualTo: 'must be at least',
  mustBeLessThan: 'must be less than',
  mustBeLessOrEqualTo: 'must be at most',
  mustBeBetween: 'must be between',
  mustNotBeBetween: 'must not be between',
};
const operators = Object.keys(words);

/** The one operator that a quality rule writes; undefined where it writes none, a text that says what is wrong otherwise. */
export function parseThreshold(written: Readonly<Record<string, unknown>>): Threshold | string | undefined {
  const found = operators.filter((operator) => written[operator] !== undefined);
  if (found.length > 1) return `more than one operator (${found.join(', ')})`;
  const [name] = found;
  if (name === undefined) return undefined;
  return threshold(name, written[name]) ?? `${name}: ${JSON.stringify(written[name])} is no value to compare with`;
}

function threshold(operator: string, value: unknown): Threshold | undefined {
  switch (operator) {
    case 'mustBe':
    case 'mustNotBe':
      return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? { operator, value } : undefined;
    case 'mustBeBetween':
    case 'mustNotBeBetween': {
      const [low, high, more]: readonly unknown[] = Array.isArray(value) ? value : [];
      return typeof low === 'number' && typeof high === 'number' && more === undefined ? { operator, value: [low, high] } : undefined;
    }
    case 'mustBeGreaterThan':
    case 'mustBeGreaterOrEqualTo':
    case 'mustBeLessThan':
    case 'mustBeLessOrEqualTo':
      return typeof value === 'number' ? { operator, value } : undefined;
    default:
      return undefined;
  }
}

export function formatThreshold({ operator, value }: Threshold): string {
  return `${words[operator]} ${typeof value === 'object' ? `${value[0]} and ${value[1]}` : String(value)}`;
}

/** Whether a measured value keeps the threshold. Numbers that arrive as text (64-bit, decimal) are compared as numbers. */
export function meetsThreshold(threshold: Threshold, measured: number | string | boolean): boolean {
  const { operator, value } = threshold;
  const number = measured === '' ? Number.NaN : Number(measured);
  switch (operator) {
    case 'mustBe':
      return isSame(value, measured);
    case 'mustNotBe':
      return !isSame(value, measured);
    case 'mustBeGreaterThan':
      return number > value;
    case 'mustBeGreaterOrEqualTo':
      return number >= value;
    case 'mustBeLessThan':
      return number < value;
    case 'mustBeLessOrEqualTo':
      return number <= value;
    case 'mustBeBetween':
      return number >= value[0] && number <= value[1];
    case 'mustNotBeBetween':
      return number < value[0] || number > value[1];
    default:
      return threshold satisfies never;
  }
}

function isSame(wanted: number | string | boolean, measured: number | string | boolean): boolean {
  if (typeof wanted === 'number') return measured !== '' && Number(measured) === wanted;
  if (typeof wanted === 'boolean' && typeof measured !== 'boolean') return Number(measured) === Number(wanted);
  return String(measured) === String(wanted);
}
