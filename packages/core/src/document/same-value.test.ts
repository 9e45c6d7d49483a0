import { expect, test } from 'vitest';
import { sameValue } from './same-value.ts';

test.each([
  [{ a: 1, b: [1, 'x', null] }, { b: [1, 'x', null], a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [[1, 2], [2, 1], false],
  [[1], [1, 2], false],
  [{ a: {} }, { a: [] }, false],
  [{ a: 1 }, { a: '1' }, false],
  [null, {}, false],
  ['x', 'x', true],
])('%j and %j: %s', (a, b, expected) => {
  expect(sameValue(a, b)).toBe(expected);
});
