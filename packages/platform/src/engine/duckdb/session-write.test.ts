import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Column } from '@hanse/core/table/column.ts';
import type { Session, WrittenFile } from '../engine.ts';
import { column, limits, plain, testFolder, testSessions } from './sessions.fixture.ts';

const folder = await testFolder();
const sessions = testSessions(folder);
const path = join(folder, 'written "x" \'y\'.parquet');
const quoted = `'${path.replaceAll("'", "''")}'`;
const session: Session = await sessions.session({ relations: [], limits, writable: [path] });

const write = (sql: string, columns: readonly Column[]): Promise<WrittenFile> => session.write({ sql }, { path, columns });

test('columns are cast, ordered and carry field ids and statistics', async () => {
  const columns: readonly Column[] = [
    column(7, 'Amount', { kind: 'decimal', precision: 10, scale: 2 }),
    column(1, 'id', 'long'),
    column(2, 'na"me', 'string'),
    column(3, 'parts', {
      kind: 'list',
      elementId: 4,
      element: { kind: 'struct', fields: [column(5, 'x', 'double'), column(6, 'y', 'date')] },
    }),
    column(8, 'flag', 'boolean'),
  ];
  const written = await write(
    `SELECT i AS id, 'n' || i AS "na""me", i * 1.5 AS amount, [{x: i::FLOAT, y: DATE '2024-01-01' + i::INTEGER}] AS parts,
      CASE WHEN i > 0 THEN true END AS flag, 'left out' AS more FROM range(3) t(i);`,
    columns,
  );
  expect(written).toMatchObject({ path, rows: 3 });
  expect(written.statistics.map(({ bytes, ...rest }) => ({ ...rest, some: bytes > 0 }))).toMatchInlineSnapshot(`
    [
      {
        "columnId": 7,
        "max": "3.00",
        "min": "0.00",
        "nulls": 0,
        "some": true,
        "values": 3,
      },
      {
        "columnId": 1,
        "max": "2",
        "min": "0",
        "nulls": 0,
        "some": true,
        "values": 3,
      },
      {
        "columnId": 2,
        "max": "n2",
        "min": "n0",
        "nulls": 0,
        "some": true,
        "values": 3,
      },
      {
        "columnId": 5,
        "max": "2.0",
        "min": "0.0",
        "nans": 0,
        "nulls": 0,
        "some": true,
        "values": 3,
      },
      {
        "columnId": 6,
        "max": "2024-01-03",
        "min": "2024-01-01",
        "nulls": 0,
        "some": true,
        "values": 3,
      },
      {
        "columnId": 8,
        "max": "true",
        "min": "true",
        "nulls": 1,
        "some": true,
        "values": 3,
      },
    ]
  `);
  const [size] = await plain(`SELECT size FROM read_blob(${quoted})`);
  expect(size).toEqual({ size: String(written.bytes) });
  const schema = await plain(`SELECT name, field_id::INTEGER AS id FROM parquet_schema(${quoted}) WHERE field_id IS NOT NULL`);
  expect(schema.map(({ name, id }) => `${id} ${name}`)).toEqual(['7 Amount', '1 id', '2 na"me', '3 parts', '4 element', '5 x', '6 y', '8 flag']);
  expect(await plain(`SELECT * FROM ${quoted} LIMIT 1`)).toEqual([{ Amount: '0.00', id: '0', 'na"me': 'n0', parts: [{ x: 0, y: '2024-01-01' }], flag: null }]);
});

test('long texts and NaN leave no bounds', async () => {
  const columns = [column(1, 's', 'string'), column(2, 'd', 'double'), column(3, 'f', 'float')];
  const { statistics } = await write(
    "SELECT CASE i WHEN 0 THEN 'a' ELSE repeat('z', 300) END AS s, CASE i WHEN 0 THEN 1 ELSE 'nan'::DOUBLE END AS d, i AS f FROM range(2) t(i)",
    columns,
  );
  const bytes = expect.any(Number);
  expect(statistics).toEqual([
    { columnId: 1, bytes, nulls: 0, values: 2, min: 'a' },
    { columnId: 2, bytes, nulls: 0, values: 2 },
    { columnId: 3, bytes, nulls: 0, values: 2, nans: 0, min: '0.0', max: '1.0' },
  ]);
});

test('no rows are a file, too', async () => {
  expect(await write('SELECT 1 AS n WHERE false', [column(1, 'n', 'int')])).toMatchObject({ rows: 0, statistics: [{ columnId: 1, nulls: 0, values: 0 }] });
});

test.each([
  ['a column it lacks', 'SELECT 1 AS a, 2 AS b', column(1, 'amount', 'int'), 'Column amount is not in the SELECT, which gives a, b.'],
  [
    'a value that does not fit',
    "SELECT 1 AS id, 'x' AS amount",
    column(1, 'amount', 'int'),
    "Column amount (VARCHAR) does not fit its type INTEGER: Conversion Error: Could not convert string 'x' to INT32 when casting from source column amount",
  ],
  ['a number out of range', 'SELECT 3000000000 AS amount', column(1, 'amount', 'int'), 'Column amount (BIGINT) does not fit its type INTEGER: '],
  ['a fraction', 'SELECT 100.4::DOUBLE AS amount', column(1, 'amount', 'long'), 'Column amount (DOUBLE) does not fit its type BIGINT: '],
  ['a type without a cast', 'SELECT {a: 1} AS amount', column(1, 'amount', 'date'), 'Column amount (STRUCT("a" INTEGER)) does not fit its type DATE: '],
])('%s is named', async (_, sql, target, message) => {
  const failed = write(sql, [target]);
  await expect(failed).rejects.toMatchObject({ name: 'UserError', code: 'invalid', message: expect.stringContaining(message) });
});

test("an error of the SELECT itself stays the SELECT's", async () => {
  await expect(write("SELECT 'x'::INTEGER AS n", [column(1, 'n', 'int')])).rejects.toMatchObject({
    code: 'statement',
    message: "Conversion Error: Could not convert string 'x' to INT32",
  });
});

test('whole numbers in a fractional type are kept', async () => {
  await write('SELECT * FROM (VALUES (1.0), (NULL), (-3.0)) t(n)', [column(1, 'n', 'long')]);
  expect(await plain(`SELECT n FROM ${quoted}`)).toEqual([{ n: '1' }, { n: null }, { n: '-3' }]);
});

test('nothing but a staged file is written', async () => {
  const target = { path: join(folder, 'other.parquet'), columns: [column(1, 'n', 'int')] };
  const failed = session.write({ sql: 'SELECT 1 AS n' }, target);
  await expect(failed).rejects.toThrow('Permission Error');
});

test('progress grows to at most one', async () => {
  const file = join(folder, 'rows.parquet');
  await plain(`COPY (SELECT i AS n FROM range(300000) t(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`);
  const relation = { schema: 'ops', name: 'rows', format: 'parquet' as const, files: [file] };
  await using reading = await sessions.session({ relations: [relation], limits });
  const seen: number[] = [];
  await reading.rows({ sql: "SELECT bit_xor(hash(sha256(repeat('x' || n, 40)))) AS n FROM ops.rows" }, (done) => seen.push(done));
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every((done, at) => done <= 1 && done >= (seen[at - 1] ?? 0))).toBe(true);
});
