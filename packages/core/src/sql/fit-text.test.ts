import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { ColumnType } from '../table/column.ts';
import { fitText } from './fit-text.ts';
import { quoteText } from './quote.ts';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run("SET TimeZone = 'UTC'");

async function read(type: ColumnType, text: string, format?: string): Promise<readonly unknown[]> {
  const { value, misfit } = fitText('raw', { type, ...(format !== undefined && { format }) });
  const sql = `SELECT (${value})::VARCHAR AS value, ${misfit} AS misfit FROM (SELECT ${quoteText(text)} AS raw)`;
  return (await connection.runAndReadAll(sql)).getRowsJson()[0] ?? [];
}

const decimal: ColumnType = { kind: 'decimal', precision: 5, scale: 2 };

test.each<readonly [ColumnType, string, string | null]>([
  [{ kind: 'long' }, '12', '12'],
  [{ kind: 'long' }, ' -7 ', '-7'],
  [{ kind: 'long' }, '2.0', null],
  [{ kind: 'long' }, '1e3', null],
  [{ kind: 'long' }, '1_000', null],
  [{ kind: 'long' }, '0x1F', null],
  [{ kind: 'long' }, '9223372036854775808', null],
  [{ kind: 'int' }, '2147483648', null],
  [decimal, '1.5', '1.50'],
  [decimal, '1.2300', '1.23'],
  [decimal, '1.234', null],
  [decimal, '1000', null],
  [{ kind: 'double' }, '1e3', '1000.0'],
  [{ kind: 'double' }, 'x', null],
  [{ kind: 'boolean' }, 'true', 'true'],
  [{ kind: 'boolean' }, 'perhaps', null],
  [{ kind: 'date' }, '2026-02-28', '2026-02-28'],
  [{ kind: 'date' }, '2026-02-29', null],
  [{ kind: 'date' }, '2026-02-28 10:00:00', null],
  [{ kind: 'timestamp' }, '2026-01-01T00:00:00', '2026-01-01 00:00:00'],
  [{ kind: 'timestamp' }, '2026-01-01T00:00:00+02:00', '2025-12-31 22:00:00'],
  [{ kind: 'timestamp' }, '2026-01-01', '2026-01-01 00:00:00'],
  [{ kind: 'timestamptz' }, '2026-01-01T00:00:00+02:00', '2025-12-31 22:00:00+00'],
  [{ kind: 'uuid' }, 'no', null],
])('%o reads %s as %s', async (type, text, value) => {
  expect(await read(type, text)).toEqual([value, value === null]);
});

test('an empty field is null and no misfit, and an empty text is a text', async () => {
  expect(await read({ kind: 'long' }, '')).toEqual([null, false]);
  expect(await read({ kind: 'string' }, '')).toEqual(['', false]);
});

test('a date is read in its format, and must exist', async () => {
  expect(await read({ kind: 'date' }, '31.12.2026', '%d.%m.%Y')).toEqual(['2026-12-31', false]);
  expect(await read({ kind: 'date' }, '31.02.2026', '%d.%m.%Y')).toEqual([null, true]);
  expect(await read({ kind: 'date' }, '2026-12-31', '%d.%m.%Y')).toEqual([null, true]);
});
