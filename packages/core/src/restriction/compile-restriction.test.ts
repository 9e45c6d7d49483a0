import { expect, test } from 'vitest';
import type { Column } from '../table/column.ts';
import { compileRestriction } from './compile-restriction.ts';
import type { ColumnAction, Restriction } from './restriction.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'e"mail', type: { kind: 'string' }, required: false },
  { id: 3, name: 'seen', type: { kind: 'timestamptz' }, required: false },
  { id: 4, name: 'born', type: { kind: 'date' }, required: false },
  {
    id: 5,
    name: 'home',
    type: {
      kind: 'struct',
      fields: [
        { id: 6, name: "ci'ty", type: { kind: 'string' }, required: true },
        { id: 7, name: 'street', type: { kind: 'string' }, required: false },
      ],
    },
    required: false,
  },
];

function masked(column: number, action: ColumnAction): string | undefined {
  const { select } = compileRestriction(columns, { columns: [{ column, action }] }, '0aff');
  return select.find(({ column: { id } }) => id === (column > 5 ? 5 : column))?.sql;
}

test('each mask is plain SQL', () => {
  expect([
    masked(2, { kind: 'null' }),
    masked(2, { kind: 'fixed', value: "it's" }),
    masked(1, { kind: 'show-last', count: 4 }),
    masked(4, { kind: 'truncate-date', unit: 'month' }),
    masked(3, { kind: 'truncate-date', unit: 'day' }),
    masked(1, { kind: 'keyed-hash' }),
    masked(3, { kind: 'keyed-hash' }),
    masked(7, { kind: 'drop' }),
    masked(6, { kind: 'fixed', value: '?' }),
  ]).toMatchInlineSnapshot(`
    [
      "CAST(NULL AS VARCHAR)",
      "CAST('it''s' AS VARCHAR)",
      "CASE WHEN length(CAST("id" AS VARCHAR)) > 4 THEN repeat('*', length(CAST("id" AS VARCHAR)) - 4) || right(CAST("id" AS VARCHAR), 4) ELSE repeat('*', length(CAST("id" AS VARCHAR))) END",
      "CAST(date_trunc('month', "born") AS DATE)",
      "timezone('UTC', date_trunc('day', timezone('UTC', "seen")))",
      "sha256(unhex('0aff00') || encode(CAST("id" AS VARCHAR)))",
      "sha256(unhex('0aff00') || encode(CAST(timezone('UTC', "seen") AS VARCHAR) || '+00'))",
      "CASE WHEN "home" IS NULL THEN NULL ELSE {'ci''ty': struct_extract("home", 'ci''ty')} END",
      "CASE WHEN "home" IS NULL THEN NULL ELSE {'ci''ty': CAST('?' AS VARCHAR), 'street': struct_extract("home", 'street')} END",
    ]
  `);
});

test('a row filter reads unmasked values, typed, with names and literals quoted', () => {
  const restriction: Restriction = {
    columns: [{ column: 2, action: { kind: 'drop' } }],
    rows: {
      kind: 'or',
      of: [
        {
          kind: 'and',
          of: [
            { kind: 'compare', column: 2, operator: '<>', value: "'); --" },
            { kind: 'not', of: { kind: 'is-null', column: 6 } },
          ],
        },
        { kind: 'starts-with', column: 6, value: "l'" },
        { kind: 'in', column: 4, values: ['2026-01-31', '2026-02-01'] },
        { kind: 'in', column: 1, values: [] },
        { kind: 'compare', column: 3, operator: '>=', value: '2026-01-31T01:00:00+01:00' },
        { kind: 'and', of: [] },
      ],
    },
  };
  const { select, where } = compileRestriction(columns, restriction, '00');
  expect(select.map(({ column }) => column.name)).toEqual(['id', 'seen', 'born', 'home']);
  expect(where).toMatchInlineSnapshot(
    `"((("e""mail" <> CAST('''); --' AS VARCHAR)) AND (NOT (struct_extract("home", 'ci''ty') IS NULL))) OR starts_with(struct_extract("home", 'ci''ty'), 'l''') OR ("born" IN (CAST('2026-01-31' AS DATE), CAST('2026-02-01' AS DATE))) OR FALSE OR ("seen" >= CAST('2026-01-31 00:00:00+00' AS TIMESTAMP WITH TIME ZONE)) OR TRUE)"`,
  );
});

test('a restriction that was bound to other columns is an error, never a wider view', () => {
  const compile = (restriction: Restriction) => () => compileRestriction(columns, restriction, '00');
  expect(compile({ columns: [{ column: 99, action: { kind: 'drop' } }] })).toThrow('no column 99');
  expect(compile({ columns: [], rows: { kind: 'is-null', column: 99 } })).toThrow('no column 99');
  expect(compile({ columns: [], rows: { kind: 'compare', column: 1, operator: '=', value: 'x' } })).toThrow('does not fit column 1');
  expect(compile({ columns: [{ column: 5, action: { kind: 'keyed-hash' } }] })).toThrow('keyed-hash on column 5');
  expect(() => compileRestriction(columns, { columns: [] }, "'")).toThrow('not hex');
  const odd: Column = { id: 1, name: 'a\0b', type: { kind: 'int' }, required: false };
  expect(() => compileRestriction([odd], { columns: [] }, '00')).toThrow('NUL');
});

test('types after masking', () => {
  const restriction: Restriction = {
    columns: [
      { column: 1, action: { kind: 'keyed-hash' } },
      { column: 4, action: { kind: 'null' } },
      { column: 7, action: { kind: 'drop' } },
    ],
  };
  expect(compileRestriction(columns, restriction, '00').select.map(({ column }) => column)).toEqual([
    { id: 1, name: 'id', type: { kind: 'string' }, required: true },
    columns[1],
    columns[2],
    { id: 4, name: 'born', type: { kind: 'date' }, required: false },
    { id: 5, name: 'home', type: { kind: 'struct', fields: [{ id: 6, name: "ci'ty", type: { kind: 'string' }, required: true }] }, required: false },
  ]);
});
