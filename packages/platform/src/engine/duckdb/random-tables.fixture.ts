import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType } from '@hanse/core/table/column.ts';
import type { TableShape } from '../engine.ts';
import { randomColumns, randomTables } from './random-select.fixture.ts';

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

/** The tables that random statements read, as shapes. */
export const randomShapes: readonly TableShape[] = randomTables.map((name) => ({
  schema: 'f',
  name,
  columns: Object.entries(randomColumns).map(([column, kind], at) => ({
    id: at + 1,
    name: column,
    type: kinds[kind] ?? { kind: 'int' },
    required: false,
  })),
}));

/** Creates every table as it is, under `f`, and under `changed` once for each column with other values in that column. */
export async function createRandomTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('create schema f; create schema changed');
  for (const table of randomTables) {
    await connection.run(`create table f.${table} as ${rows(table, '')}`);
    for (const column of Object.keys(randomColumns)) {
      await connection.run(`create table changed.${table}_${column} as ${rows(table, column)}`);
    }
  }
}

function rows(table: string, changed: string): string {
  const list = Object.entries(randomColumns).map(([column, kind]) => {
    const salt = `'${table}.${column}${column === changed ? ' changed' : ''}'`;
    return `${values[kind]?.(salt) ?? 'null'} as ${column}`;
  });
  return `select ${list.join(', ')} from range(${rowsPerTable}) r(i)`;
}

/** The rows of an answer, then the values of each column, both in no order; or the kind of error. */
export async function unorderedAnswer(connection: DuckDBConnection, sql: string): Promise<readonly string[]> {
  try {
    const found = (await connection.runAndReadAll(sql)).getRowsJson();
    const sorted = (list: readonly unknown[]): string => JSON.stringify(list.map((item) => JSON.stringify(item)).toSorted());
    return [sorted(found), ...(found[0] ?? []).map((_, at) => sorted(found.map((row) => row[at])))];
  } catch (error) {
    return [error instanceof Error ? (/^[A-Za-z ]+ Error/.exec(error.message)?.[0] ?? error.message) : String(error)];
  }
}
