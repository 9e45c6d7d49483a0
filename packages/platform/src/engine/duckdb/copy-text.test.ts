import { expect, test } from 'vitest';
import { limits, testFolder, testSessions, textOf } from './sessions.fixture.ts';

const session = await testSessions(await testFolder()).session({ relations: [], limits });

/** A value in SQL, and what a row of it alone looks like. */
const VALUES: readonly (readonly [string, string])[] = [
  ['true', 't'],
  ['false', 'f'],
  ['NULL::BOOLEAN', '\\N'],
  ["''", ''],
  ['NULL::VARCHAR', '\\N'],
  ["'\\N'", '\\\\N'],
  ["E'a\\tb\\nc\\rd\\\\e'", 'a\\tb\\nc\\rd\\\\e'],
  ['\'é "q"\'', 'é "q"'],
  ['9007199254740993', '9007199254740993'],
  ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
  ['-1.50::DECIMAL(4, 2)', '-1.50'],
  ["'nan'::DOUBLE", 'NaN'],
  ["'inf'::DOUBLE", 'Infinity'],
  ["'-inf'::FLOAT", '-Infinity'],
  ['NULL::DOUBLE', '\\N'],
  ['1e300', '1e+300'],
  ["DATE '2024-02-29'", '2024-02-29'],
  ["DATE '0044-03-15 (BC)'", '0044-03-15 BC'],
  ["TIME '10:00:00.5'", '10:00:00.5'],
  ["TIMESTAMP '2024-02-29 10:00:00.123456'", '2024-02-29 10:00:00.123456'],
  ["TIMESTAMP_NS '2024-02-29 10:00:00.123456789'", '2024-02-29 10:00:00.123456'],
  ["TIMESTAMPTZ '2024-02-29 10:00:00+02'", '2024-02-29 08:00:00+00'],
  ["'00000000-0000-0000-0000-00000000000a'::UUID", '00000000-0000-0000-0000-00000000000a'],
  ["'\\x00\\xFF'::BLOB", '\\\\x00ff'],
  ["''::BLOB", '\\\\x'],
  ["'a'::ENUM ('a', 'b')", 'a'],
  ['[1, NULL, 3]', '{1,NULL,3}'],
  ['[]::INTEGER[]', '{}'],
  ['NULL::INTEGER[]', '\\N'],
  [`['a "b"', '', NULL, 'NULL', 'c\\d', 'e,{f}']`, '{"a \\\\"b\\\\"","",NULL,"NULL","c\\\\\\\\d","e,{f}"}'],
  ["['\\x01'::BLOB]", '{"\\\\\\\\x01"}'],
  ["[true, NULL, 'nan'::DOUBLE = 0]", '{t,NULL,f}'],
  ["['inf'::DOUBLE]", '{Infinity}'],
  ["[TIMESTAMP '2024-02-29 10:00:00']", '{"2024-02-29 10:00:00"}'],
  ['[[1], NULL, []]', '[[1],null,[]]'],
  ["{a: 1, b: 'x\"'}", '{"a":1,"b":"x\\\\""}'],
  ["MAP {'k': [1]}", '{"k":[1]}'],
  ['NULL::STRUCT(a INTEGER)', '\\N'],
];

test.each(VALUES)('%s is copied as PostgreSQL would', async (value, text) => {
  expect(await textOf(session, `SELECT ${value} AS v`, 'copy')).toBe(`${text}\n`);
});

test('rows are lines, values are between tabs', async () => {
  expect(await textOf(session, "SELECT 1, NULL, '' UNION ALL SELECT 2, 'a', 'b' ORDER BY 1", 'copy')).toBe('1\t\\N\t\n2\ta\tb\n');
  expect(await textOf(session, 'SELECT 1 WHERE false', 'copy')).toBe('');
});
