import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignFieldIds, type KeyedColumns, noColumns } from './assign-field-ids.ts';
import type { Column, ColumnType } from './column.ts';
import { canPromote } from './promote.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const long: WantedType = { kind: 'long' };
const field = (key: string, type: WantedType = long, name = key): WantedField => ({ key, name, type, required: false });
const summary = (columns: readonly Column[]) => columns.map(({ id, name, type }) => `${id} ${name} ${type.kind}`);

test('a rename, a move and a widening keep the id; a new column gets one that was never used', () => {
  const first = assignFieldIds(noColumns, [field('a', { kind: 'int' }), field('b'), field('c')]);
  expect(summary(first.columns)).toEqual(['1 a int', '2 b long', '3 c long']);
  const second = assignFieldIds(first, [field('b', long, 'bee'), field('a', long)]);
  expect(summary(second.columns)).toEqual(['2 bee long', '1 a long']);
  expect(second.changes).toEqual([
    { kind: 'renamed', id: 2, path: 'bee', from: 'b' },
    { kind: 'widened', id: 1, path: 'a', from: { kind: 'int' }, to: { kind: 'long' } },
    { kind: 'dropped', id: 3, path: 'c' },
  ]);
  const third = assignFieldIds(second, [field('c'), field('a', long)]);
  expect(summary(third.columns)).toEqual(['4 c long', '1 a long']);
  expect(third.lastColumnId).toBe(4);
});

test('a type that no promotion reaches is reported and gets a new id', () => {
  const first = assignFieldIds(noColumns, [field('a'), field('d', { kind: 'decimal', precision: 9, scale: 2 })]);
  const second = assignFieldIds(first, [field('a', { kind: 'string' }), field('d', { kind: 'decimal', precision: 12, scale: 2 })]);
  expect(summary(second.columns)).toEqual(['3 a string', '2 d decimal']);
  expect(second.changes).toEqual([
    { kind: 'retyped', id: 3, was: 1, path: 'a', from: { kind: 'long' }, to: { kind: 'string' } },
    { kind: 'widened', id: 2, path: 'd', from: { kind: 'decimal', precision: 9, scale: 2 }, to: { kind: 'decimal', precision: 12, scale: 2 } },
  ]);
});

test('fields of a struct inside a list keep their ids on their own', () => {
  const list = (...fields: WantedField[]): WantedType => ({ kind: 'list', element: { kind: 'struct', fields } });
  const first = assignFieldIds(noColumns, [field('l', list(field('x'), field('y')))]);
  const second = assignFieldIds(first, [field('l', list(field('y', long, 'why'), field('z')))]);
  expect(second.columns).toEqual([
    {
      id: 1,
      name: 'l',
      required: false,
      type: {
        kind: 'list',
        elementId: 2,
        element: {
          kind: 'struct',
          fields: [
            { id: 4, name: 'why', type: { kind: 'long' }, required: false },
            { id: 5, name: 'z', type: { kind: 'long' }, required: false },
          ],
        },
      },
    },
  ]);
  expect(second.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['renamed l.element.why', 'added l.element.z', 'dropped l.element.x']);
});

test('a property that is given an id keeps its column; another property under its name does not', () => {
  const first = assignFieldIds(noColumns, [field('amount')]);
  const named = assignFieldIds(first, [field('amt-1', long, 'amount')]);
  expect(summary(named.columns)).toEqual(['1 amount long']);
  expect(named.changes).toEqual([]);
  expect(summary(assignFieldIds(named, [field('amt-2', long, 'amount')]).columns)).toEqual(['2 amount long']);
});

const { wanted } = fc.letrec<{ wanted: readonly WantedField[]; type: WantedType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<WantedType>({ kind: 'int' }, { kind: 'long' }, { kind: 'string' }, { kind: 'float' }, { kind: 'double' }),
    fc.integer({ min: 4, max: 38 }).map((precision): WantedType => ({ kind: 'decimal', precision, scale: 2, loose: true })),
    tie('type').map((element): WantedType => ({ kind: 'list', element })),
    tie('type').map((value): WantedType => ({ kind: 'map', key: { kind: 'string' }, value })),
    tie('wanted').map((fields): WantedType => ({ kind: 'struct', fields })),
  ),
  wanted: fc.uniqueArray(
    fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), type: tie('type'), required: fc.boolean() }).map((one) => ({ ...one, name: one.key })),
    { selector: (one) => one.key, maxLength: 4 },
  ),
}));

function idsOf(columns: readonly Column[]): number[] {
  return columns.flatMap(({ id, type }) => [id, ...idsInside(type)]);
}

function idsInside(type: ColumnType): number[] {
  if (type.kind === 'struct') return idsOf(type.fields);
  if (type.kind === 'list') return [type.elementId, ...idsInside(type.element)];
  return type.kind === 'map' ? [type.keyId, type.valueId, ...idsInside(type.key), ...idsInside(type.value)] : [];
}

test('through any history ids are unique, never used again, and what stays can be read', () => {
  fc.assert(
    fc.property(fc.array(wanted, { minLength: 1, maxLength: 6 }), (history) => {
      let known: KeyedColumns = noColumns;
      const used = new Set<number>();
      for (const columns of history) {
        const next = assignFieldIds(known, columns);
        const ids = idsOf(next.columns);
        const before = new Set(idsOf(known.columns));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !before.has(id) && used.has(id))).toEqual([]);
        expect(ids.every((id) => id <= next.lastColumnId)).toBe(true);
        expect(next.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
        for (const { id, type } of next.columns) {
          const old = known.columns.find((column) => column.id === id);
          expect(old === undefined || canPromote(old.type, type)).toBe(true);
        }
        expect(JSON.stringify(next.columns)).not.toContain('loose');
        expect(assignFieldIds(next, columns)).toEqual({ ...next, changes: [] });
        for (const id of ids) used.add(id);
        known = next;
      }
    }),
    { numRuns: Math.ceil(300 * scale) },
  );
});
