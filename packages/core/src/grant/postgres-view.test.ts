import { expect, test } from 'vitest';
import type { Column } from '../table/column.ts';
import { postgresView, whyNoView } from './postgres-view.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  {
    id: 2,
    name: 'address',
    type: { kind: 'struct', fields: [{ id: 3, name: 'city', type: { kind: 'string' }, required: false }] },
    required: false,
  },
  { id: 4, name: 'mail', type: { kind: 'string' }, required: false },
];
const table = { schema: 'shop', name: 'people' };
const object = { id: 'people', name: 'people', properties: [], quality: [] };

test('a field within a column has no form: the column would show it whole', () => {
  const said = 'a field within a column cannot be restricted in PostgreSQL';
  expect(whyNoView({ columns, restriction: { columns: [{ column: 3, action: { kind: 'drop' } }] } })).toBe(said);
  const rows = {
    kind: 'not',
    of: {
      kind: 'or',
      of: [
        { kind: 'is-null', column: 1 },
        { kind: 'in', column: 3, values: ['Paris'] },
      ],
    },
  } as const;
  expect(whyNoView({ columns, restriction: { columns: [], rows } })).toBe(said);
  expect(whyNoView({ columns, restriction: { columns: [{ column: 2, action: { kind: 'drop' } }], rows: { kind: 'is-null', column: 4 } } })).toBeUndefined();
});

test('dropped columns are not there, and text is compared by code points', () => {
  const restriction = {
    columns: [{ column: 2, action: { kind: 'drop' } }],
    rows: { kind: 'compare', column: 4, operator: '<', value: "o'b" },
  } as const;
  expect(postgresView({ object, columns, restriction, table })).toBe(
    `SELECT "id", "mail" FROM "shop"."people" WHERE ("mail"::text COLLATE "C" < CAST('o''b' AS text))`,
  );
});
