import { beforeAll, expect, test } from 'vitest';
import { checkRows, type DuckDb, library, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
  await db.run('SET threads = 4');
});

/** How many rows repeat a key, and the kinds of aggregates that were asked to find out. */
async function repeats(select: string, columns: readonly string[] = ['k']) {
  const schema = object(columns.map((name, index) => property(name, { primaryKeyPosition: index + 1 })));
  const { checks, passes } = await checkRows(db, schema, select);
  const asked = passes.filter(({ kind }) => kind === 'key').map(({ sql }) => /bitstring_agg|lag\(|GROUP BY|min\(/.exec(sql)?.[0]);
  return { rows: checks.at(-1)?.violatingRows, asked };
}

const dense = ['min(', 'bitstring_agg'];
const sparse = ['min(', 'lag('];
const sorted = ['lag('];
const counted = 'GROUP BY';

test.each<[name: string, select: string, rows: number, asked: readonly string[]]>([
  ['integers in a row', 'SELECT i AS k FROM range(5000) AS t(i)', 0, dense],
  ['integers in a row, one twice', 'SELECT if(i = 4999, 7, i) AS k FROM range(5000) AS t(i)', 1, [...dense, ...sorted]],
  ['negative integers in no order', 'SELECT -i::INTEGER AS k FROM range(5000) AS t(i) ORDER BY hash(i)', 0, dense],
  ['integers far apart', 'SELECT i * 1000000007 AS k FROM range(5000) AS t(i)', 0, sparse],
  ['integers at both ends', 'SELECT * FROM (VALUES (-9223372036854775808), (9223372036854775807), (0), (0)) AS t(k)', 1, sparse],
  ['nothing', 'SELECT 1 AS k WHERE false', 0, sparse],
  ['days', "SELECT DATE '2020-01-01' + i::INTEGER AS k FROM range(5000) AS t(i)", 0, sorted],
  ['texts', 'SELECT md5(i::VARCHAR) AS k FROM range(5000) AS t(i)', 0, sorted],
  ['decimals, one twice', 'SELECT if(i = 17, 3.5, i)::DECIMAL(9,2) AS k FROM range(5000) AS t(i) WHERE i <> 3 UNION ALL SELECT 3.5', 1, sorted],
  ['floats: equal ones differ in their bits', "SELECT * FROM (VALUES (0.0::DOUBLE), (-0.0), ('nan'), (-'nan'::DOUBLE), (1)) AS t(k)", 2, [counted]],
])('%s', async (_, select, rows, asked) => {
  expect(await repeats(select)).toEqual({ rows, asked });
});

test('a key of two columns', async () => {
  expect(await repeats('SELECT i // 2 AS a, chr(65 + (i % 2)::INTEGER) AS b FROM range(5000) AS t(i)', ['a', 'b'])).toEqual({ rows: 0, asked: sorted });
  expect(await repeats('SELECT i // 3 AS a, chr(65 + (i % 2)::INTEGER) AS b FROM range(30) AS t(i)', ['a', 'b'])).toEqual({
    rows: 10,
    asked: sorted,
  });
});

test('one repetition far from the other among keys that fill many vectors, and nulls between', async () => {
  for (const key of ["'k' || i", 'i * 1000000007', 'i']) {
    const rows = (broken: string) =>
      `SELECT if(${broken}, NULL, ${key}) AS k FROM (SELECT if(i = 299999, 5, i) AS i FROM range(300000) AS t(i) ORDER BY hash(i))`;
    expect((await repeats(rows('i % 10 = 0'))).rows).toBe(30_000 + 1);
    expect((await repeats(rows('i % 5 = 0'))).rows).toBe(60_000 + 1);
  }
});

test('where repetitions are tolerated they are counted at once', async () => {
  const schema = (threshold: Readonly<Record<string, unknown>>) => object([property('k', { quality: [library({ metric: 'duplicateValues', ...threshold })] })]);
  const passes = async (threshold: Readonly<Record<string, unknown>>) =>
    (await checkRows(db, schema(threshold), "SELECT 'k' || i AS k FROM range(9) AS t(i)")).passes.map(({ sql }) => /lag\(|GROUP BY/.exec(sql)?.[0]);
  expect(await passes({ mustBe: 0 })).toContain('lag(');
  expect(await passes({ mustBeLessThan: 3 })).toContain('GROUP BY');
});

test('keys that repeat are shown as they were met, and nulls of a primary key where nothing repeats', async () => {
  const shown = async (select: string, columns: readonly string[]) => {
    const schema = object(columns.map((name, index) => property(name, { primaryKeyPosition: index + 1 })));
    return (await checkRows(db, schema, select)).checks.at(-1)?.sample;
  };
  const texts = "SELECT 'k' || if(i % 1000 = 7, 8, i) AS k, i AS other FROM range(3000) AS t(i)";
  expect(await shown(texts, ['k'])).toEqual([{ k: 'k8', rows: '4' }]);
  expect(await shown('SELECT if(i % 2 = 0, 1.5, i)::DOUBLE AS k FROM range(9) AS t(i)', ['k'])).toEqual([{ k: 1.5, rows: '5' }]);
  expect(await shown(`SELECT k, 'a' AS b FROM (${texts})`, ['k', 'b'])).toEqual([{ k: 'k8', b: 'a', rows: '4' }]);
  expect(await shown("SELECT if(i = 3, NULL, 'k' || i) AS k FROM range(9) AS t(i)", ['k'])).toEqual([{ k: null, rows: '1' }]);
});
