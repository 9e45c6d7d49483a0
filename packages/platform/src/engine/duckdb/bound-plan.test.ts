import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { SourceColumn } from '@hanse/core/lineage/source-column.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TableShape } from '../engine.ts';
import { boundPlan } from './bound-plan.ts';

const types: readonly (readonly [string, ColumnType])[] = [
  ['k', { kind: 'int' }],
  ['x', { kind: 'int' }],
  ['y', { kind: 'string' }],
  ['d', { kind: 'date' }],
  ['l', { kind: 'list', elementId: 11, element: { kind: 'int' } }],
  ['s', { kind: 'struct', fields: [{ id: 12, name: 'p', type: { kind: 'int' }, required: false }] }],
];
const columns = types.map(([name, type], at): Column => ({ id: at + 1, name, type, required: false }));
const tables: readonly TableShape[] = ['a', 'b', 'c'].map((name) => ({ schema: 'f', name, columns }));

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

function text(sources: readonly SourceColumn[]): string {
  return sources.map(({ table, column }) => `${table}.${column}`).join(' ');
}

/** `sources of the first column | of the second / what else is used`, tables without their schema. */
async function lineage(sql: string): Promise<string> {
  const found = columnLineage(await boundPlan(connection, sql, tables));
  if (found.kind === 'unknown') return `unknown: ${found.reason}`;
  return `${found.outputs.map(({ sources }) => text(sources)).join(' | ')} / ${text(found.uses)}`.trim();
}

