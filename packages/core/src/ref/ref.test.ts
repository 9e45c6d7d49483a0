import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRef, parseRef, splitMajor } from './ref.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const ref = fc.oneof(
  fc.record({ domain: name }),
  fc.record({ domain: name, product: name, asOf: fc.constantFrom('2026-01-31', '1042') }),
  fc.record({ domain: name, product: name, port: name, major: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ domain: name, product: name, port: name, column: fc.constantFrom('amount', 'address.city'), asOf: fc.constant('1042') }),
);

test('parsing what was formatted gives the same ref', () => {
  fc.assert(fc.property(ref, (value) => void expect(parseRef(formatRef(value))).toEqual(value)));
});

test('a major version stands behind two underscores', () => {
  expect(splitMajor('metrics__v2')).toEqual({ name: 'metrics', major: 2 });
  expect(splitMajor('metrics__v0')).toEqual({ name: 'metrics__v0' });
  expect(splitMajor('metrics')).toEqual({ name: 'metrics' });
});

test.each(['', 'Finance', 'finance/', 'finance/churn:', 'finance:metrics', 'finance/churn:a__b', 'finance/churn#amount', 'a b'])('%j is no ref', (text) => {
  expect(parseRef(text)).toBeUndefined();
});
