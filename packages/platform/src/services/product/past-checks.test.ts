import type { Check } from '@hanse/core/rule/check.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { expect, test } from 'vitest';
import { object, property } from '../../check/check-case.fixture.ts';
import { notDue, rememberChecks } from './past-checks.ts';

const rules = compileRules(
  object([property('x')], {
    quality: ['0 0 * * *', 'after lunch'].map((schedule) => ({ type: 'library', written: { metric: 'rowCount', mustBe: 1, schedule } })),
  }),
);
const checks: readonly Check[] = rules.map((rule) => ({ rule, status: 'fail', found: 'it is 2', value: 2 }));

test('a rule with a schedule stands until its time comes; one that cannot be read is always due', () => {
  const now = '2026-01-15T12:00:00Z';
  const past = rememberChecks({}, checks, { now, standing: new Map() });
  const due = (at: string) => [...notDue(rules, past, at).keys()];
  expect(due('2026-01-15T23:59:59Z')).toEqual(['quality/rowCount']);
  expect(due('2026-01-16T00:00:00Z')).toEqual([]);
  const later = '2026-01-15T18:00:00Z';
  const again = rememberChecks(past, checks, { now: later, standing: notDue(rules, past, later) });
  expect(again.judged?.['quality/rowCount']).toEqual({ at: now, status: 'violated', found: 'it is 2' });
  expect(again.history?.map(({ at, values }) => [at, values['quality/rowCount']])).toEqual([
    [now, 2],
    [later, 2],
  ]);
});
