import { expect, test } from 'vitest';
import { durationDays } from './duration-days.ts';
import { utcTime } from './utc-time.ts';

test.each([
  ['P90D', 90],
  ['P2W', 14],
  ['P3M', 90],
  ['P1Y1D', 366],
  ['P0D', 0],
  ['P', undefined],
  ['PT1H', undefined],
  ['90', undefined],
  ['P1D1Y', undefined],
])('%s lasts %s days', (written, days) => {
  expect(durationDays(written)).toBe(days);
});

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z', '2026-01-31T23:59:59.999Z'],
  ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T10:00:00.5Z', '2026-01-31T10:00:00.500Z', '2026-01-31T10:00:00.500Z'],
  ['2026-02-30', undefined, undefined],
  ['2026-01-31T10:00:00+01:00', undefined, undefined],
  ['tomorrow', undefined, undefined],
])('%s begins at %s and ends at %s', (written, start, end) => {
  expect([utcTime(written, 'start'), utcTime(written, 'end')]).toEqual([start, end]);
});
