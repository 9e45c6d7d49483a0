import { expect, test } from 'vitest';
import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { migrateSelect } from './migrate-select.ts';

const column = (id: string, more: Partial<SchemaProperty> = {}): SchemaProperty => ({
  id,
  name: id,
  physicalType: 'INTEGER',
  logicalTypeOptions: {},
  required: false,
  unique: false,
  properties: [],
  quality: [],
  tags: [],
  ...more,
});
const object = (...properties: readonly SchemaProperty[]): SchemaObject => ({ id: 't', name: 't', properties, quality: [] });

const before = object(
  column('id'),
  column('amount', { physicalType: 'DECIMAL(10,2)' }),
  column('day', { physicalType: 'DATE' }),
  column('order'),
  column('gone', { physicalType: 'STRUCT("a b" INT)' }),
);
const after = object(
  column('day', { physicalType: 'TIMESTAMP' }),
  column('id'),
  column('amount', { name: 'Total "net"', physicalType: 'DECIMAL(10,2)' }),
  column('order'),
  column('extra'),
);

test('the old shape from the new table: names, casts, and NULL for what is gone', () => {
  expect(migrateSelect({ before, after, table: ['finance', 'metrics__v2'], columns: undefined })).toMatchInlineSnapshot(`
    "SELECT
      id,
      "Total ""net""" AS amount,
      CAST(day AS DATE) AS day,  -- was DATE, is TIMESTAMP
      "order",
      CAST(NULL AS STRUCT("a b" INTEGER)) AS gone  -- removed: there is no value any more
    FROM finance.metrics__v2"
  `);
});

test('only what the consumer uses, whatever the case of its names', () => {
  expect(migrateSelect({ before, after, table: ['finance', 'metrics'], columns: ['AMOUNT', 'none'] })).toMatchInlineSnapshot(`
    "SELECT
      "Total ""net""" AS amount
    FROM finance.metrics"
  `);
  expect(migrateSelect({ before, after, table: ['finance', 'metrics'], columns: [] })).toBeUndefined();
});

test('names that would end a name, a comment or a statement stay what they are; one that no statement can hold gives none', () => {
  const hostile = 'x"; DROP TABLE t; --\n*/';
  const was = object(column('a', { name: hostile, physicalType: 'INT' }));
  const is = object(column('a', { name: `${hostile}2`, physicalType: 'TEXT --\n, 1' }));
  const sql = migrateSelect({ before: was, after: is, table: ['fin ance', 'user'], columns: undefined });
  expect(sql).toMatchInlineSnapshot(`
    "SELECT
      CAST("x""; DROP TABLE t; --
    */2" AS INTEGER) AS "x""; DROP TABLE t; --
    */"  -- was INT, is TEXT -- , 1
    FROM "fin ance"."user""
  `);
  expect(migrateSelect({ before: object(column('a\0')), after: is, table: ['f', 't'], columns: undefined })).toBeUndefined();
});
