import { expect, test } from 'vitest';
import { frequencyVerdict, readyVerdict } from './judge-service-level.ts';

const every = { months: 0, ms: 86_400_000 };

test.each([
  ['2026-01-15T06:00:00Z', ['2026-01-14T05:00:00Z'], 'pass'],
  ['2026-01-15T06:00:00Z', ['2026-01-12T05:00:00Z', '2026-01-13T06:00:00Z'], 'violated'],
  ['2026-01-15T06:00:00Z', ['2026-01-15T06:00:00Z'], 'skip'],
  ['2026-01-15T06:00:00Z', undefined, 'skip'],
  [undefined, [], 'error'],
])('every day: at %s after %j it is %s', (now, published, status) => {
  expect(frequencyVerdict({ every }, { ...(now !== undefined && { now }), ...(published && { published }) }).status).toBe(status);
});

const due = { minute: 9 * 60, offset: -8 * 60 };

test.each([
  ['2026-01-15T16:00:00Z', [], 'pass', 'it is due at 2026-01-15T17:00:00Z'],
  ['2026-01-15T18:00:00Z', ['2026-01-15T16:59:00Z'], 'pass', 'it was published 2026-01-15T16:59:00Z'],
  ['2026-01-15T18:00:00Z', ['2026-01-15T17:30:00Z'], 'violated', 'it was published 2026-01-15T17:30:00Z, and due at 2026-01-15T17:00:00Z'],
  ['2026-01-16T07:00:00Z', ['2026-01-15T07:00:00Z'], 'violated', 'nothing was published that day; it was due at 2026-01-15T17:00:00Z'],
])('by nine in the west: at %s after %j it is %s', (now, published, status, found) => {
  expect(readyVerdict(due, { now, published })).toEqual({ status, found });
});
