import { expect, test } from 'vitest';
import { usualBand } from './band.ts';

const day = (index: number) => new Date(Date.UTC(2026, 0, 5 + index)).toISOString();
const options = { deviations: 4, least: 0 };

test('too few versions say nothing', () => {
  expect(
    usualBand(
      [1, 2, 3, 4].map((value, index) => ({ at: day(index), value })),
      day(4),
      options,
    ),
  ).toBeUndefined();
});

test('one outlier moves nothing, and what never changed may change a little', () => {
  const steady = [100, 100, 100, 100, 5000, 100].map((value, index) => ({ at: day(index), value }));
  expect(usualBand(steady, day(6), options)).toEqual({ low: 96, high: 104, median: 100, of: '6 versions' });
});

test('where a weekday has enough versions, it is compared with itself', () => {
  const weeks = Array.from({ length: 42 }, (_, index) => ({ at: day(index), value: index % 7 >= 5 ? 10 : 1000 }));
  expect(usualBand(weeks, day(42), options)).toMatchObject({ median: 1000, of: '6 Mondays' });
  expect(usualBand(weeks, day(47), options)).toMatchObject({ median: 10, high: 10.4, of: '6 Saturdays' });
});
