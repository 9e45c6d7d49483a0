import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNumber } from './format-number.ts';

test('counts are grouped as English readers expect', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (count) => {
      expect(formatNumber(count)).toBe(count.toLocaleString('en-US'));
    }),
  );
});

test('fractions keep six digits; what is too large for digits keeps its power of ten', () => {
  expect([0, 0.5, -1234.25, 1234.5678915, 0.000001, 1e-9, 1e20, 1.5e24, NaN].map(formatNumber)).toEqual([
    '0',
    '0.5',
    '-1,234.25',
    '1,234.567892',
    '0.000001',
    '0',
    '100,000,000,000,000,000,000',
    '1.5e+24',
    'NaN',
  ]);
});