/** Written by hand, statement by statement, from what each means. */
const expectations: readonly (readonly [string, string])[] = [
  ['select x from f.a', 'a.x /'],
  ['select * from f.a', 'a.k | a.x | a.y | a.d | a.l | a.s /'],
  ['select * exclude (l, s) from f.a', 'a.k | a.x | a.y | a.d /'],
  ['select * exclude (l, s, d) replace (k + x as k) from f.a', 'a.k a.x | a.x | a.y /'],
  ["select columns('[kx]') from f.a", 'a.k | a.x /'],
  ['select columns(* exclude (l, s))::varchar from f.a', 'a.k | a.x | a.y | a.d /'],
  ['select k + x * 2 as n, y from f.a where d is not null', 'a.k a.x | a.y / a.d'],
  ['select 1, current_date, random()', '|  |  /'],
  ['select random() * x between k and 5 as near from f.a', 'a.k a.x /'],
  ['select count(*) from f.a', '/'],
  ['select count(*), count(x) from f.a where y > 5::varchar', '| a.x / a.y'],
  ['select rowid, x from f.a', '| a.x /'],
  ['select a.x, b.y from f.a join f.b on a.k = b.k', 'a.x | b.y / a.k b.k'],
  ['select a.x from f.a join f.b on a.k + b.k > a.x', 'a.x / a.k a.x b.k'],
  ['select k, a.x, b.x from f.a left join f.b using (k)', 'a.k | a.x | b.x / a.k b.k'],
  ['select k from f.a right join f.b using (k)', 'b.k / a.k b.k'],
  ['select k from f.a full join f.b using (k)', 'a.k b.k / a.k b.k'],
  ['select x from (select k, x from f.a) natural join (select k, y from f.b)', 'a.x / a.k b.k'],
  ['select x from f.a semi join f.b using (k)', 'a.x / a.k b.k'],
  ['select x from f.a anti join f.b on a.k = b.x', 'a.x / a.k b.x'],
  ['select a.x, b.x from f.a positional join f.b', 'a.x | b.x /'],
  ['select a.x, b.x from f.a asof join f.b on a.k = b.k and a.d >= b.d', 'a.x | b.x / a.d a.k b.d b.k'],
  ['select a.x, b.y from f.a cross join f.b', 'a.x | b.y /'],
  ['select x from f.a where exists (select 1 from f.b where b.k = a.k)', 'a.x / a.k b.k'],
  ['select x from f.a where not exists (select y from f.b where b.k > a.k and b.x = 1)', 'a.x / a.k b.k b.x'],
  ['select x from f.a where k in (select x from f.b)', 'a.x / a.k b.x'],
  ['select x from f.a where k not in (select x from f.b where b.y = a.y)', 'a.x / a.k a.y b.x b.y'],
  ['select x in (select k from f.b) from f.a', 'a.x b.k / a.x b.k'],
  ['select x from f.a where (k, x) in (select k, x from f.b)', 'a.x / a.k a.x b.k b.x'],
  ['select x > all (select k from f.b) from f.a', 'a.x b.k / a.x b.k'],
  ['select x, (select max(x) from f.b where b.k = a.k) from f.a', 'a.x | b.x / a.k b.k'],
  ['select (select max(x) from f.b) - x from f.a', 'a.x b.x /'],
  ['select (select a.x + b.x from f.b where b.k = a.k limit 1) from f.a', 'a.x b.x / a.k a.x b.k'],
  [
    'select x, (select (select sum(c.x) from f.c where c.k = b.k and c.d = a.d) from f.b where b.y = a.y limit 1) from f.a',
    'a.x | c.x / a.d a.y b.k b.y c.d c.k',
  ],
  ['select array(select x from f.b where b.k = a.k) from f.a', 'b.x / a.k b.k'],
  ['select a.x, t.z from f.a, lateral (select a.x + b.x as z from f.b where b.k = a.k) t', 'a.x | a.x b.x / a.k a.x b.k'],
  ['with t as (select k, x from f.a where y is null) select t.x, u.k from t, t u', 'a.x | a.k / a.y'],
  ['with t as materialized (select x, y from f.a) select t.x from t where y > $1', 'a.x / a.y'],
  ['with a as (select b.x as k from f.b) select k from a', 'b.x /'],
  ['select x, (with t as (select x as z from f.b where b.k = a.k) select sum(z) from t) from f.a', 'a.x | b.x / a.k b.k'],
  ['with recursive r(n) as (select k from f.a union all select n + 1 from r where n < 5) select n from r', 'a.k / a.k'],
  [
    'with recursive r as (select k, x from f.a where y is null union all select b.k, r.x from r join f.b on b.x = r.k) select x from r',
    'a.x / a.k a.y b.k b.x',
  ],
  ['with recursive r as (select k, x from f.a union select x, k from r) select k from r', 'a.k a.x / a.k a.x'],
  ['with recursive r(k, n) using key (k) as (select k, x from f.a union select k, n + 1 from r where n < 5) select n from r', 'a.x / a.k a.x'],
  ['select x from f.a union all select k from f.b', 'a.x b.k /'],
  ['select x, y from f.a union all by name select y, k from f.b', 'a.x | a.y b.y | b.k /'],
  ['select x from f.a union select k from f.b', 'a.x b.k / a.x b.k'],
  ['select x from f.a except select k from f.b', 'a.x b.k / a.x b.k'],
  ['select x from f.a intersect all select k from f.b', 'a.x b.k / a.x b.k'],
  ['select y, sum(x) from f.a group by y having max(k) > 1', 'a.y | a.x / a.k a.y'],
  ['select sum(x) filter (where k > 1), string_agg(y, $1 order by d) from f.a', 'a.k a.x | a.d a.y /'],
  ['select y, d, grouping(y), sum(x) from f.a group by rollup (y, d)', 'a.y | a.d |  | a.x / a.d a.y'],
  ['select y, d, count(*) from f.a group by grouping sets ((y), (d), ())', 'a.y | a.d |  / a.d a.y'],
  ['select year(d) as n, max(x) from f.a group by all order by all', 'a.d | a.x / a.d a.x'],
  ['select arg_max(x, d), first(y order by k), quantile_cont(x, 0.5), count(distinct y) from f.a', 'a.d a.x | a.k a.y | a.x | a.y /'],
  ['select y || $1, k + $2 from f.a where l[$3] = $4', 'a.y | a.k / a.l'],
  ['select upper($1), y from f.a', '| a.y /'],
  ['select x from f.a where y like $a and d > $b and k in ($c, $a) limit $d', 'a.x / a.d a.k a.y'],
  ["select date_diff('day', d, $1) from f.a", 'a.d /'],
  ['select date_trunc($1, d) from f.a', 'unknown: the statement has no plan before its parameters have values'],
  ['select distinct x, y from f.a', 'a.x | a.y / a.x a.y'],
  ['select distinct on (y) x from f.a order by y, d', 'a.x / a.d a.y'],
  ['select x from f.a order by d desc limit 3', 'a.x / a.d'],
  ['select x from f.a limit (select max(k) from f.b) offset 1', 'a.x / b.k'],
  ['select x from f.a where random() > 0.5 using sample 3 rows', 'a.x /'],
  ['select x from f.a tablesample 10%', 'a.x /'],
  ['select row_number() over () from f.a', '/'],
  ['select x, sum(k) over (partition by y order by d) from f.a', 'a.x | a.d a.k a.y /'],
  ['select lag(x, 1, k) over (order by d), count(*) filter (where x > 1) over () from f.a', 'a.d a.k a.x | a.x /'],
  ['select first_value(y) over (order by d rows between k preceding and current row) from f.a', 'a.d a.k a.y /'],
  ["select lag(x, k) over (order by y), string_agg(y, ',' order by d) over (partition by k) from f.a", 'a.k a.x a.y | a.d a.k a.y /'],
  ['select sum(x) over (order by y rows between current row and k following) from f.a', 'a.k a.x a.y /'],
  ["select a.x from f.a left join f.b on a.k = b.k and (a.d = b.d or a.y = 'q')", 'a.x / a.d a.k a.y b.d b.k'],
  ['select x from (select distinct on (y) x from f.a order by y, d)', 'a.x / a.d a.y'],
  ['with recursive r(k, n) using key (k) as (select k, x from f.a union all select k, n + 1 from r where n < 5) select n from r', 'a.x / a.k a.x'],
  ['select x from f.a qualify row_number() over (partition by y order by d) = 1', 'a.x / a.d a.y'],
  ['select unnest(l) + x from f.a', 'a.l a.x / a.l'],
  ['select a.x, u.e from f.a, unnest(a.l) u(e)', 'a.x | a.l / a.l'],
  ['select a.x, r.i from f.a, range(a.k) r(i)', 'a.x | a.k / a.k'],
  ['select e.value from f.a, json_each(a.y) e', 'a.y / a.y'],
  ['select s.p, s from f.a', 'a.s | a.s /'],
  ['select a from (select k, x from f.a) a', 'a.k a.x /'],
  ['select l[k], l[1:x] from f.a', 'a.k a.l | a.l a.x /'],
  ['select list_transform(l, lambda e: e + x) from f.a', 'a.l a.x /'],
  ['select list_filter(l, lambda e, i: e > i and k > 0), [e + 1 for e in l if e > x] from f.a', 'a.k a.l | a.l a.x /'],
  ['select list_reduce(l, lambda m, e: m + list_sum(list_transform(l, lambda z: z + e + k))) from f.a', 'a.k a.l /'],
  ["pivot f.a on y in ('p', 'q') using sum(x) group by k", 'a.k | a.x a.y | a.x a.y / a.k'],
  ["select p, q from (select k, x, y from f.a) pivot (max(x) for y in ('p', 'q'))", 'a.x a.y | a.x a.y / a.k'],
  [
    `select "1", "30" from (pivot f.a on k in (${Array.from({ length: 40 }, (_, at) => at).join(', ')}) using sum(x) group by y)`,
    'a.k a.x | a.k a.x / a.k a.y',
  ],
  ['unpivot (select k, x, d from f.a) on k, x into name n value v', 'a.d |  | a.k a.x / a.k a.x'],
  ['values (1, $1), (2, $2)', '|  /'],
  ['select n, x from (values (1, 2)) v(n, m), f.a where a.k = m', '| a.x / a.k'],
  ['select case when k > 1 then x else length(y) end from f.a', 'a.k a.x a.y /'],
  ['select coalesce(try_cast(y as int), x), x between k and 3, x in (1, 2, k) from f.a', 'a.x a.y | a.k a.x | a.k a.x /'],
  ['select z from (select x as z, y, k from f.a) where k = 1', 'a.x / a.k'],
  ['select m.x, n.x from f.a m join f.a n on m.k = n.x', 'a.x | a.x / a.k a.x'],
  ['select b.x from f.a as b', 'a.x /'],
];

