import { DuckDBInstance } from '@duckdb/node-api';
import { type FunctionKind, namesOf } from '@hanse/core/gate/function-group.ts';
import { decidedVersion, functionGroups, unlisted } from '@hanse/core/gate/functions.ts';
import { refuseTable } from '@hanse/core/gate/table-rule.ts';
import { expect, test } from 'vitest';
import { gateStatement } from './gate-statement.ts';
import { openHolding } from './harden.ts';
import { engineSettings } from './gate-settings.ts';

const connection = await (await DuckDBInstance.create(':memory:')).connect();

async function column(sql: string): Promise<readonly string[]> {
  return (await connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
}

function decided(kind: FunctionKind): readonly string[] {
  return functionGroups.filter((group) => group.kind === kind).flatMap(namesOf);
}

test('the decisions are for the installed engine', async () => {
  expect(await column('select version()')).toEqual([decidedVersion]);
  expect(functionGroups.filter(({ decision }) => decision === 'undecided')).toEqual([]);
});

test.each([
  ['scalar', ['scalar', 'aggregate', 'macro']],
  ['table', ['table', 'table_macro']],
  ['pragma', ['pragma']],
] as const)('every %s function of the installed engine is decided once, by name', async (kind, types) => {
  const list = types.map((type) => `'${type}'`).join(', ');
  const names = await column(`select distinct function_name from duckdb_functions() where function_type in (${list}) order by all`);
  const expected = kind === 'scalar' ? [...names, ...unlisted.filter((name) => !names.includes(name))] : names;
  expect(decided(kind).toSorted()).toEqual(expected.toSorted());
});

test('every kind of function that the engine has is covered', async () => {
  expect((await column('select distinct function_type from duckdb_functions()')).toSorted()).toEqual([
    'aggregate',
    'macro',
    'pragma',
    'scalar',
    'table',
    'table_macro',
  ]);
});

test('every aggregate is allowed, because list_aggregate takes its name from a text', async () => {
  const allowed = new Set(functionGroups.filter(({ decision }) => decision === 'allow').flatMap(namesOf));
  const names = await column("select distinct function_name from duckdb_functions() where function_type = 'aggregate'");
  expect(names.filter((name) => !allowed.has(name))).toEqual([]);
});

test('what the macros of the engine that are allowed stand for passes the gate too', async () => {
  const groups = functionGroups.filter(({ decision, kind }) => decision === 'allow' && kind === 'scalar');
  const allowed = new Set(groups.flatMap(namesOf));
  const bodies = await connection.runAndReadAll("select distinct function_name, macro_definition from duckdb_functions() where function_type = 'macro'");
  const refused: string[] = [];
  for (const [name, body] of bodies.getRows()) {
    if (!allowed.has(String(name))) continue;
    await gateStatement(connection, `select ${String(body)}`).catch(() => refused.push(String(name)));
  }
  expect(refused).toEqual([]);
});

test('every setting of the installed engine is decided once, by name', async () => {
  const names = await column('select name from duckdb_settings() order by all');
  expect(engineSettings.flatMap((group) => namesOf(group)).toSorted()).toEqual(names.toSorted());
});

test('every view of the engine that a name finds is refused', async () => {
  const reader = await connection.runAndReadAll('select schema_name, view_name from duckdb_views() where internal');
  const views = reader.getRows().map(([schema, name]) => ({ schema_name: String(schema), table_name: String(name) }));
  expect(views.length).toBeGreaterThan(30);
  for (const view of views) {
    expect(refuseTable({ ...view, catalog_name: '', at_clause: null })).toMatchObject({ code: 'denied' });
    if (view.schema_name === 'information_schema') continue;
    expect(refuseTable({ ...view, schema_name: '', catalog_name: '', at_clause: null })).toMatchObject({ code: 'denied' });
  }
});

test('once a worker is locked only what is called open can be changed', async () => {
  const locked = await (await DuckDBInstance.create(':memory:')).connect();
  const holding = { relations: [], writable: [], readable: [], memoryBytes: 2 ** 28, tempBytes: 0, threads: 1 };
  await openHolding(locked, holding, '');
  const changed: string[] = [];
  for (const name of engineSettings.flatMap((group) => namesOf(group))) {
    await locked.run(`RESET ${name}`).then(
      () => changed.push(name),
      () => undefined,
    );
  }
  expect(changed).toEqual(engineSettings.filter(({ decision }) => decision === 'open').flatMap(namesOf));
});
