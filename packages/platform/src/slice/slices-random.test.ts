import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { applyRestriction, type Cell, type Cells } from '@hanse/core/restriction/apply-restriction.fixture.ts';
import { columnPaths, pathEnd } from '@hanse/core/restriction/column-path.ts';
import { restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noLimits, openWorkbench, type Workbench } from '../engine/duckdb/workbench.fixture.ts';
import type { Files } from '../files/files.ts';
import { openLocalFiles } from '../files/local/open.ts';
import { openSlices } from './open-slices.ts';
import { type SliceCase, sliceCase, type Value } from './random-slice.fixture.ts';
import type { Slices } from './slices.ts';

const numRuns = Math.ceil(200 * Number(process.env.HANSE_TEST_SCALE ?? 1));
const hashKey = { id: 'k1', hex: '00ff10' };

let bench: Workbench;
let folder: string;
let files: Files;
let slices: Slices;
beforeAll(async () => {
  bench = await openWorkbench();
  folder = await mkdtemp(join(tmpdir(), 'hanse-random-'));
  files = await openLocalFiles({ folder });
  slices = await openSlices({ engine: bench.engine, files, limits: noLimits, budgetBytes: 1e7, hashKey });
});
afterAll(async () => {
  bench.close();
  await rm(folder, { recursive: true });
});

test(
  'a random restriction on random rows equals a physical copy made row by row, and its file holds nothing else',
  { timeout: 120_000 * Math.max(1, numRuns / 200) },
  async () => {
    await fc.assert(fc.asyncProperty(sliceCase, fc.integer({ min: 0 }), checkSlice), { numRuns });
  },
);

async function checkSlice(random: SliceCase, seed: number): Promise<void> {
  const { columns, restriction } = random;
  const file = await bench.writeDataFile(
    files,
    rowsSql(
      columns,
      random.rows.map((row) => row.map(({ sql }) => sql)),
    ),
    columns,
  );
  using slice = await slices.slice({ file, columns, restriction });
  const shown = restrictedColumns(columns, restriction);
  const whole = (await files.open(file)) ?? '';
  await using held = await bench.hold([
    { schema: 't', name: 'whole', format: 'parquet', files: [whole], columns },
    { schema: 't', name: 'slice', format: 'parquet', files: [slice.path], columns: shown },
  ]);
  const copy = await copyOf(random, await cellsOf(held.connection, 'whole', columns));
  expect(slice.rows).toBe(copy.rows.length);
  expect(comparable(shown, await cellsOf(held.connection, 'slice', shown))).toEqual(comparable(shown, copy.rows));
  await held.connection.run(`CREATE OR REPLACE TEMP TABLE copy AS ${rowsSql(shown, copy.sql)}`);
  await expectSameAnswers(held.connection, shown, seed);
  await expectNothingElse(held.connection, slice.path, random, copy.rows);
}

function rowsSql(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const select = (values: readonly string[]) => `SELECT ${values.map((value, at) => `${value} AS ${quoteName(columns[at]?.name ?? '')}`).join(', ')}`;
  const nothing = `${select(columns.map(({ type }) => `CAST(NULL AS ${duckdbType(type)})`))} WHERE false`;
  return [nothing, ...rows.map(select)].join(' UNION ALL ');
}

/** Each column as text, structs as their fields: what the reference speaks. */
async function cellsOf(connection: DuckDBConnection, table: string, columns: readonly Column[]): Promise<readonly Cells[]> {
  const leaves = columnPaths(columns).map((path) => {
    const [first, ...fields] = path;
    const value = fields.reduce((outer, { name }) => `struct_extract(${outer}, ${quoteText(name)})`, quoteName(first.name));
    return pathEnd(path).type.kind === 'struct' ? `CASE WHEN ${value} IS NOT NULL THEN 'struct' END` : `CAST(${value} AS VARCHAR)`;
  });
  const rows = (await connection.runAndReadAll(`SELECT ${leaves.join(', ')} FROM t.${table}`)).getRows();
  return rows.map((row) => {
    const texts = new Map(columnPaths(columns).map((path, at) => [pathEnd(path).id, row[at] === null ? null : String(row[at])]));
    return gather(columns, texts);
  });
}

function gather(columns: readonly Column[], texts: ReadonlyMap<number, string | null>): Cells {
  return Object.fromEntries(
    columns.map(({ id, type }): [number, Cell] => {
      const text = texts.get(id) ?? null;
      return [id, type.kind === 'struct' && text !== null ? gather(type.fields, texts) : text];
    }),
  );
}

/** Floating numbers have many texts; that they are the same numbers is seen again when the tables are asked. */
function comparable(columns: readonly Column[], rows: readonly Cells[]): readonly Cells[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.keys(row).map((id) => [
        id,
        comparableCell(
          columns.find((column) => column.id === Number(id)),
          row[Number(id)] ?? null,
        ),
      ]),
    ),
  );
}

