import type { Column } from '@hanse/core/table/column.ts';
import { expect, test } from 'vitest';
import { dataFile, fileEntry } from './data-file.ts';
import { walkFields } from './schema.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'amount', type: { kind: 'decimal', precision: 9, scale: 2 }, required: false },
  { id: 2, name: 'tags', type: { kind: 'list', elementId: 3, element: { kind: 'string' } }, required: false },
  { id: 4, name: 'place', type: { kind: 'struct', fields: [{ id: 5, name: 'zip', type: { kind: 'int' }, required: false }] }, required: false },
];

test('a field in a struct has bounds, one in a list only its size, and one that is not in the schema nothing', () => {
  const statistics = [
    { columnId: 1, bytes: 10, nulls: 1, values: 4, min: '-1.50', max: '12.00' },
    { columnId: 3, bytes: 20, nulls: 0, values: 9, min: 'a', max: 'b' },
    { columnId: 5, bytes: 30, nulls: 2, values: 4, nans: 0, min: '7', max: 'not a number' },
    { columnId: 9, bytes: 40, min: '1', max: '2' },
  ];
  const file = fileEntry({ name: 'data/x.parquet', rows: 4, bytes: 100, statistics }, 'file:///data/x.parquet', columns);
  const described = dataFile({ status: 'added', snapshotId: '1', sequence: 2, fileSequence: 2, file }, 'data/x.parquet', [...walkFields(columns)]);
  expect(described).toEqual({
    name: 'data/x.parquet',
    rows: 4,
    bytes: 100,
    sequence: 2,
    snapshotId: '1',
    columns: [
      { columnId: 1, bytes: 10, values: 4, nulls: 1, lower: '-1.50', upper: '12.00' },
      { columnId: 2 },
      { columnId: 3, bytes: 20 },
      { columnId: 4 },
      { columnId: 5, bytes: 30, values: 4, nulls: 2, nans: 0, lower: '7' },
    ],
  });
  expect([...(file.columnBytes?.keys() ?? [])]).toEqual([1, 3, 5]);
});
