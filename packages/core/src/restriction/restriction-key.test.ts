import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../table/column.ts';
import { applyRestriction } from './apply-restriction.fixture.ts';
import { normalisePredicate, restrictionKey } from './restriction-key.ts';
import type { Predicate, Restriction } from './restriction.ts';

const numRuns = Math.ceil(300 * Number(process.env.HANSE_TEST_SCALE ?? 1));
const columns: readonly Column[] = [1, 2].map((id) => ({ id, name: `c${id}`, type: { kind: 'int' }, required: false }));

const { predicate } = fc.letrec<{ predicate: Predicate<number> }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.record({
      kind: fc.constant('compare' as const),
      column: fc.constantFrom(1, 2),
      operator: fc.constantFrom('=' as const, '<' as const),
      value: fc.integer({ min: 0, max: 2 }),
    }),
    fc.record({ kind: fc.constant('in' as const), column: fc.constantFrom(1, 2), values: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('is-null' as const), column: fc.constantFrom(1, 2) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('predicate') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('predicate'), { maxLength: 3 }) }),
  ),
}));

/** The same meaning, written otherwise. */
function rewritten(written: Predicate<number>): Predicate<number> {
  if (written.kind === 'not') return { kind: 'not', of: { kind: 'not', of: { kind: 'not', of: rewritten(written.of) } } };
  if (written.kind === 'in') return { ...written, values: [...written.values.toReversed(), ...written.values] };
  if (written.kind !== 'and' && written.kind !== 'or') return { kind: 'or', of: [written] };
  const parts = written.of.map(rewritten).toReversed();
  return { kind: written.kind, of: [{ kind: written.kind, of: parts.slice(0, 1) }, ...parts] };
}

test('restrictions that mean the same have one key', () => {
  fc.assert(
    fc.property(predicate, (rows) => void expect(restrictionKey({ columns: [], rows: rewritten(rows) })).toBe(restrictionKey({ columns: [], rows }))),
    { numRuns },
  );
  const [drop, hide] = [
    { column: 1, action: { kind: 'drop' } },
    { column: 2, action: { kind: 'null' } },
  ] as const;
  expect(restrictionKey({ columns: [hide, drop] })).toBe(restrictionKey({ columns: [drop, hide] }));
});

test('normalising keeps every row where it is', () => {
  const cell = fc.constantFrom(null, '0', '1', '2');
  const keeps = (rows: Predicate<number>, first: string | null, second: string | null) =>
    applyRestriction(columns, { columns: [], rows }, String)({ 1: first, 2: second }) !== undefined;
  fc.assert(
    fc.property(predicate, cell, cell, (rows, first, second) => {
      expect(keeps(normalisePredicate(rows), first, second)).toBe(keeps(rows, first, second));
      expect(keeps(normalisePredicate({ kind: 'not', of: rows }), first, second)).toBe(keeps({ kind: 'not', of: rows }, first, second));
    }),
    { numRuns },
  );
});

test('restrictions that differ have different keys', () => {
  const is = (value: number | string): Predicate<number> => ({ kind: 'compare', column: 1, operator: '=', value });
  const different: readonly Restriction[] = [
    { columns: [] },
    { columns: [], rows: is(1) },
    { columns: [], rows: is(2) },
    { columns: [], rows: is('1') },
    { columns: [], rows: { kind: 'not', of: is(1) } },
    { columns: [], rows: { kind: 'and', of: [is(1), is(2)] } },
    { columns: [], rows: { kind: 'or', of: [is(1), is(2)] } },
    { columns: [], rows: { kind: 'and', of: [] } },
    { columns: [], rows: { kind: 'or', of: [] } },
    { columns: [{ column: 1, action: { kind: 'drop' } }] },
    { columns: [{ column: 2, action: { kind: 'drop' } }] },
    { columns: [{ column: 1, action: { kind: 'show-last', count: 1 } }] },
    { columns: [{ column: 1, action: { kind: 'show-last', count: 2 } }] },
    { columns: [{ column: 1, action: { kind: 'fixed', value: '2' } }] },
    { columns: [{ column: 1, action: { kind: 'fixed', value: 2 } }] },
  ];
  expect(new Set(different.map(restrictionKey)).size).toBe(different.length);
});
