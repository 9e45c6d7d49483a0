import { describe, expect, test } from 'vitest';
import { parsePhysicalType } from './physical-type.ts';
import { formatType } from './wanted-type.ts';

function read(written: string): string | undefined {
  const type = parsePhysicalType(written);
  return type && `${formatType(type)}${type.loose ? '?' : ''}`;
}

describe('physical types', () => {
  test.each([
    ['boolean', 'BOOLEAN'],
    ['Bool', 'BOOLEAN'],
    ['tinyint', 'INTEGER'],
    ['INT4', 'INTEGER'],
    ['serial', 'INTEGER'],
    ['bigint', 'BIGINT'],
    ['INT64', 'BIGINT'],
    ['UINTEGER', 'BIGINT'],
    ['real', 'FLOAT'],
    ['float(3,2)', 'DOUBLE'],
    ['DOUBLE  PRECISION', 'DOUBLE'],
    ['DECIMAL(18, 2)', 'DECIMAL(18,2)'],
    ['numeric(10)', 'DECIMAL(10,0)'],
    ['NUMBER', 'DECIMAL(38,9)?'],
    ['UBIGINT', 'DECIMAL(20,0)'],
    ['int(10) unsigned', 'BIGINT'],
    ['mediumint unsigned zerofill', 'INTEGER'],
    ['BIGINT UNSIGNED', 'DECIMAL(20,0)'],
    ['STRUCT<a: TINYINT UNSIGNED>', 'STRUCT("a" INTEGER)'],
    ['HUGEINT', 'DECIMAL(38,0)'],
    ['VARCHAR(20)', 'VARCHAR'],
    ['character varying(20)', 'VARCHAR'],
    ["ENUM('a', 'b')", 'VARCHAR'],
    ['jsonb', 'VARCHAR'],
    ['timestamp', 'TIMESTAMP'],
    ['TIMESTAMP(6) WITHOUT TIME ZONE', 'TIMESTAMP'],
    ['timestamp (3) with time zone', 'TIMESTAMP WITH TIME ZONE'],
    ['timestamptz', 'TIMESTAMP WITH TIME ZONE'],
    ['TIMESTAMP_NTZ(9)', 'TIMESTAMP'],
    ['time(6)', 'TIME'],
    ['bytea', 'BLOB'],
    ['uuid', 'UUID'],
    ['INT[]', 'INTEGER[]'],
    ['DECIMAL(4,1)[3][]', 'DECIMAL(4,1)[][]'],
    ['ARRAY<STRING>', 'VARCHAR[]'],
    ['LIST(DATE)', 'DATE[]'],
    ['MAP<string, array<int>>', 'MAP(VARCHAR, INTEGER[])'],
    ['STRUCT(a INT, "b, c" DECIMAL(4,1), d STRUCT(e DATE))', 'STRUCT("a" INTEGER, "b, c" DECIMAL(4,1), "d" STRUCT("e" DATE))'],
    ['struct<a: int, `b`: map<string,double>>', 'STRUCT("a" INTEGER, "b" MAP(VARCHAR, DOUBLE))'],
  ])('%s is %s', (written, expected) => {
    expect(read(written)).toBe(expected);
  });

  test.each([
    'GEOGRAPHY',
    'DECIMAL(40,2)',
    'DECIMAL(4,5)',
    'DECIMAL(a)',
    'ARRAY<GEOGRAPHY>',
    'MAP<int>',
    'STRUCT(a)',
    'constructor',
    '',
    '[]',
    'REAL UNSIGNED',
  ])('%s is not known', (written) => {
    expect(read(written)).toBeUndefined();
  });
});
