import { DuckDBInstance } from '@duckdb/node-api';
import type { ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBound, encodeBound } from './bound.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'));
const encoded = (kind: PrimitiveKind, text: string, side: 'lower' | 'upper' = 'lower') => hex(encodeBound({ kind }, text, side));

test('single values are encoded as the table specification says', () => {
  expect(encoded('boolean', 'true')).toBe('01');
  expect(encoded('boolean', '0')).toBe('00');
  expect(encoded('int', '-2')).toBe('feffffff');
  expect(encoded('int', '2147483648')).toBeUndefined();
  expect(encoded('long', '34')).toBe('2200000000000000');
  expect(encoded('long', '9223372036854775808')).toBeUndefined();
  expect(encoded('float', '-4.5')).toBe('000090c0');
  expect(encoded('double', '6.0')).toBe('0000000000001840');
  expect(encoded('double', 'nan')).toBeUndefined();
  expect(encoded('date', '2017-11-16')).toBe('4e440000');
  expect(encoded('date', 'infinity')).toBeUndefined();
  expect(encoded('time', '22:31:08')).toBe('008307e012000000');
  expect(encoded('timestamp', '1969-12-31 23:59:59.5')).toBe('e05ef8ffffffffff');
  expect(encoded('timestamptz', '2017-11-16 14:31:08-08')).toBe(encoded('timestamp', '2017-11-16 22:31:08'));
  expect(encoded('string', 'iceberg')).toBe('69636562657267');
  expect(encoded('uuid', 'f79c3e09-677c-4bbd-a479-3f349cb785e7')).toBe('f79c3e09677c4bbda4793f349cb785e7');
  expect(encoded('binary', 'AA00')).toBe('aa00');
  const decimal = (text: string, scale: number) => hex(encodeBound({ kind: 'decimal', precision: 38, scale }, text, 'lower'));
  expect([decimal('14.20', 2), decimal('-1', 0), decimal('1.28', 2), decimal('0', 3), decimal('.5', 1), decimal('1.234', 2)]).toEqual([
    '058c',
    'ff',
    '0080',
    '00',
    '05',
    undefined,
  ]);
});

test('a zero bound allows for both zeros', () => {
  expect(encoded('double', '0.0', 'lower')).toBe('0000000000000080');
  expect(encoded('double', '-0.0', 'upper')).toBe('0000000000000000');
});

test('long strings are cut after 16 code points, the upper bound rounded up at the last that can', () => {
  const upper = (text: string) => decodeBound({ kind: 'string' }, encodeBound({ kind: 'string' }, text, 'upper') ?? new Uint8Array());
  expect(upper('a'.repeat(17))).toBe(`${'a'.repeat(15)}b`);
  expect(upper('a'.repeat(16))).toBe('a'.repeat(16));
  expect(upper(`${'a'.repeat(15)}\u{10FFFF}x`)).toBe(`${'a'.repeat(14)}b`);
  expect(upper(`${'a'.repeat(15)}\uD7FFx`)).toBe(`${'a'.repeat(15)}\uE000`);
  expect(encodeBound({ kind: 'string' }, '\u{10FFFF}'.repeat(17), 'upper')).toBeUndefined();
  expect(encoded('binary', 'FF'.repeat(17), 'upper')).toBeUndefined();
  expect(encoded('binary', `${'FF'.repeat(15)}0102`, 'upper')).toBe(`${'ff'.repeat(15)}02`);
});

const point = fc.oneof(
  fc.constantFrom(0, 0x7f, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10fffe, 0x10ffff),
  fc.integer({ min: 0, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
);

test('bounds of any strings hold them, compared as bytes', { timeout: 60_000 * Math.max(1, scale) }, () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), (points) => {
      const text = String.fromCodePoint(...points);
      const [lower, upper] = [encodeBound({ kind: 'string' }, text, 'lower'), encodeBound({ kind: 'string' }, text, 'upper')];
      const bytes = Buffer.from(text, 'utf8');
      expect(Buffer.compare(Buffer.from(lower ?? []), bytes)).toBeLessThanOrEqual(0);
      if (upper !== undefined) expect(Buffer.compare(Buffer.from(upper), bytes)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: Math.ceil(1000 * scale) },
  );
});

/** Values made by the engine, so that its text is what is parsed: SQL of a value from a random number. */
const made: readonly (readonly [ColumnType, string, string])[] = [
  [{ kind: 'int' }, 'INTEGER', 'r::INTEGER'],
  [{ kind: 'long' }, 'BIGINT', 'r * 4294967296 + 7'],
  [{ kind: 'double' }, 'DOUBLE', 'r / 1e3'],
  [{ kind: 'float' }, 'FLOAT', '(r / 7)::FLOAT'],
  [{ kind: 'decimal', precision: 38, scale: 5 }, 'DECIMAL(38, 5)', '(r * 123456789.00001)::DECIMAL(38, 5)'],
  [{ kind: 'date' }, 'DATE', "DATE '1970-01-01' + (r // 400)::INTEGER"],
  [{ kind: 'time' }, 'TIME', "TIME '00:00:00' + to_microseconds(r * 39)"],
  [{ kind: 'timestamp' }, 'TIMESTAMP', 'make_timestamp(r * 1000000001)'],
  [{ kind: 'timestamptz' }, 'TIMESTAMPTZ', 'to_timestamp(r * 1000.5)'],
  [{ kind: 'uuid' }, 'UUID', 'md5(r::VARCHAR)::UUID'],
];

test("the engine's text of any value is encoded, and decoded is the same value to the engine", async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const [type, name, sql] of made) {
    const rows = await connection.runAndReadAll(
      `SELECT (${sql})::VARCHAR AS text FROM (SELECT (hash(i)::HUGEINT % 4294967296 - 2147483648)::BIGINT AS r FROM range(${Math.ceil(50 * scale)}) AS t(i))`,
    );
    const texts = rows.getRowObjects().map(({ text }) => String(text));
    const back = texts.map((text) => decodeBound(type, encodeBound(type, text, 'lower') ?? new Uint8Array()) ?? 'none');
    const pairs = `SELECT unnest($1::VARCHAR[])::${name} AS a, unnest($2::VARCHAR[])::${name} AS b`;
    const different = await connection.runAndReadAll(`SELECT count(*) AS n FROM (${pairs}) WHERE a IS DISTINCT FROM b`, { 1: listOf(texts), 2: listOf(back) });
    expect(different.getRowObjects(), name).toEqual([{ n: 0n }]);
  }
});

const listOf = (texts: readonly string[]) => `[${texts.map((text) => `'${text}'`).join(', ')}]`;
