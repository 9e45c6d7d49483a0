import { expect, test } from 'vitest';
import { columnStatistics } from './written-file.ts';

const raw = (entries: Readonly<Record<string, Readonly<Record<string, string>>>>): ReadonlyMap<string, ReadonlyMap<string, string>> =>
  new Map(Object.entries(entries).map(([path, values]) => [path, new Map(Object.entries(values))]));

test('bounds that DuckDB may have cut are left out', () => {
  const statistics = columnStatistics(
    [
      { id: 1, name: 'short', type: { kind: 'string' }, required: false },
      { id: 2, name: 'long', type: { kind: 'string' }, required: false },
      { id: 3, name: 'bytes', type: { kind: 'binary' }, required: false },
    ],
    raw({
      '"short"': { column_size_bytes: '9', min: 'a', max: 'b', null_count: '1', num_values: '4' },
      '"long"': { column_size_bytes: '9', min: 'a', max: `${'é'.repeat(127)}b` },
      '"bytes"': { column_size_bytes: '9', min: '00', max: 'ff'.repeat(256) },
    }),
  );
  expect(statistics).toEqual([
    { columnId: 1, bytes: 9, nulls: 1, values: 4, min: 'a', max: 'b' },
    { columnId: 2, bytes: 9, min: 'a' },
    { columnId: 3, bytes: 9, min: '00' },
  ]);
});

test('parts of a column are found by their quoted path', () => {
  const statistics = columnStatistics(
    [
      {
        id: 1,
        name: 'a.b',
        required: false,
        type: {
          kind: 'struct',
          fields: [
            { id: 2, name: 'c"d', required: false, type: { kind: 'list', elementId: 3, element: { kind: 'boolean' } } },
            {
              id: 4,
              name: 'm',
              required: false,
              type: { kind: 'map', keyId: 5, key: { kind: 'string' }, valueId: 6, value: { kind: 'double' } },
            },
          ],
        },
      },
    ],
    raw({
      '"a.b"."c""d"."element"': { column_size_bytes: '1', min: '0', max: '1' },
      '"a.b"."m"."key"': { column_size_bytes: '2' },
      '"a.b"."m"."value"': { column_size_bytes: '3', has_nan: 'true', min: '1.0', max: '2.0' },
    }),
  );
  expect(statistics).toEqual([
    { columnId: 3, bytes: 1, min: 'false', max: 'true' },
    { columnId: 5, bytes: 2 },
    { columnId: 6, bytes: 3 },
  ]);
});
