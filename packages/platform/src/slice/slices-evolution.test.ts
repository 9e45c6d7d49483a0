import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import type { ColumnAction, Predicate, Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noLimits, openWorkbench, type Workbench } from '../engine/duckdb/workbench.fixture.ts';
import type { Files } from '../files/files.ts';
import { openLocalFiles } from '../files/local/open.ts';
import { readFooter } from '../parquet/footer.ts';
import { openSlices } from './open-slices.ts';
import type { Slices } from './slices.ts';

const id: Column = { id: 1, name: 'id', type: { kind: 'int' }, required: true };
const mail: Column = { id: 2, name: 'mail', type: { kind: 'string' }, required: false };
const city: Column = { id: 4, name: 'city', type: { kind: 'string' }, required: false };
const street: Column = { id: 5, name: 'street', type: { kind: 'string' }, required: false };
const home: Column = { id: 3, name: 'home', type: { kind: 'struct', fields: [city, street] }, required: false };
const region: Column = { id: 6, name: 'region', type: { kind: 'string' }, required: false };
const written = [id, mail, home];

let bench: Workbench;
let folder: string;
let files: Files;
let slices: Slices;
let data: string;

beforeAll(async () => {
  bench = await openWorkbench();
  folder = await mkdtemp(join(tmpdir(), 'hanse-evolution-'));
  files = await openLocalFiles({ folder });
  slices = await openSlices({ engine: bench.engine, files, limits: noLimits, budgetBytes: 1e9, hashKey: { id: 'k1', hex: '00ff' } });
  const sql = `SELECT i AS id, 'user' || i AS mail, CASE WHEN i <> 1 THEN {'city': 'C' || i, 'street': 'S' || i} END AS home FROM range(3) r(i)`;
  data = await bench.writeDataFile(files, sql, written);
});
afterAll(async () => {
  bench.close();
  await rm(folder, { recursive: true });
});

function acting(column: number, action: ColumnAction): Restriction {
  return { columns: [{ column, action }] };
}

function filtering(rows: Predicate<number>): Restriction {
  return { columns: [], rows };
}

async function show(columns: readonly Column[], restriction: Restriction) {
  using slice = await slices.slice({ file: data, columns, restriction });
  const rows = await bench.readAs(slice.path, restrictedColumns(columns, restriction), 'SELECT * FROM t.t ORDER BY id');
  return { built: slice.built, name: slice.name, path: slice.path, rows };
}

test('a renamed column keeps its slices and shows its new name', async () => {
  const before = await show(written, acting(2, { kind: 'show-last', count: 1 }));
  const after = await show([id, { ...mail, name: 'contact' }, home], acting(2, { kind: 'show-last', count: 1 }));
  expect(after).toEqual({ ...before, built: false });
  expect(after.rows.map((row) => JSON.stringify(row))).toEqual([
    '[0,"****0",{"city":"C0","street":"S0"}]',
    '[1,"****1",null]',
    '[2,"****2",{"city":"C2","street":"S2"}]',
  ]);
});

test('a column added later changes no slice of an older file, whatever a role does to it', async () => {
  const before = await show(written, acting(2, { kind: 'drop' }));
  const dropped: Restriction = {
    columns: [
      { column: 2, action: { kind: 'drop' } },
      { column: 6, action: { kind: 'drop' } },
    ],
  };
  expect(await show([...written, region], dropped)).toEqual({ ...before, built: false });
  expect((await show([...written, region], acting(2, { kind: 'drop' }))).name).toBe(before.name);
  expect((await show([...written, region], acting(6, { kind: 'keyed-hash' }))).name).toBe(data);
});

test('a column that a file lacks is null under every mask but a fixed value, which stands in all rows', async () => {
  const columns = [id, region];
  expect((await show(columns, acting(6, { kind: 'keyed-hash' }))).rows).toEqual([
    [0, null],
    [1, null],
    [2, null],
  ]);
  const fixed = await show(columns, acting(6, { kind: 'fixed', value: 'hidden' }));
  expect(fixed).toMatchObject({
    built: 'splice',
    rows: [
      [0, 'hidden'],
      [1, 'hidden'],
      [2, 'hidden'],
    ],
  });
});

