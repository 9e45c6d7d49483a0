import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column } from '@hanse/core/table/column.ts';
import { describe, expect, test } from 'vitest';
import type { Relation } from '../engine.ts';
import { fileSelect } from './parquet-select.ts';
import { relationSql } from './relation-sql.ts';
import { column, limits, plain, testFolder, testSessions } from './sessions.fixture.ts';

const folder = await testFolder();
const sessions = testSessions(folder);

async function rowsOf(relation: Omit<Relation, 'schema' | 'name'>, sql = 'SELECT * FROM ops.t'): Promise<readonly unknown[]> {
  await using session = await sessions.session({ relations: [{ schema: 'ops', name: 't', ...relation }], limits });
  return session.rows({ sql });
}

describe('Parquet files are read by field id', () => {
  const older = join(folder, 'older.parquet');
  const newer = join(folder, 'newer.parquet');

  test('renamed, dropped, added and widened columns', async () => {
    await plain(`COPY (SELECT 1 AS id, 'a' AS name, 7 AS gone) TO '${older}' (FORMAT parquet, FIELD_IDS {id: 1, name: 2, gone: 3})`);
    await plain(`COPY (SELECT 2::BIGINT AS id, 'b' AS label, 9 AS name) TO '${newer}' (FORMAT parquet, FIELD_IDS {id: 1, label: 2, name: 4})`);
    const columns = [column(4, 'name', 'int'), column(1, 'id', 'long'), column(2, 'la"b\'el', 'string')];
    expect(await rowsOf({ format: 'parquet', files: [older, newer], columns }, 'SELECT * FROM ops.t ORDER BY id')).toEqual([
      { name: null, id: '1', 'la"b\'el': 'a' },
      { name: 9, id: '2', 'la"b\'el': 'b' },
    ]);
  });

  test('one file alone, by its own names: DuckDB then uses its statistics and all cores', async () => {
    const alone = join(folder, 'alone.parquet');
    await plain(`COPY (SELECT range::INTEGER AS id, [range] AS l, [range] AS m, range AS gone FROM range(10)) TO '${alone}'
      (FORMAT parquet, FIELD_IDS {id: 1, l: {__duckdb_field_id: 2, element: 3}, m: {__duckdb_field_id: 4, element: 5}, gone: 6})`);
    const list = (elementId: number): Column['type'] => ({ kind: 'list', elementId, element: { kind: 'long' } });
    const columns = [column(7, 'gone', 'string'), column(1, 'ID', 'long'), column(2, 'l', list(3)), column(4, 'm', list(5))];
    expect(await rowsOf({ format: 'parquet', files: [alone], columns }, 'SELECT * FROM ops.t WHERE "ID" = 7')).toEqual([
      { gone: null, ID: '7', l: ['7'], m: ['7'] },
    ]);
    const fields = [
      {
        path: alone,
        names: new Map([
          [1, 'id'],
          [2, 'l'],
          [3, 'element'],
          [4, 'm'],
          [5, 'element'],
          [6, 'gone'],
        ]),
      },
    ];
    expect(
      relationSql({ schema: 'ops', name: 't', format: 'parquet', files: [alone], columns }, { header: [], fields }).replace(folder, ''),
    ).toMatchInlineSnapshot(
      `"CREATE VIEW memory."ops"."t" AS SELECT NULL::VARCHAR AS "gone", "id"::BIGINT AS "ID", "l"::BIGINT[] AS "l", "m"::BIGINT[] AS "m" FROM read_parquet(['/alone.parquet'])"`,
    );
  });

  test('names that differ in case alone are told apart', async () => {
    const cases = join(folder, 'cases.parquet');
    await plain(`COPY (SELECT 1 AS a, 2 AS b) TO '${cases}' (FORMAT parquet, FIELD_IDS {a: 1, b: 2})`);
    expect(
      fileSelect([column(1, 'a', 'int')], {
        path: cases,
        names: new Map([
          [1, 'a'],
          [2, 'A'],
        ]),
      }),
    ).toBeUndefined();
    expect(await rowsOf({ format: 'parquet', files: [cases], columns: [column(2, 'a', 'int'), column(1, 'b', 'int')] })).toEqual([{ a: 2, b: 1 }]);
  });

  test('parts of structs, in lists and maps too', async () => {
    const first = join(folder, 'struct-1.parquet');
    const second = join(folder, 'struct-2.parquet');
    const ids = (x: string, y: string): string =>
      `{s: {__duckdb_field_id: 1, ${x}: 2, ${y}: 3}, l: {__duckdb_field_id: 4, element: {__duckdb_field_id: 5, ${x}: 6}},
        m: {__duckdb_field_id: 7, key: 8, value: {__duckdb_field_id: 9, ${y}: 10}}}`;
    await plain(`COPY (SELECT {x: 1, y: 'a'} AS s, [{x: 2}] AS l, MAP{'k': {y: 3}} AS m UNION ALL SELECT NULL, NULL, NULL)
      TO '${first}' (FORMAT parquet, FIELD_IDS ${ids('x', 'y')})`);
    await plain(`COPY (SELECT {z: 4, x: 'b'} AS s, [{z: 5}] AS l, MAP{'k': {x: 6}} AS m)
      TO '${second}' (FORMAT parquet, FIELD_IDS ${ids('z', 'x')})`);
    const columns: readonly Column[] = [
      column(1, 's', { kind: 'struct', fields: [column(3, 'x', 'string'), column(2, 'z', 'long'), column(11, 'y', 'int')] }),
      column(4, 'l', { kind: 'list', elementId: 5, element: { kind: 'struct', fields: [column(6, 'z', 'int')] } }),
      column(7, 'm', {
        kind: 'map',
        keyId: 8,
        key: { kind: 'string' },
        valueId: 9,
        value: { kind: 'struct', fields: [column(10, 'x', 'int')] },
      }),
    ];
    expect(await rowsOf({ format: 'parquet', files: [first, second], columns })).toEqual([
      { s: { x: 'a', z: '1', y: null }, l: [{ z: 2 }], m: [{ key: 'k', value: { x: 3 } }] },
      { s: null, l: null, m: null },
      { s: { x: 'b', z: '4', y: null }, l: [{ z: 5 }], m: [{ key: 'k', value: { x: 6 } }] },
    ]);
  });

  test('without columns the files say, each by its names', async () => {
    expect(await rowsOf({ format: 'parquet', files: [older, newer] }, 'SELECT * FROM ops.t ORDER BY id')).toEqual([
      { id: '1', name: 'a', gone: 7, label: null },
      { id: '2', name: '9', gone: null, label: 'b' },
    ]);
  });
});

