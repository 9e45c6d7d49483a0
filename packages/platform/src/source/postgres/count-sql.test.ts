import { rowsWhere } from '@hanse/core/rule/measure.ts';
import { expect, test } from 'vitest';
import { keysSql, scans } from './count-sql.ts';

const sizes = (wheres: readonly string[]) => scans(wheres.map((where) => rowsWhere(where))).map(({ length }) => length);
const times = (count: number, where: string) => Array.from({ length: count }, () => where);

test('a scan holds no more patterns than a process keeps compiled, and no more columns than a select list holds', () => {
  expect(sizes(times(31, `"a" COLLATE "C" !~ 'x'`))).toEqual([30, 1]);
  expect(sizes([...times(29, `"a" ~ 'x'`), ...times(100, '"a" IS NULL'), `"a" ~* 'x' OR regexp_match("a", 'y') IS NULL`])).toEqual([129, 1]);
  expect(sizes(times(801, '"a" IS NULL'))).toEqual([800, 1]);
  expect(sizes(times(31, `"a" SIMILAR TO 'x'`))).toEqual([30, 1]);
  expect(sizes([times(40, `"a" ~ 'x'`).join(' OR '), '"a" IS NULL'])).toEqual([1, 1]);
  expect(sizes([])).toEqual([]);
});

test('each key is a branch of one statement; texts are sorted byte for byte, whatever their collation', () => {
  const of = { kind: 'key', key: '', names: [] } as const;
  const columns = [
    { name: 'a', type: { kind: 'string' } },
    { name: 'b', type: { kind: 'long' } },
  ] as const;
  const sql = keysSql(
    [
      { ...of, columns: ['"a"'] },
      { ...of, columns: ['"b"'], where: 'b > 0' },
      { ...of, columns: ['"a"', '"b"'] },
    ],
    '"t"',
    columns,
  );
  expect(sql).toMatchInlineSnapshot(`
    "SELECT max(repeats) FILTER (WHERE place = 0) AS m0, max(repeats) FILTER (WHERE place = 1) AS m1, max(repeats) FILTER (WHERE place = 2) AS m2
    FROM (
      SELECT 0 AS place, count("a") - count(DISTINCT "a" COLLATE "C") AS repeats FROM "t"
      UNION ALL SELECT 1 AS place, count("b") - count(DISTINCT "b") AS repeats FROM "t" WHERE (b > 0
    )
      UNION ALL SELECT 2 AS place, coalesce(sum(n - 1), 0)::bigint AS repeats FROM (SELECT count(*) AS n FROM (SELECT "a" COLLATE "C" AS k0, "b" AS k1 FROM "t" WHERE "a" IS NOT NULL AND "b" IS NOT NULL ORDER BY 1, 2) AS keys GROUP BY k0, k1) AS counted
    ) AS keys"
  `);
});
