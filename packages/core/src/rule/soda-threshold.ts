import type { JsonObject } from '../document/document.ts';
import type { Threshold } from './rule.ts';

type Single = Exclude<Threshold['operator'], 'mustBeBetween' | 'mustNotBeBetween'>;

const signs: Readonly<Record<string, Single>> = {
  '=': 'mustBe',
  '==': 'mustBe',
  '!=': 'mustNotBe',
  '<>': 'mustNotBe',
  '<': 'mustBeLessThan',
  '<=': 'mustBeLessOrEqualTo',
  '>': 'mustBeGreaterThan',
  '>=': 'mustBeGreaterOrEqualTo',
};
const words: Readonly<Record<string, Single>> = {
  must_be: 'mustBe',
  must_not_be: 'mustNotBe',
  must_be_less_than: 'mustBeLessThan',
  must_be_less_than_or_equal: 'mustBeLessOrEqualTo',
  must_be_less_than_or_equal_to: 'mustBeLessOrEqualTo',
  must_be_greater_than: 'mustBeGreaterThan',
  must_be_greater_than_or_equal: 'mustBeGreaterOrEqualTo',
  must_be_greater_than_or_equal_to: 'mustBeGreaterOrEqualTo',
};
const number = String.raw`(-?\d+(?:\.\d+)?)\s*%?`;
const compared = new RegExp(`^(=|==|!=|<>|<=|>=|<|>)\\s*${number}$`);
const ranged = new RegExp(`^(not )?between\\s+${number}\\s+and\\s+${number}$`);

/** SodaCL's comparisons: `< 5`, `>= 1 %`, `between 1 and 10` (both ends inside). */
export function parseSodaThreshold(text: string): Threshold | undefined {
  const [, sign, value] = compared.exec(text) ?? [];
  const operator = sign === undefined ? undefined : signs[sign];
  if (operator !== undefined) return { operator, value: Number(value) };
  const [range, not, low, high] = ranged.exec(text) ?? [];
  return range === undefined ? undefined : { operator: not === undefined ? 'mustBeBetween' : 'mustNotBeBetween', value: [Number(low), Number(high)] };
}

/** The one `must_be...` of a mapping. */
export function thresholdIn(written: JsonObject): Threshold | undefined {
  const [found, ...more] = Object.keys(written).filter((key) => key.startsWith('must_'));
  if (found === undefined || more.length > 0) return undefined;
  const value = written[found];
  const operator = Object.hasOwn(words, found) ? words[found] : undefined;
  if (operator !== undefined) return typeof value === 'number' ? { operator, value } : undefined;
  const [low, high] = Array.isArray(value) ? value : [];
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  if (found === 'must_be_between') return { operator: 'mustBeBetween', value: [low, high] };
  return found === 'must_not_be_between' || found === 'must_be_not_between' ? { operator: 'mustNotBeBetween', value: [low, high] } : undefined;
}
