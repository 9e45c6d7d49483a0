import { expect, test } from 'vitest';
import type { Column } from '../table/column.ts';
import { bindRestriction } from './bind-restriction.ts';
import type { ColumnAction, Predicate, Restriction } from './restriction.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'email', type: { kind: 'string' }, required: false },
  { id: 3, name: 'price', type: { kind: 'decimal', precision: 6, scale: 2 }, required: false },
  { id: 4, name: 'born', type: { kind: 'date' }, required: false },
  {
    id: 5,
    name: 'address',
    type: {
      kind: 'struct',
      fields: [
        { id: 6, name: 'city', type: { kind: 'string' }, required: false },
        { id: 7, name: 'moved', type: { kind: 'timestamptz' }, required: false },
      ],
    },
    required: false,
  },
  { id: 8, name: 'address.city', type: { kind: 'string' }, required: false },
];

function act(column: string, action: ColumnAction): Restriction<string> {
  return { columns: [{ column, action }] };
}

function findings(restriction: Restriction<string>): readonly string[] {
  const bound = bindRestriction(restriction, columns);
  return bound.kind === 'bound' ? [] : bound.findings.map(({ code, message }) => `${code}: ${message}`);
}

function where(rows: Predicate<string>): Restriction<string> {
  return { columns: [], rows };
}

test('names become field ids; a column of that very name comes before a way through structs', () => {
  const restriction: Restriction<string> = {
    columns: [
      { column: 'email', action: { kind: 'drop' } },
      { column: 'address.city', action: { kind: 'null' } },
      { column: 'address.moved', action: { kind: 'truncate-date', unit: 'year' } },
    ],
    rows: {
      kind: 'and',
      of: [
        { kind: 'not', of: { kind: 'is-null', column: 'born' } },
        { kind: 'in', column: 'id', values: [1, '9223372036854775807'] },
      ],
    },
  };
  expect(bindRestriction(restriction, columns)).toEqual({
    kind: 'bound',
    restriction: {
      columns: [
        { column: 2, action: { kind: 'drop' } },
        { column: 8, action: { kind: 'null' } },
        { column: 7, action: { kind: 'truncate-date', unit: 'year' } },
      ],
      rows: {
        kind: 'and',
        of: [
          { kind: 'not', of: { kind: 'is-null', column: 4 } },
          { kind: 'in', column: 1, values: [1, '9223372036854775807'] },
        ],
      },
    },
  });
});

test('what cannot be applied is not applied in part', () => {
  const restriction: Restriction<string> = {
    columns: [
      { column: 'email', action: { kind: 'drop' } },
      { column: 'phone', action: { kind: 'drop' } },
      { column: 'born', action: { kind: 'show-last', count: 4 } },
      { column: 'price', action: { kind: 'fixed', value: 0.001 } },
      { column: 'email', action: { kind: 'null' } },
      { column: 'address', action: { kind: 'keyed-hash' } },
      { column: 'address.moved', action: { kind: 'drop' } },
    ],
    rows: {
      kind: 'or',
      of: [
        { kind: 'compare', column: 'region', operator: '=', value: 'EU' },
        { kind: 'compare', column: 'born', operator: '>', value: '2026-02-29' },
        { kind: 'in', column: 'id', values: [1, 1.5] },
        { kind: 'starts-with', column: 'id', value: '4' },
      ],
    },
  };
  expect(findings(restriction)).toMatchInlineSnapshot(`
    [
      "restriction.column: The restriction names column phone, which the table does not have.",
      "restriction.type: Column born is of type date; the mask show-last does not go with it.",
      "restriction.type: Column price is of type decimal; the fixed value 0.001 does not go with it.",
      "restriction.type: Column address is of type struct; the mask keyed-hash does not go with it.",
      "restriction.conflict: Column email is restricted twice.",
      "restriction.conflict: Column address.moved is restricted twice.",
      "restriction.column: The restriction names column region, which the table does not have.",
      "restriction.type: Column born is of type date; the row filter compares it with "2026-02-29".",
      "restriction.type: Column id is of type long; the row filter compares it with 1.5.",
      "restriction.type: Column id is of type long; only text can be asked for its beginning.",
    ]
  `);
});

test('a restriction leaves at least one column', () => {
  const all: Restriction<string> = {
    columns: ['id', 'email', 'price', 'born', 'address', 'address.city'].map((column) => ({ column, action: { kind: 'drop' } })),
  };
  expect(findings(all)).toEqual(['restriction.empty: The restriction leaves no column to read.']);
  expect(findings({ columns: all.columns.slice(1) })).toEqual([]);
});

test.each([
  ['id', { kind: 'show-last', count: 2 }, true],
  ['id', { kind: 'show-last', count: -1 }, false],
  ['id', { kind: 'show-last', count: 1.5 }, false],
  ['id', { kind: 'truncate-date', unit: 'day' }, false],
  ['born', { kind: 'truncate-date', unit: 'quarter' }, true],
  ['born', { kind: 'keyed-hash' }, true],
  ['address', { kind: 'null' }, true],
  ['address', { kind: 'fixed', value: 'x' }, false],
  ['address', { kind: 'keyed-hash' }, false],
  ['email', { kind: 'fixed', value: 'a\0b' }, false],
  ['email', { kind: 'fixed', value: '\ud800' }, false],
] as const)('on %s the mask %j fits: %s', (column, action, fits) => {
  expect(findings(act(column, action)).length === 0).toBe(fits);
});

test.each([
  ['price', 12, true],
  ['price', '-9999.99', true],
  ['price', '10000', false],
  ['id', true, false],
  ['id', 2 ** 53, false],
  ['email', 5, false],
  ['address.moved', '2026-01-31T10:00:00Z', true],
  ['address.moved', '2026-01-31T10:00:00', false],
  ['address', 'x', false],
] as const)('%s is compared with %j: %s', (column, value, fits) => {
  expect(findings(where({ kind: 'compare', column, operator: '<', value })).length === 0).toBe(fits);
});