describe('an empty relation', () => {
  test('is a typed table', async () => {
    const columns = [column(1, 'id', 'long'), column(2, 'at', 'timestamptz')];
    await using session = await sessions.session({
      relations: [{ schema: 'main', name: 'select', format: 'parquet', files: [], columns }],
      limits,
    });
    expect(await session.rows({ sql: 'SELECT * FROM main."select"' })).toEqual([]);
    expect((await session.describe({ sql: 'SELECT * FROM main."select"' })).map(({ typeName }) => typeName)).toEqual(['BIGINT', 'TIMESTAMP WITH TIME ZONE']);
  });

  test('without columns is refused by name', async () => {
    await expect(rowsOf({ format: 'parquet', files: [] })).rejects.toThrow('ops.t has neither files nor columns.');
  });
});

describe('CSV and JSON', () => {
  const csv = join(folder, 'data [1].csv');
  const json = join(folder, 'data.jsonl');

  test('fields by the header, absent ones null, a quoted empty one is text', async () => {
    await writeFile(csv, 'name,amount,code\r\n"a, ""b""",1.50,007\r\n"",,008\r\n,2,\r\n');
    const columns = [column(1, 'amount', { kind: 'decimal', precision: 8, scale: 2 }), column(2, 'name', 'string'), column(3, 'more', 'date')];
    expect(await rowsOf({ format: 'csv', files: [csv], columns })).toEqual([
      { amount: '1.50', name: 'a, "b"', more: null },
      { amount: null, name: '', more: null },
      { amount: '2.00', name: null, more: null },
    ]);
  });

  test('CSV as it is said to be written: delimiter, header, text for null', async () => {
    const odd = join(folder, 'odd.csv');
    await writeFile(odd, '1;a;NA\r\n2;"NA";2.5\r\n3;;1\r\n');
    const columns = [column(1, 'n', 'long'), column(2, 'word', 'string'), column(3, 'amount', 'double')];
    const said = { format: 'csv', files: [odd], csv: { delimiter: ';', header: false, nullText: 'NA' } } as const;
    const rows = [
      { n: '1', word: 'a', amount: null },
      { n: '2', word: 'NA', amount: 2.5 },
      { n: '3', word: '', amount: 1 },
    ];
    expect(await rowsOf({ ...said, columns })).toEqual(rows);
    expect(await rowsOf(said, 'SELECT count(*) AS n, count(column2) AS amounts FROM ops.t')).toEqual([{ n: '3', amounts: '2' }]);
    await writeFile(odd, 'word|n\n"\\N"|1\n\\N|2\n""|3\n# no comment|4\n"two\r\nlines|"|\\N\n');
    const named = await rowsOf({ ...said, columns: columns.slice(0, 2), csv: { delimiter: '|', nullText: '\\N' } });
    expect(named).toEqual([
      { n: '1', word: '\\N' },
      { n: '2', word: null },
      { n: '3', word: '' },
      { n: '4', word: '# no comment' },
      { n: null, word: 'two\r\nlines|' },
    ]);
  });

  test('types of CSV are found over the whole file', async () => {
    const late = join(folder, 'late.csv');
    await writeFile(late, `n\n${'1\n'.repeat(30_000)}x\n`);
    expect(await rowsOf({ format: 'csv', files: [late] }, "SELECT count(*) AS n FROM ops.t WHERE n = 'x'")).toEqual([{ n: '1' }]);
  });

  test('a value that does not fit names the table, not the file', async () => {
    const columns = [column(1, 'name', 'int')];
    const failed = rowsOf({ format: 'csv', files: [csv], columns });
    await expect(failed).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('name') });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining(folder) });
  });

  test('JSON lines', async () => {
    await writeFile(json, '{"id": 12345678901234567, "tags": ["a"]}\n{"id": 2, "extra": true}\n');
    const columns = [column(1, 'id', 'long'), column(2, 'tags', { kind: 'list', elementId: 3, element: { kind: 'string' } })];
    expect(await rowsOf({ format: 'json', files: [json], columns })).toEqual([
      { id: '12345678901234567', tags: ['a'] },
      { id: '2', tags: null },
    ]);
    expect(await rowsOf({ format: 'json', files: [json] })).toEqual([
      { id: '12345678901234567', tags: ['a'], extra: null },
      { id: '2', tags: null, extra: true },
    ]);
  });
});
