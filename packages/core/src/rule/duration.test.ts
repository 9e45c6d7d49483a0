import { expect, test } from 'vitest';
import { difference } from './difference.ts';
import { before, formatDuration, parseDuration } from './duration.ts';

test.each([
  [4, 'd', '4 d'],
  ['90', 'minutes', '1 h 30 min'],
  ['6h30m', undefined, '6 h 30 min'],
  ['P1DT12H', undefined, '1 d 12 h'],
  [3, 'y', '3 y'],
  ['2 weeks', undefined, '14 d'],
  [5, undefined, undefined],
  ['soon', 'd', undefined],
  [1, 'fortnight', undefined],
])('%s %s is %s', (value, unit, shown) => {
  const duration = parseDuration(value, unit);
  expect(duration && formatDuration(duration)).toBe(shown);
});

test('months are those of the calendar', () => {
  const at = (text: string, months: number) => new Date(before(Date.parse(text), { months, ms: 0 })).toISOString();
  expect(at('2026-03-31T10:00:00Z', 1)).toBe('2026-02-28T10:00:00.000Z');
  expect(at('2024-02-29T00:00:00Z', 12)).toBe('2023-02-28T00:00:00.000Z');
  expect(at('2026-01-15T00:00:00Z', 13)).toBe('2024-12-15T00:00:00.000Z');
});

test('differences keep every digit', () => {
  expect(difference('9007199254740993', '9007199254740992')).toBe('1');
  expect(difference('0.10', '12345678901234567890.125')).toBe('-12345678901234567890.025');
  expect(difference('1.5e3', '1')).toBe('1499');
  expect(difference('x', '1')).toBeUndefined();
});
