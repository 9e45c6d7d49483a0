import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DuckdbSessions, openDuckdbSessions } from '../engine/duckdb/duckdb-sessions.ts';
import { noLimits, openWorkbench, type Workbench } from '../engine/duckdb/workbench.fixture.ts';
import type { Files } from '../files/files.ts';
import { openLocalFiles } from '../files/local/open.ts';
import { openSlices } from './open-slices.ts';
import type { Slices } from './slices.ts';

const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'email', type: { kind: 'string' }, required: false },
  { id: 3, name: 'region', type: { kind: 'string' }, required: false },
  { id: 4, name: 'born', type: { kind: 'date' }, required: false },
];
const nothing: Restriction = { columns: [] };
const noEmail: Restriction = { columns: [{ column: 2, action: { kind: 'drop' } }] };
const maskedEmail: Restriction = { columns: [{ column: 2, action: { kind: 'show-last', count: 3 } }] };
const onlyEu: Restriction = { columns: [], rows: { kind: 'compare', column: 3, operator: '=', value: 'EU' } };

let bench: Workbench;
let engine: DuckdbSessions;
let folder: string;
let files: Files;
let data: string;

beforeAll(async () => {
  bench = await openWorkbench();
  folder = await mkdtemp(join(tmpdir(), 'hanse-slices-'));
  files = await openLocalFiles({ folder: join(folder, 'files') });
  engine = openDuckdbSessions({ tempFolder: join(folder, 'temp') });
  data = await bench.writeDataFile(
    files,
    `SELECT i AS id, 'user' || i || '@example.org' AS email, CASE WHEN i % 3 = 0 THEN 'EU' ELSE 'US' END AS region,
      DATE '1990-01-01' + i::INTEGER AS born FROM range(300000) r(i)`,
    columns,
  );
});
afterAll(async () => {
  bench.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

function open(budgetBytes = 1e9): Promise<Slices> {
  return openSlices({ engine, files, limits: noLimits, budgetBytes, hashKey: { id: 'k1', hex: '00ff' } });
}

test('an unrestricted slice is the data file itself', async () => {
  const slices = await open();
  using slice = await slices.slice({ file: data, columns, restriction: nothing });
  expect(slice).toMatchObject({ name: data, rows: 300_000, built: false });
});

test('a dropped column is left out byte by byte, then the slice lies ready', async () => {
  const slices = await open();
  using slice = await slices.slice({ file: data, columns, restriction: noEmail });
  expect(slice).toMatchObject({ rows: 300_000, built: 'splice', bytes: (await stat(slice.path)).size });
  const shown = restrictedColumns(columns, noEmail);
  expect(await bench.readAs(slice.path, shown, 'SELECT count(*), sum(id), count(born) FROM t.t')).toEqual([['300000', '44999850000', '300000']]);
  expect((await readFile(slice.path)).includes('email')).toBe(false);
  using again = await slices.slice({ file: data, columns, restriction: noEmail });
  expect(again).toMatchObject({ name: slice.name, built: false, rows: 300_000 });
});
test('a masked column is computed alone and spliced in', async () => {
  const slices = await open();
  using slice = await slices.slice({ file: data, columns, restriction: maskedEmail });
  expect(slice.built).toBe('splice');
  expect(await bench.readAs(slice.path, restrictedColumns(columns, maskedEmail), 'SELECT email, region FROM t.t WHERE id IN (7, 299999)')).toEqual([
    ['**************org', 'US'],
    ['*******************org', 'US'],
  ]);
});

test('a row filter rewrites, and a file with every row hidden gives an empty slice', async () => {
  const slices = await open();
  using slice = await slices.slice({ file: data, columns, restriction: onlyEu });
  expect(slice).toMatchObject({ built: 'rewrite', rows: 100_000 });
  const none: Restriction = { columns: [], rows: { kind: 'compare', column: 3, operator: '=', value: 'Mars' } };
  using empty = await slices.slice({ file: data, columns, restriction: none });
  expect(empty).toMatchObject({ built: 'rewrite', rows: 0 });
  expect(await bench.readAs(empty.path, columns, 'SELECT count(*) FROM t.t')).toEqual([['0']]);
});
