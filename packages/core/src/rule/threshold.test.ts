import { expect, test } from 'vitest';
import { formatThreshold, meetsThreshold, parseThreshold } from './threshold.ts';

test.each<[Record<string, unknown>, meets: readonly (number | string | boolean)[], breaks: readonly (number | string | boolean)[]]>([
  [{ mustBe: 0 }, [0, '0', '0.0'], [1, '', '9007199254740993']],
  [{ mustBe: true }, [true, 1, '1'], [false, 0]],
  [{ mustBe: 'a' }, ['a'], ['b', 0]],
  [{ mustNotBe: 3.14 }, [3, ''], [3.14, '3.140']],
  [{ mustBeGreaterThan: 5 }, [6, '5.1'], [5, '', 'x']],
  [{ mustBeGreaterOrEqualTo: 0 }, [0, '0'], [-1, '']],
  [{ mustBeLessThan: 1 }, [0, '0', false], [1, '', true]],
  [{ mustBeLessOrEqualTo: 5 }, [5], [5.1, '9007199254740993']],
  [{ mustBeBetween: [1, 4] }, [1, 4, '2'], [0, 4.5, '']],
  [{ mustNotBeBetween: [1, 4] }, [0, 5], [1, 4, 2]],
])('%j', (written, meets, breaks) => {
  const threshold = parseThreshold(written);
  if (threshold === undefined || typeof threshold === 'string') throw new Error(`not parsed: ${threshold}`);
  expect(meets.map((value) => meetsThreshold(threshold, value))).toEqual(meets.map(() => true));
  expect(breaks.map((value) => meetsThreshold(threshold, value))).toEqual(breaks.map(() => false));
});

test('what is not written as ODCS says', () => {
  expect(parseThreshold({ unit: 'rows' })).toBeUndefined();
  expect(parseThreshold({ mustBe: 1, mustNotBe: 2 })).toBe('more than one operator (mustBe, mustNotBe)');
  expect(parseThreshold({ mustBeBetween: [1] })).toBe('mustBeBetween: [1] is no value to compare with');
  expect(parseThreshold({ mustBeLessThan: '5' })).toBe('mustBeLessThan: "5" is no value to compare with');
});

test('in words', () => {
  expect(formatThreshold({ operator: 'mustNotBeBetween', value: [1, 2] })).toBe('must not be between 1 and 2');
});
