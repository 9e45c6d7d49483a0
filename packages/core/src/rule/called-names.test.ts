import { expect, test } from 'vitest';
import { calledNames } from './called-names.ts';

test.each([
  ['count(*) > 0', ['count']],
  ['select pg_sleep/* a */ -- b\n ( 1 )', ['pg_sleep']],
  ['select pg_catalog . "Pg_Sleep" (1)', ['Pg_Sleep']],
  ['select "a""b"(1), PG_SLEEP(1)', ['a"b', 'pg_sleep']],
  ['select \'pg_sleep(1)\', $$ pg_sleep(1) $$, $a$ $$ pg_sleep(1) $a$, "x" from t where a in (1)', ['in']],
  ["select 'a''' || pg_sleep(1) || 'b'", ['pg_sleep']],
  ['select 1 --\rpg_sleep(1)', ['pg_sleep']],
  ['select 1 /* ( */ + f$a$(1)', ['f$a$']],
  ['select größe(1), \u00a0f(1)', ['größe', '\u00a0f']],
])('%s', (sql, names) => {
  expect(calledNames(sql)).toEqual(names);
});

test.each([
  "x = E'\\'' || pg_sleep(1) || ''",
  'U&"\\0070g_sleep"(1)',
  "x = 'open",
  'x = "open',
  'x = $a$ open',
  'x /* open',
  'x /* /* nested */ pg_sleep(1) */',
  "' || pg_sleep(1) || '' || ",
])('%s cannot be looked through', (sql) => {
  expect(calledNames(sql)).toBeUndefined();
});
