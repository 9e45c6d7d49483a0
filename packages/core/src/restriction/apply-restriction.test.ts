import { expect, test } from 'vitest';
import type { Column } from '../table/column.ts';
import { applyRestriction, type Cells } from './apply-restriction.fixture.ts';
import type { ColumnAction, Predicate } from './restriction.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'amount', type: { kind: 'decimal', precision: 6, scale: 2 }, required: false },
  { id: 2, name: 'name', type: { kind: 'string' }, required: false },
  { id: 3, name: 'ratio', type: { kind: 'double' }, required: false },
  { id: 4, name: 'seen', type: { kind: 'timestamptz' }, required: false },
  { id: 5, name: 'home', type: { kind: 'struct', fields: [{ id: 6, name: 'city', type: { kind: 'string' }, required: false }] }, required: false },
];
const row: Cells = { 1: '-9.50', 2: 'Zoë 👍', 3: 'nan', 4: '2026-05-31 23:59:59.5+00', 5: { 6: 'Lübeck' } };
const hash = (text: string) => `#${text}`;

function mask(column: number, action: ColumnAction, cells = row) {
  return applyRestriction(columns, { columns: [{ column, action }] }, hash)(cells)?.[column > 5 ? 5 : column];
}

function keeps(rows: Predicate<number>, cells = row): boolean {
  return applyRestriction(columns, { columns: [], rows }, hash)(cells) !== undefined;
}

test('masks', () => {
  expect(mask(2, { kind: 'show-last', count: 2 })).toBe('*** 👍');
  expect(mask(2, { kind: 'show-last', count: 5 })).toBe('*****');
  expect(mask(2, { kind: 'show-last', count: 0 })).toBe('*****');
  expect(mask(4, { kind: 'truncate-date', unit: 'quarter' })).toBe('2026-04-01 00:00:00+00');
  expect(mask(1, { kind: 'keyed-hash' })).toBe('#-9.50');
  expect(mask(1, { kind: 'keyed-hash' }, {})).toBeNull();
  expect(mask(1, { kind: 'fixed', value: 0 }, {})).toBe('0.00');
  expect(mask(5, { kind: 'drop' })).toBeUndefined();
  expect(mask(6, { kind: 'fixed', value: 'x' })).toEqual({ 6: 'x' });
  expect(mask(6, { kind: 'fixed', value: 'x' }, {})).toBeNull();
});

test('a row stays only where the predicate is true, not where it is unknown', () => {
  const small: Predicate<number> = { kind: 'compare', column: 1, operator: '<', value: '-9.49' };
  expect([keeps(small), keeps({ kind: 'not', of: small })]).toEqual([true, false]);
  expect([keeps(small, {}), keeps({ kind: 'not', of: small }, {})]).toEqual([false, false]);
  expect(keeps({ kind: 'or', of: [small, { kind: 'is-null', column: 1 }] }, {})).toBe(true);
  expect(keeps({ kind: 'not', of: { kind: 'in', column: 1, values: [] } }, {})).toBe(true);
});

test('not a number is above all numbers, text goes by code points', () => {
  expect(keeps({ kind: 'compare', column: 3, operator: '>', value: 1e308 })).toBe(true);
  expect(keeps({ kind: 'compare', column: 3, operator: '<=', value: 1e308 })).toBe(false);
  expect(keeps({ kind: 'compare', column: 2, operator: '>', value: '\uffff' }, { 2: '👍' })).toBe(true);
  expect(keeps({ kind: 'compare', column: 6, operator: '=', value: 'Lübeck' })).toBe(true);
});
