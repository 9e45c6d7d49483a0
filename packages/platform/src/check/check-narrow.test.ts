import { beforeAll, expect, test } from 'vitest';
import { checkRows, type DuckDb, lines, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const verdict = async (physicalType: string, values: readonly string[], typeName?: string) => {
  const select = `SELECT * FROM (VALUES ${values.map((value) => `(${value})`).join(', ')}) AS t(x)`;
  await db.run(`CREATE OR REPLACE TABLE main.one AS ${select}`);
  const columns = (await db.columns('main.one')).map((column) => ({ ...column, ...(typeName !== undefined && { typeName }) }));
  return lines((await checkRows(db, object([property('x', { physicalType })]), select, { columns })).checks)[0]?.replaceAll('"', '');
};

test.each([
  ['TINYINT', ['127', '-128', 'NULL'], 'pass x must be a column of type TINYINT: it is INTEGER; 0 of 3 rows exceed it'],
  ['TINYINT', ['127', '-129'], 'fail x must be a column of type TINYINT: it is INTEGER; 1 of 2 rows exceed it; e.g. -129'],
  ['smallint', ['32767', '32768'], 'fail x must be a column of type SMALLINT: it is INTEGER; 1 of 2 rows exceed it; e.g. 32768'],
  ['UTINYINT', ['-1', '255'], 'fail x must be a column of type UTINYINT: it is INTEGER; 1 of 2 rows exceed it; e.g. -1'],
  ['UINTEGER', ['4294967295', '0'], 'pass x must be a column of type UINTEGER: it is BIGINT; 0 of 2 rows exceed it'],
  ['UINTEGER', ['4294967296', '0'], "fail x must be a column of type UINTEGER: it is BIGINT; 1 of 2 rows exceed it; e.g. '4294967296'"],
  [
    'UBIGINT',
    ['18446744073709551616::DECIMAL(20,0)', '18446744073709551615::DECIMAL(20,0)'],
    "fail x must be a column of type UBIGINT: it is DECIMAL(20,0); 1 of 2 rows exceed it; e.g. '18446744073709551616'",
  ],
  ['VARCHAR(2)', ["'😀😀'", "'äb'"], 'pass x must be a column of type VARCHAR(2): it is VARCHAR; 0 of 2 rows exceed it'],
  ['character varying(2)', ["'abc'", 'NULL'], "fail x must be a column of type CHARACTER VARYING(2): it is VARCHAR; 1 of 2 rows exceed it; e.g. 'abc'"],
  ['CHAR(1)', ["'ab'"], "fail x must be a column of type CHAR(1): it is VARCHAR; 1 of 1 rows exceed it; e.g. 'ab'"],
  ['INT UNSIGNED', ['4294967296'], "fail x must be a column of type UINTEGER: it is BIGINT; 1 of 1 rows exceed it; e.g. '4294967296'"],
  ['MEDIUMINT UNSIGNED', ['16777215', '-1'], 'fail x must be a column of type UMEDIUMINT: it is INTEGER; 1 of 2 rows exceed it; e.g. -1'],
  [
    'STRUCT(a SMALLINT)',
    ['{a: 32767}', '{a: NULL}', 'NULL'],
    'pass x must be a column of type STRUCT(a INTEGER) with a SMALLINT: it is STRUCT(a INTEGER); 0 of 3 rows exceed it',
  ],
  [
    'STRUCT(a SMALLINT)',
    ['{a: 1}', '{a: 32768}'],
    'fail x must be a column of type STRUCT(a INTEGER) with a SMALLINT: it is STRUCT(a INTEGER); 1 of 2 rows exceed it; e.g. {a:32768}',
  ],
  [
    'SMALLINT[]',
    ['[1, NULL, 99999]', '[]'],
    'fail x must be a column of type INTEGER[] with [] SMALLINT: it is INTEGER[]; 1 of 2 rows exceed it; e.g. [1,null,99999]',
  ],
  [
    'MAP(VARCHAR(1), TINYINT)',
    ["MAP {'a': 1}"],
    'pass x must be a column of type MAP(VARCHAR, INTEGER) with key VARCHAR(1), value TINYINT: it is MAP(VARCHAR, INTEGER); 0 of 1 rows exceed it',
  ],
  ['DOUBLE', ['1.5::FLOAT'], 'fail x must be a column of type DOUBLE: it is FLOAT'],
  ['FLOAT', ['1.5::FLOAT'], 'pass x must be a column of type DOUBLE: it is FLOAT'],
  ['STRUCT(a DECIMAL(10,2))', ['{a: 1::DECIMAL(12,2)}'], 'fail x must be a column of type STRUCT(a DECIMAL(10,2)): it is STRUCT(a DECIMAL(12,2))'],
  [
    'DECIMAL(12,2)',
    ['1::DECIMAL(38,2)'],
    'fail x must be a column of type DECIMAL(12,2): it is DECIMAL(38,2), as sums of decimals are; write CAST(... AS DECIMAL(12,2))',
  ],
  ['STRUCT(a DECIMAL(10,2))', ['{a: 1::DECIMAL(9,2)}'], 'pass x must be a column of type STRUCT(a DECIMAL(10,2)): it is STRUCT(a DECIMAL(9,2))'],
  ['INTEGER', ['2147483647'], 'pass x must be a column of type INTEGER: it is INTEGER'],
  ['SMALLINT', ['1::BIGINT'], 'fail x must be a column of type SMALLINT: it is BIGINT'],
  ['TIMESTAMP', ["TIMESTAMPTZ '2026-01-01'"], 'fail x must be a column of type TIMESTAMP: it is TIMESTAMP WITH TIME ZONE'],
  ['TIMESTAMPTZ', ["TIMESTAMP '2026-01-01'"], 'fail x must be a column of type TIMESTAMP WITH TIME ZONE: it is TIMESTAMP'],
])('what is promised as %s and holds %j', async (physicalType, values, expected) => {
  expect(await verdict(physicalType, values)).toBe(expected);
});

test.each([
  ['SMALLINT', 'TINYINT', ['1'], 'pass x must be a column of type SMALLINT: it is TINYINT'],
  ['VARCHAR(20)', 'character varying(8)', ["'a'"], 'pass x must be a column of type VARCHAR(20): it is CHARACTER VARYING(8)'],
  ['VARCHAR(8)', 'character varying(20)', ["'a'"], 'pass x must be a column of type VARCHAR(8): it is CHARACTER VARYING(20); 0 of 1 rows exceed it'],
  ['SMALLINT', 'INTEGER', ['1'], 'fail x must be a column of type SMALLINT: it is INTEGER'],
  ['TINYINT[]', 'SMALLINT[]', ['[1]'], 'fail x must be a column of type INTEGER[] with [] TINYINT: it is SMALLINT[]'],
  [
    'STRUCT(a UINTEGER)',
    'STRUCT(a UTINYINT)',
    ['{a: 1::BIGINT}'],
    'pass x must be a column of type STRUCT(a BIGINT) with a UINTEGER: it is STRUCT(a UTINYINT)',
  ],
  ['SMALLINT', 'quantity', ['99999'], 'fail x must be a column of type SMALLINT: it is QUANTITY; 1 of 1 rows exceed it; e.g. 99999'],
])('what is promised as %s and known to be %s', async (physicalType, typeName, values, expected) => {
  expect(await verdict(physicalType, values, typeName)).toBe(expected);
});

test('fields and items of a contract keep their own physical types', async () => {
  const address = property('address', {
    logicalType: 'object',
    properties: [
      property('zip', { physicalType: 'SMALLINT' }),
      property('codes', { logicalType: 'array', items: property('items', { physicalType: 'VARCHAR(2)' }) }),
    ],
  });
  const check = async (values: string) =>
    lines((await checkRows(db, object([address]), `SELECT ${values} AS address`)).checks).map((line) => line.replaceAll('"', ''));
  expect(await check("{zip: 32767, codes: ['ab', NULL]}")).toEqual([
    'pass address must be a column of type STRUCT(zip INTEGER, codes VARCHAR[]) with zip SMALLINT, codes[] VARCHAR(2): it is STRUCT(zip INTEGER, codes VARCHAR[]); 0 of 1 rows exceed it',
  ]);
  for (const broken of ["{zip: 32768, codes: ['ab']}", "{zip: 1, codes: ['ab', 'abc']}"])
    expect((await check(broken))[0]).toMatch(/^fail .*1 of 1 rows exceed it/);
});