test('a column that a file lacks is in no slice of it, so that its type may change', async () => {
  const both: Restriction = { columns: [{ column: 6, action: { kind: 'keyed-hash' } }], rows: { kind: 'is-null', column: 6 } };
  const { path, built } = await show([id, { ...region, type: { kind: 'long' } }], both);
  expect(built).toBe('rewrite');
  expect((await readFooter(path)).fields.map((field) => field.id)).toEqual([1]);
});

test('a row filter sees null in a column that a file lacks', async () => {
  const columns = [id, region];
  const rows = async (predicate: Predicate<number>) => (await show(columns, filtering(predicate))).rows.length;
  expect(await rows({ kind: 'compare', column: 6, operator: '=', value: 'EU' })).toBe(0);
  expect(await rows({ kind: 'not', of: { kind: 'compare', column: 6, operator: '=', value: 'EU' } })).toBe(0);
  expect(await rows({ kind: 'is-null', column: 6 })).toBe(3);
});

test('a column that the table no longer has is in no slice, not even an unrestricted one', async () => {
  const { path, built } = await show([id, home], { columns: [] });
  expect(built).toBe('splice');
  expect((await readFile(path)).includes('mail')).toBe(false);
  const narrower: Column = { ...home, type: { kind: 'struct', fields: [city] } };
  const nested = await show([id, narrower], { columns: [] });
  expect(nested).toMatchObject({
    built: 'splice',
    rows: [
      [0, { city: 'C0' }],
      [1, null],
      [2, { city: 'C2' }],
    ],
  });
  expect((await readFile(nested.path)).includes('street')).toBe(false);
});

test('a field of a struct is dropped or masked inside it', async () => {
  const dropped = await show(written, acting(5, { kind: 'drop' }));
  expect(dropped.rows).toEqual([
    [0, 'user0', { city: 'C0' }],
    [1, 'user1', null],
    [2, 'user2', { city: 'C2' }],
  ]);
  expect((await readFile(dropped.path)).includes('street')).toBe(false);
  const masked = await show(written, acting(5, { kind: 'fixed', value: 'x' }));
  expect(masked.rows.at(0)).toEqual([0, 'user0', { city: 'C0', street: 'x' }]);
});

test('a file that has none of the visible columns still has its rows', async () => {
  expect((await show([mail, { ...region, name: 'id' }], acting(2, { kind: 'drop' }))).rows).toEqual([[null], [null], [null]]);
  expect((await show([id], acting(1, { kind: 'null' }))).rows).toEqual([[null], [null], [null]]);
});

test('a widened type is read wide and masked as wide', async () => {
  const wide: Column = { ...id, type: { kind: 'long' } };
  expect((await show([wide], { columns: [] })).rows).toEqual([['0'], ['1'], ['2']]);
  expect((await show([wide], acting(1, { kind: 'show-last', count: 0 }))).rows).toEqual([['*'], ['*'], ['*']]);
});

test('a file whose row groups are cut otherwise is rewritten', async () => {
  const staged = await files.stage('data', 'parquet');
  await using held = await bench.hold([]);
  await held.connection.run(`COPY (SELECT i::INTEGER AS id, 'u' || i AS mail FROM range(5000) r(i)) TO '${staged.path}'
    (FORMAT parquet, ROW_GROUP_SIZE 2048, USE_TMP_FILE false, FIELD_IDS {id: 1, mail: 2})`);
  await held[Symbol.asyncDispose]();
  const { name: file } = await files.seal(staged);
  const masked = acting(2, { kind: 'show-last', count: 1 });
  using slice = await slices.slice({ file, columns: [id, mail], restriction: masked });
  expect(slice).toMatchObject({ built: 'rewrite', rows: 5000 });
  expect(await bench.readAs(slice.path, [id, mail], 'SELECT mail FROM t.t WHERE id = 4999')).toEqual([['****9']]);
  using dropped = await slices.slice({ file, columns: [id, mail], restriction: acting(2, { kind: 'drop' }) });
  expect(dropped).toMatchObject({ built: 'splice', rows: 5000 });
});
