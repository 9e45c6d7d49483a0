import { expect, test } from 'vitest';
import { readsNothing, statementShape } from './fold-statements.ts';

test.each([
  ['select a from t where b = 1', 'select a  from t\nwhere b = 22.5'],
  ["select a from t where b = 'x'", "select a from t where b = 'it''s'"],
])('%s is read once with %s', (one, other) => expect(statementShape(one)).toBe(statementShape(other)));

test.each([
  ['select a1 from t', 'select a2 from t'],
  ['select "1" from t', 'select "2" from t'],
  ["execute immediate 'select a from t'", "execute immediate 'select b from t'"],
  ["select * from identifier('t')", "select * from identifier('u')"],
  ["select * from external_query('c', 'select a')", "select * from external_query('c', 'select b')"],
])('%s is read apart from %s', (one, other) => expect(statementShape(one)).not.toBe(statementShape(other)));

test.each([
  'vacuum t',
  'BEGIN',
  'create index i on t (a)',
  'alter table t add b int',
  'create temp table t (a int)',
  'grant select on t to x'.replace('select', 'all'),
  'set x = 1',
])('%s reads nothing', (sql) => expect(readsNothing(sql)).toBe(true));

test.each([
  'begin; delete from t',
  'create table u as select a from t',
  'create table u (like t)',
  'create table u clone t',
  'set @x = (select a from t)',
  'with t as (select 1) select 1',
  'update t set a = 1',
])('%s may read', (sql) => expect(readsNothing(sql)).toBe(false));
