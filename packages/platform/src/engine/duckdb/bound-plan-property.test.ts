import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { SourceColumn } from '@hanse/core/lineage/source-column.ts';
import type { ColumnType } from '@hanse/core/table/column.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TableShape } from '../engine.ts';
import { boundPlan } from './bound-plan.ts';
import { randomColumns, randomFrom, randomSelect, randomTables } from './random-select.ts';

const scale = Number(process.env.HANSE_TEST_SCALE ?? 1);
const rowsPerTable = 7;

const kinds: Readonly<Record<string, ColumnType>> = {
  number: { kind: 'int' },
  text: { kind: 'string' },
  list: { kind: 'list', elementId: 20, element: { kind: 'int' } },
};

/** Another value for each row and salt, some of them null. */
const values: Readonly<Record<string, (salt: string) => string>> = {
  number: (salt) => `(if(hash(i, ${salt}) % 6 = 5, null, hash(i, ${salt}) % 6))::int`,
  text: (salt) => `[null, 'p', 'q', '1', '3', 'pq'][1 + (hash(i, ${salt}) % 6)::int]`,
  list: (salt) => `list_transform(range((hash(i, ${salt}) % 4)::bigint), lambda e: (hash(e, i, ${salt}) % 5)::int)`,
};

const shapes: readonly TableShape[] = randomTables.map((name) => ({
  schema: 'f',
  name,
  columns: Object.entries(randomColumns).map(([column, kind], at) => ({
    id: at + 1,
    name: column,
    type: kinds[kind] ?? { kind: 'int' },
    required: false,
  })),
}));

let connection: DuckDBConnection;
let plans: DuckDBConnection;

/** Every table as it is, and once for each column with other values in that column. */
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  plans = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('create schema f; create schema changed');
  for (const table of randomTables) {
    const select = (changed: string): string =>
      Object.entries(randomColumns)
        .map(([column, kind]) => `${values[kind]?.(`'${table}.${column}${column === changed ? ' changed' : ''}'`)} as ${column}`)
        .join(', ');
    await connection.run(`create table f.${table} as select ${select('')} from range(${rowsPerTable}) r(i)`);
    for (const column of Object.keys(randomColumns)) {
      await connection.run(`create table changed.${table}_${column} as select ${select(column)} from range(${rowsPerTable}) r(i)`);
    }
  }
});

afterAll(() => {
  connection.closeSync();
  plans.closeSync();
});

/** The values of each column, in no order, and of whole rows; or the kind of error. */
async function answer(sql: string): Promise<readonly string[]> {
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    const width = rows[0]?.length ?? 0;
    const sorted = (list: readonly unknown[]): string => JSON.stringify(list.map((item) => JSON.stringify(item)).toSorted());
    return [sorted(rows), ...Array.from({ length: width }, (_, at) => sorted(rows.map((row) => row[at])))];
  } catch (error) {
    return [error instanceof Error ? (/^[A-Za-z ]+ Error/.exec(error.message)?.[0] ?? error.message) : String(error)];
  }
}

function has(sources: readonly SourceColumn[], table: string, column: string): boolean {
  return sources.some((source) => source.table === table && source.column === column);
}

const counts = { statements: 0, bound: 0, compared: 0 };

/** The lineage of a statement; undefined where the engine refuses to bind it, as a few random ones. */
async function lineageOf(sql: string): Promise<ReturnType<typeof columnLineage> | undefined> {
  try {
    return columnLineage(await boundPlan(plans, sql, shapes));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Binder Error')) return undefined;
    throw new Error(`No plan of ${sql}`, { cause: error });
  }
}

async function checkStatement(sql: string): Promise<void> {
  counts.statements += 1;
  const lineage = await lineageOf(sql);
  if (lineage === undefined) return;
  counts.bound += 1;
  if (lineage.kind === 'unknown') throw new Error(`${lineage.reason}: ${sql}`);
  const before = await answer(sql);
  for (const table of randomTables) {
    for (const column of Object.keys(randomColumns)) {
      if (!sql.includes(`f.${table} `) || has(lineage.uses, table, column)) continue;
      const after = await answer(sql.replaceAll(`f.${table} `, `changed.${table}_${column} `));
      const fed = lineage.outputs.map(({ sources }) => has(sources, table, column));
      const untouched = fed.includes(true) ? fed.flatMap((touched, at) => (touched ? [] : [at + 1])) : [0];
      for (const at of untouched) expect(after[at], `${table}.${column} decides column ${at} of\n${sql}`).toBe(before[at]);
      counts.compared += untouched.length;
    }
  }
}

test('a column that is neither a source nor used cannot change the answer', async () => {
  const property = fc.asyncProperty(fc.integer(), (seed) => checkStatement(randomSelect(randomFrom(seed))));
  await fc.assert(property, { numRuns: Math.round(80 * scale), endOnFailure: true });
  expect(counts.bound).toBeGreaterThan(counts.statements / 2);
  expect(counts.compared).toBeGreaterThan(2 * counts.bound);
}, 60_000 + 60_000 * scale);
