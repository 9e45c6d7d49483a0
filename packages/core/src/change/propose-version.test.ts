import { expect, test } from 'vitest';
import type { ChangeKind } from './change.ts';
import { daysBetween, noticeEnd } from './notice.ts';
import { proposeVersion } from './propose-version.ts';

const propose = (before: string, after: string, ...kinds: readonly ChangeKind[]) => {
  const proposal = proposeVersion(
    before,
    after,
    kinds.map((kind) => ({ kind })),
  );
  return proposal === undefined ? 'nothing' : `${proposal.raises} ${proposal.proposed} ${proposal.enough ? 'enough' : 'too little'}`;
};

test.each([
  ['1.2.3', '1.2.3', ['column-removed'], 'major 2.0.0 too little'],
  ['1.2.3', '1.3.0', ['column-removed', 'column-added'], 'major 2.0.0 too little'],
  ['1.2.3', '2.0.0', ['column-removed'], 'major 2.0.0 enough'],
  ['1.2.3', '1.2.3', ['column-added'], 'minor 1.3.0 too little'],
  ['1.2.3', '1.2.4', ['column-added'], 'minor 1.3.0 too little'],
  ['1.2.3', '1.3.0', ['column-added', 'words-changed'], 'minor 1.3.0 enough'],
  ['1.2.3', '2.0.0', ['column-added'], 'minor 1.3.0 enough'],
  ['1.2.3', '1.2.3', ['words-changed'], 'patch 1.2.4 enough'],
  ['1.2.3', '0.9.0', ['column-added'], 'minor 1.3.0 too little'],
  ['0.4.1', '0.4.2', ['column-removed'], 'major 0.5.0 too little'],
  ['0.4.1', '0.5.0', ['column-removed'], 'major 0.5.0 enough'],
  ['v1.2', 'v1.2', ['column-removed'], 'major v2.0.0 too little'],
  ['latest', 'latest', ['column-added'], 'minor 0.0.1 too little'],
  ['1.0.0', '1.0.0', [], 'nothing'],
] as const)('%s to %s with %j: %s', (before, after, kinds, told) => {
  expect(propose(before, after, ...kinds)).toBe(told);
});

test('notice counts whole days in UTC, over months and leap years', () => {
  expect([noticeEnd('2026-01-31T23:59:00Z', 30), noticeEnd('2028-02-28', 2), noticeEnd('2026-12-31T00:00:00Z', 0)]).toEqual([
    '2026-03-02',
    '2028-03-01',
    '2026-12-31',
  ]);
  expect([daysBetween('2026-05-30', '2026-06-01T12:00:00Z'), daysBetween('2026-06-02', '2026-06-01'), daysBetween('never', '2026-06-01')]).toEqual([2, 0, 0]);
});