test.each(expectations)('%s', async (sql, expected) => {
  expect(await lineage(sql)).toBe(expected);
});

test('what is read but decides nothing is told apart', async () => {
  const found = columnLineage(await boundPlan(connection, 'select x from (select x, y from f.a) where true', tables));
  expect(found).toMatchObject({ kind: 'known', uses: [], reads: [{ column: 'x' }, { column: 'y' }] });
});

test('a plan with a part that nobody decided about is unknown', () => {
  const known = { type: 'LOGICAL_PROJECTION', children: [{ type: 'LOGICAL_DUMMY_SCAN', children: [] }], expressions: [] };
  const outcome = (plan: object[]) => columnLineage(JSON.parse(JSON.stringify({ plan, columns: [] })));
  expect(outcome([known])).toEqual({ kind: 'known', outputs: [], uses: [], reads: [] });
  expect(outcome([{ ...known, type: 'LOGICAL_NEW' }])).toEqual({ kind: 'unknown', reason: 'the plan has operator LOGICAL_NEW' });
  expect(outcome([{ ...known, expressions: [{ expression_class: 'BOUND_NEW' }] }])).toEqual({
    kind: 'unknown',
    reason: 'the plan has expression BOUND_NEW',
  });
  expect(outcome([{ ...known, children: [] }])).toMatchObject({ kind: 'unknown' });
  expect(outcome([known, known])).toMatchObject({ kind: 'unknown' });
  expect(outcome([{ type: 'LOGICAL_GET', name: 'read_parquet', children: [] }])).toMatchObject({ kind: 'unknown' });
});

test('the plan names columns and their types, and leaves nothing behind', async () => {
  const { columns: given } = await boundPlan(connection, 'select k, sum(x) as n, s from f.a group by all', tables);
  expect(given.map(({ name, typeName }) => [name, typeName])).toEqual([
    ['k', 'INTEGER'],
    ['n', 'HUGEINT'],
    ['s', 'STRUCT("p" INTEGER)'],
  ]);
  await expect(connection.run('from f.a')).rejects.toThrow(/does not exist/);
});

test.each([
  ['select nope from f.a', /Referenced column "nope" not found/],
  ['select x from f.missing', /Table with name missing does not exist/],
  ["select content from read_text('/etc/passwd')", /read_text is not allowed/],
])('%s has no plan', async (sql, says) => {
  await expect(boundPlan(connection, sql, tables)).rejects.toThrow(says);
});