function comparableCell(column: Column | undefined, cell: Cell): Cell {
  if (cell === null || column === undefined) return cell;
  if (typeof cell === 'object') return comparable(column.type.kind === 'struct' ? column.type.fields : [], [cell])[0] ?? null;
  if (column.type.kind === 'float') return String(Math.fround(Number(cell)));
  return column.type.kind === 'double' ? String(Number(cell)) : cell;
}

/** The rows that the reference leaves, and SQL that makes them without the code under test. */
async function copyOf({ columns, rows, restriction }: SliceCase, whole: readonly Cells[]) {
  const hash = (text: string) =>
    createHash('sha256')
      .update(Buffer.from(`${hashKey.hex}00`, 'hex'))
      .update(text)
      .digest('hex');
  const apply = applyRestriction(columns, restriction, hash);
  const shown = restrictedColumns(columns, restriction);
  const left = whole.flatMap((cells, at) => {
    const row = apply(cells);
    return row === undefined ? [] : [{ row, values: rows[at] ?? [] }];
  });
  const sql = left.map(({ row, values }) =>
    shown.map((column) => cellSql(column, row[column.id] ?? null, values[columns.findIndex(({ id }) => id === column.id)])),
  );
  return { rows: left.map(({ row }) => row), sql };
}

function cellSql({ type }: Column, cell: Cell, original: Value | undefined): string {
  if (cell === null) return `CAST(NULL AS ${duckdbType(type)})`;
  if (type.kind === 'list' || type.kind === 'map') return original?.sql ?? 'NULL';
  if (type.kind !== 'struct') return `CAST(${quoteText(String(cell))} AS ${duckdbType(type)})`;
  return `{${type.fields.map((field) => `${quoteText(field.name)}: ${cellSql(field, typeof cell === 'object' ? (cell[field.id] ?? null) : null, undefined)}`).join(', ')}}`;
}

async function expectSameAnswers(connection: DuckDBConnection, shown: readonly Column[], seed: number): Promise<void> {
  const answer = async (table: string, sql: string) => {
    const result = await connection.runAndReadAll(sql.replaceAll('$table', table)).catch((error: unknown) => `refused: ${String(error).split(':')[0]}`);
    return typeof result === 'string' ? result : { types: result.columnTypes().map(String), rows: result.getRowsJson() };
  };
  const [column, other] = [shown[seed % shown.length], shown[(seed >>> 8) % shown.length]].map((found) => quoteName(found?.name ?? ''));
  const queries = [
    'SELECT count(*) FROM $table',
    `SELECT ${column}, count(*) AS n, max(${other}) AS m FROM $table GROUP BY ALL ORDER BY n, ${column}, m`,
    `SELECT min(${column}), max(${column}), count(DISTINCT ${other}), count(${column}) FROM $table`,
    `SELECT CAST(CAST(${column} AS VARCHAR) AS INTEGER), ${other} FROM $table WHERE ${other} IS NOT NULL LIMIT 1`,
    `SELECT a.${column} FROM $table a JOIN $table b ON a.${column} = b.${column} ORDER BY ALL`,
  ];
  for (const sql of ['SELECT * FROM $table', queries[seed % queries.length] ?? '']) expect(await answer('t.slice', sql)).toEqual(await answer('copy', sql));
}

/** What a person finds who opens the slice with DuckDB, or looks at its bytes. */
async function expectNothingElse(connection: DuckDBConnection, path: string, { columns, rows, restriction }: SliceCase, copy: readonly Cells[]): Promise<void> {
  const visible = JSON.stringify(copy);
  const secrets = rows
    .flat()
    .flatMap((value) => value.sql.match(/geheim[^']*/g) ?? [])
    .filter((secret) => !visible.includes(secret));
  const dropped = new Set(restriction.columns.filter(({ action }) => action.kind === 'drop').map(({ column }) => column));
  const names = columnPaths(columns)
    .filter((way) => way.some(({ id }) => dropped.has(id)))
    .map((way) => pathEnd(way).name);
  const found = [(await readFile(path)).toString('utf8')];
  for (const source of [
    `read_parquet('${path}')`,
    ...['parquet_metadata', 'parquet_schema', 'parquet_kv_metadata', 'parquet_file_metadata'].map((name) => `${name}('${path}')`),
  ]) {
    found.push(JSON.stringify((await connection.runAndReadAll(`SELECT * FROM ${source}`)).getRowObjectsJson()));
  }
  const inFile = (text: string) => found.some((part) => part.includes(text) || part.includes(JSON.stringify(text).slice(1, -1)));
  expect([...secrets, ...names].filter(inFile)).toEqual([]);
}
