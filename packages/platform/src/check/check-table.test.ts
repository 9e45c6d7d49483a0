import type { SchemaProperty } from '@hanse/core/contract/contract.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkRows, type DuckDb, library, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

type Written = Partial<SchemaProperty>;

/** What the last rule of a single column `x` says of the values: `status` and how many rows break it. */
async function verdict(written: Written, type: string, values: readonly string[]) {
  const rows = values.map((value) => `(${value}::${type})`).join(', ');
  const { checks } = await checkRows(db, object([property('x', written)]), `SELECT * FROM (VALUES ${rows}) AS t(x)`);
  const last = checks.at(-1);
  return last?.violatingRows === undefined ? `${last?.status}: ${last?.found}` : `${last.status} ${last.violatingRows}`;
}

const options = (logicalTypeOptions: SchemaProperty['logicalTypeOptions']): Written => ({ logicalTypeOptions });
const metric = (written: Readonly<Record<string, unknown>>): Written => ({ quality: [library(written)] });

describe('each rule passes good values and counts bad ones', () => {
  const cases: readonly (readonly [name: string, written: Written, type: string, good: readonly string[], bad: readonly string[], broken: number])[] = [
    ['required', { required: true }, 'INT', ['1'], ['1', 'NULL', 'NULL'], 2],
    ['unique, nulls apart', { unique: true }, 'INT', ['1', '2', 'NULL', 'NULL'], ['1', '1', '1', '2'], 2],
    ['primary key', { primaryKeyPosition: 1 }, 'INT', ['1', '2'], ['1', '1', 'NULL'], 2],
    ['enum of text', { enum: ["it's", 'b'] }, 'VARCHAR', ["'it''s'", 'NULL'], ["'c'", "'B'"], 2],
    ['enum of numbers', { enum: [1, 2.5] }, 'DOUBLE', ['1', '2.5'], ['3', "'nan'"], 2],
    ['enum of booleans', { enum: [true] }, 'BOOLEAN', ['true', 'NULL'], ['false'], 1],
    ['enum of days', { enum: ['2026-01-31'] }, 'DATE', ["'2026-01-31'"], ["'2026-02-01'"], 1],
    ['minLength counts code points', options({ minLength: 2 }), 'VARCHAR', ["'😀é'", 'NULL'], ["'😀'", "''"], 2],
    ['maxLength counts code points', options({ maxLength: 2 }), 'VARCHAR', ["'😀😀'"], ["'😀😀😀'"], 1],
    ['pattern matches anywhere', options({ pattern: 'A[0-9]{2}' }), 'VARCHAR', ["'A12'", "'xA123'", 'NULL'], ["'A1'"], 1],
    ['pattern with anchors', options({ pattern: '^A\\d$' }), 'VARCHAR', ["'A1'"], ["'A12'", "'A1' || chr(10)"], 2],
    ['format email', options({ format: 'email' }), 'VARCHAR', ["'a.b+c@ex-ample.org'", 'NULL'], ["'a@b'", "'a b@c.de'", "'@c.de'"], 3],
    ['format uuid', options({ format: 'uuid' }), 'VARCHAR', ["'123e4567-e89b-12d3-a456-426614174000'"], ["'123e4567'"], 1],
    ['format uri', options({ format: 'uri' }), 'VARCHAR', ["'https://a.b/c?d=e#f'", "'urn:x:y'"], ["'a.b/c'", "'http://a b'"], 2],
    ['format hostname', options({ format: 'hostname' }), 'VARCHAR', ["'a-b.example'"], ["'-a.example'", "'a..b'"], 2],
    ['format ipv4', options({ format: 'ipv4' }), 'VARCHAR', ["'255.0.10.1'"], ["'256.0.0.1'", "'1.2.3'", "'01.2.3.4'"], 3],
    [
      'format ipv6',
      options({ format: 'ipv6' }),
      'VARCHAR',
      ["'::1'", "'2001:db8::8a2e:370:7334'", "'1:2:3:4:5:6:7:8'", "'::'"],
      ["'1::2::3'", "'12345::'", "'1:2:3'"],
      3,
    ],
    ['format date', options({ format: 'date' }), 'VARCHAR', ["'2024-02-29'"], ["'2023-02-29'", "'2024-2-1'"], 2],
    ['format time', options({ format: 'time' }), 'VARCHAR', ["'23:59:60Z'", "'01:02:03.5+01:00'"], ["'24:00:00Z'", "'01:02:03'"], 2],
    ['format date-time', options({ format: 'date-time' }), 'VARCHAR', ["'2024-02-29T00:00:00Z'"], ["'2024-02-30T00:00:00Z'", "'2024-02-29'"], 2],
    ['format byte', options({ format: 'byte' }), 'VARCHAR', ["'aGk='", "''"], ["'aGk'", "'a!=='"], 2],
    ['format i8', { logicalType: 'integer', ...options({ format: 'i8' }) }, 'INT', ['-128', '127'], ['128', '-129'], 2],
    ['format u32', { logicalType: 'integer', ...options({ format: 'u32' }) }, 'BIGINT', ['0', '4294967295'], ['-1', '4294967296'], 2],
    ['minimum', options({ minimum: 0 }), 'INT', ['0', 'NULL'], ['-1'], 1],
    ['maximum, not rounded to the type', options({ maximum: 100 }), 'DOUBLE', ['100'], ['100.4', "'inf'", "'nan'"], 3],
    ['minimum and NaN', options({ minimum: 0 }), 'DOUBLE', ['0', "'inf'"], ["'nan'", "'-inf'"], 2],
    ['exclusiveMinimum', options({ exclusiveMinimum: 0.1 }), 'DECIMAL(4,2)', ['0.11'], ['0.10'], 1],
    ['exclusiveMaximum', options({ exclusiveMaximum: 5 }), 'BIGINT', ['4'], ['5'], 1],
    ['maximum beyond 2^53', options({ maximum: 9007199254740992 }), 'BIGINT', ['9007199254740992'], ['9007199254740993'], 1],
    ['maximum as text, every digit', options({ maximum: '9007199254740993' }), 'BIGINT', ['9007199254740993'], ['9007199254740994'], 1],
    ['minimum of a float', options({ minimum: 0.1 }), 'FLOAT', ['0.1'], ['0.09'], 1],
    [
      'maximum of a wide decimal',
      options({ maximum: '12345678901234567890.12' }),
      'DECIMAL(38,2)',
      ['12345678901234567890.12'],
      ['12345678901234567890.13'],
      1,
    ],
    ['minimum of a day', options({ minimum: '2020-01-01' }), 'DATE', ["'2020-01-01'"], ["'2019-12-31'", "'-infinity'"], 2],
    ['maximum of a time', options({ maximum: '23:00' }), 'TIME', ["'23:00:00'"], ["'23:00:01'"], 1],
    [
      'minimum of a timestamp, bound with an offset',
      options({ minimum: '2020-01-01 00:00:00+10:00' }),
      'TIMESTAMP',
      ["'2019-12-31 14:00:00'"],
      ["'2019-12-31 13:59:59'"],
      1,
    ],
    [
      'minimum of an instant, bound without a zone is UTC',
      options({ minimum: '2020-01-01T00:00:00' }),
      'TIMESTAMPTZ',
      ["'2020-01-01 01:00:00+01'"],
      ["'2020-01-01 00:59:59+01'"],
      1,
    ],
    [
      'minimum of an instant, bound in the default zone',
      options({ minimum: '2020-01-01 00:00:00', defaultTimezone: 'Australia/Sydney' }),
      'TIMESTAMPTZ',
      ["'2019-12-31 13:00:00+00'"],
      ["'2019-12-31 12:59:59+00'"],
      1,
    ],
    ['multipleOf, integers', options({ multipleOf: 5 }), 'BIGINT', ['-10', '0', 'NULL'], ['7'], 1],
    ['multipleOf, decimals', options({ multipleOf: 0.01 }), 'DECIMAL(9,3)', ['0.120'], ['0.125'], 1],
    ['multipleOf, tiny', options({ multipleOf: 1e-7 }), 'DECIMAL(18,8)', ['0.0000002'], ['0.00000025'], 1],
    ['multipleOf, binary fractions', options({ multipleOf: 0.1 }), 'DOUBLE', ['0.3', '-0.7'], ['0.35', "'inf'", "'nan'"], 3],
    ['minItems', options({ minItems: 1 }), 'INT[]', ['[1]', '[NULL]', 'NULL'], ['[]'], 1],
    ['maxItems', options({ maxItems: 1 }), 'INT[]', ['[1]', '[]'], ['[1, NULL]'], 1],
    ['uniqueItems', options({ uniqueItems: true }), 'INT[]', ['[1, 2, NULL]', '[]', 'NULL'], ['[1, 1]', '[NULL, NULL]'], 2],
    ['minProperties', options({ minProperties: 2 }), 'STRUCT(a INT, b INT)', ["{'a': 1, 'b': 2}", 'NULL'], ["{'a': 1, 'b': NULL}"], 1],
    ['maxProperties', options({ maxProperties: 1 }), 'MAP(VARCHAR, INT)', ["MAP {'a': 1}"], ["MAP {'a': 1, 'b': 2}"], 1],
    ['required properties', options({ required: ['a'] }), 'STRUCT(a INT, b INT)', ["{'a': 1, 'b': NULL}", 'NULL'], ["{'a': NULL, 'b': 2}"], 1],
    ['metric nullValues', metric({ metric: 'nullValues', mustBe: 0 }), 'INT', ['1'], ['NULL', '1'], 1],
    [
      'metric missingValues',
      metric({ metric: 'missingValues', arguments: { missingValues: [null, '', 'n/a'] }, mustBe: 0 }),
      'VARCHAR',
      ["'a'"],
      ["''", "'n/a'", 'NULL'],
      3,
    ],
    ['metric missingValues by default', metric({ metric: 'missingValues', mustBe: 0 }), 'VARCHAR', ["'a'"], ["''", 'NULL'], 2],
    ['metric missingValues of numbers', metric({ metric: 'missingValues', mustBe: 0 }), 'INT', ['0'], ['NULL'], 1],
    ['metric invalidValues', metric({ metric: 'invalidValues', arguments: { validValues: ['a', null] }, mustBe: 0 }), 'VARCHAR', ["'a'", 'NULL'], ["'b'"], 1],
    ['metric invalidValues by pattern', metric({ metric: 'invalidValues', arguments: { pattern: '^a' }, mustBe: 0 }), 'VARCHAR', ["'ab'"], ["'b'"], 1],
    ['metric duplicateValues', metric({ metric: 'duplicateValues', mustBeLessThan: 2 }), 'INT', ['1', '1', 'NULL', 'NULL'], ['1', '1', '1'], 2],
    ['metric nullValues in percent', metric({ metric: 'nullValues', mustBeLessThan: 50, unit: 'percent' }), 'INT', ['NULL', '1', '2'], ['NULL', '1'], 1],
    [
      'metric duplicateValues in percent of values',
      metric({ metric: 'duplicateValues', mustBeLessOrEqualTo: 25, unit: 'percent' }),
      'INT',
      ['1', '1', '2', '3', 'NULL'],
      ['1', '1', '2', 'NULL'],
      1,
    ],
    ['nullCheck of ODCS 3.0', metric({ rule: 'nullCheck' }), 'INT', ['1'], ['NULL'], 1],
    ['validValues of ODCS 3.0', metric({ rule: 'validValues', validValues: ['a'] }), 'VARCHAR', ["'a'"], ["'b'"], 1],
  ];
  test.each(cases)('%s', async (...[, written, type, good, bad, broken]) => {
    expect(await verdict(written, type, good)).toMatch(/^pass \d+$/);
    expect(await verdict(written, type, bad)).toBe(`fail ${broken}`);
  });
});
