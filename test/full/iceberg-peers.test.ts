import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { assignFieldIds, type KeyedColumns, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import type { WantedField } from '@hanse/core/table/wanted-type.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyFile } from '../../packages/platform/src/engine/duckdb/copy-file.ts';
import { openLocalFiles } from '../../packages/platform/src/files/local/open.ts';
import type { Change } from '../../packages/platform/src/iceberg/commit.ts';
import { createTable } from '../../packages/platform/src/iceberg/create-table.ts';
import { expiredBy, expireSnapshots } from '../../packages/platform/src/iceberg/expire-snapshots.ts';
import { formatNameMapping, NAME_MAPPING } from '../../packages/platform/src/iceberg/name-mapping.ts';
import { readTable } from '../../packages/platform/src/iceberg/table.ts';
import { openTableFiles, type TableFiles } from '../../packages/platform/src/iceberg/table-files.ts';
import { writeMetadata, writeSnapshot, type TableVersion } from '../../packages/platform/src/iceberg/write-snapshot.ts';
import { expected, field, first, firstSchema, fresh, later, plain, secondSchema, source } from '../iceberg-peers-rows.ts';
import { duckdbExtension, pythonWith, runPython } from '../python.ts';

const packages = ['pyiceberg[pyarrow]==0.12.0', 'pyarrow==26.0.1', 'duckdb-extension-avro==1.5.5', 'duckdb-extension-iceberg==1.5.5'];
const python = process.env['HANSE_FULL'] === '1' ? await pythonWith(packages) : undefined;

/** Filters in both dialects, to be pruned by our bounds. */
const filters = [
  'id = 13',
  'id > 30',
  'small < -4.5',
  'amount = 74.04',
  "day = '1969-12-25'",
  '"full name" = \'Zoë\'',
  '"full name" = \'same sixteen at start B\'',
  'flag = true',
  'real < -1000000000.0',
  'gone > 70',
  "seen >= '1970-01-01T00:00:10'",
];

let connection: DuckDBConnection;
let tables: TableFiles;
let folder: string;
let head: string;

interface Life {
  readonly known: KeyedColumns;
  readonly base: TableVersion;
}

async function commit(
  life: Life,
  wanted: readonly WantedField[],
  sql: string,
  change: Partial<Change> & Pick<Change, 'kind' | 'snapshotId'>,
): Promise<Life & { readonly file: string }> {
  const { files } = tables;
  const known = assignFieldIds(life.known, wanted);
  const staged = await files.stage('data', 'parquet');
  const written = await copyFile(connection, { sql }, { path: staged.path, columns: known.columns });
  const sealed = await files.seal(staged);
  const added = [{ name: sealed.name, rows: written.rows, bytes: written.bytes, statistics: written.statistics }];
  const base = await writeSnapshot(tables, life.base, { added, removed: [], at: '2026-01-01T00:00:00.000Z', columns: known.columns, ...change });
  return { known, base, file: sealed.name };
}

interface Scan {
  readonly name: string;
  readonly snapshot?: string;
  readonly filter?: string;
}

/** Leaves each scan's rows in `<folder>/<name>.parquet`. */
async function readWithPyiceberg(metadata: string, scans: readonly Scan[]): Promise<Readonly<Record<string, unknown>>> {
  const found = await runPython(python ?? '', join(import.meta.dirname, 'iceberg-peers.py'), metadata, folder, JSON.stringify(scans));
  return typeof found === 'object' && found !== null ? { ...found } : {};
}

async function differences(left: string, right: string): Promise<readonly unknown[]> {
  const sql = `(FROM (${left}) EXCEPT ALL FROM (${right})) UNION ALL (FROM (${right}) EXCEPT ALL FROM (${left}))`;
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

async function described(sql: string): Promise<readonly string[]> {
  return (await connection.runAndReadAll(`DESCRIBE ${sql}`)).getRowObjectsJson().map((row) => `${String(row['column_name'])} ${String(row['column_type'])}`);
}

describe.skipIf(python === undefined)('tables of ours, read by others', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hanse peers ü-'));
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run("SET TimeZone = 'UTC'");
    for (const name of ['avro', 'iceberg']) await connection.run(`LOAD '${await duckdbExtension(python ?? '', name)}'`);
    const files = await openLocalFiles({ folder });
    tables = openTableFiles(files);
    const uuid = '5b1d1f4e-2f0a-4b52-9f0e-1f1d5c6f9a10';
    const known = assignFieldIds(noColumns, firstSchema);
    const metadata = createTable({
      uuid,
      location: files.uri(`metadata/${uuid}`),
      columns: known.columns,
      at: '2026-01-01T00:00:00.000Z',
      properties: { [NAME_MAPPING]: formatNameMapping(known.columns) },
    });
    const one = await commit({ known: noColumns, base: { metadata } }, firstSchema, first(0, 20), { kind: 'append', snapshotId: '1001' });
    const two = await commit(one, secondSchema, `SELECT ${fresh} FROM (${source(20, 40)})`, { kind: 'append', snapshotId: '1002' });
    const three = await commit(two, secondSchema, `SELECT ${later} FROM (${source(10, 20)})`, {
      kind: 'overwrite',
      snapshotId: '9007199254740881',
      removed: [one.file],
    });
    head = (await files.open(three.base.name ?? '')) ?? '';
  }, 120_000);

  test('PyIceberg sees every snapshot as it was written: types, renames, additions, drops, promotions', async () => {
    const scans = Object.keys(expected).map((snapshot) => ({ name: snapshot, snapshot }));
    await readWithPyiceberg(head, scans);
    for (const [snapshot, sql] of Object.entries(expected)) {
      const seen = `FROM read_parquet('${folder}/${snapshot}.parquet')`;
      expect(await described(seen), snapshot).toEqual(await described(sql));
      expect(await differences(seen, sql), snapshot).toEqual([]);
    }
  });

  test("DuckDB's Iceberg reader sees the current snapshot as it was written", async () => {
    const sql = expected['9007199254740881'] ?? '';
    const seen = `FROM iceberg_scan('${head}')`;
    expect(await described(seen)).toEqual(await described(sql));
    expect(await differences(seen, sql)).toEqual([]);
  });

  test('bounds prune files and never a row', async () => {
    const sql = expected['9007199254740881'] ?? '';
    const scans = filters.map((filter, number) => ({ name: `filter-${number}`, filter }));
    const found = await readWithPyiceberg(head, scans);
    for (const { name, filter } of scans) {
      const wanted = `FROM (${sql}) WHERE ${filter}`;
      expect(await differences(`FROM read_parquet('${folder}/${name}.parquet')`, wanted), filter).toEqual([]);
      expect(await differences(`FROM iceberg_scan('${head}') WHERE ${filter}`, wanted), filter).toEqual([]);
    }
    expect(scans.map(({ name, filter }) => `${filter}: ${JSON.stringify(found[name])}`)).toMatchInlineSnapshot(`
      [
        "id = 13: {"rows":1,"files":1}",
        "id > 30: {"rows":9,"files":1}",
        "small < -4.5: {"rows":0,"files":0}",
        "amount = 74.04: {"rows":1,"files":1}",
        "day = '1969-12-25': {"rows":0,"files":0}",
        ""full name" = 'Zoë': {"rows":4,"files":2}",
        ""full name" = 'same sixteen at start B': {"rows":4,"files":2}",
        "flag = true: {"rows":10,"files":2}",
        "real < -1000000000.0: {"rows":9,"files":1}",
        "gone > 70: {"rows":4,"files":1}",
        "seen >= '1970-01-01T00:00:10': {"rows":20,"files":1}",
      ]
    `);
  });

  test('a table of many small commits, merged manifests, removals and expired snapshots holds the same rows for all', async () => {
    const uuid = '0c4f3a1e-8d3b-4c55-8a60-6a1f6e0d2b11';
    const known = assignFieldIds(noColumns, [field('id', plain('long'))]);
    const metadata = createTable({ uuid, location: tables.files.uri(`metadata/${uuid}`), columns: known.columns, at: '2026-01-01T00:00:00.000Z' });
    let life: Life & { readonly file?: string } = { known: noColumns, base: { metadata } };
    const versions: (readonly number[])[] = [];
    const names: string[] = [];
    for (let number = 0; number < 40; number += 1) {
      const removed = number % 5 === 4 ? [names[number - 2] ?? ''] : [];
      life = await commit(life, [field('id', plain('long'))], `SELECT ${number} AS id`, {
        kind: removed.length > 0 ? 'overwrite' : 'append',
        snapshotId: String(number + 1),
        removed,
      });
      names.push(life.file ?? '');
      const before = versions.at(-1) ?? [];
      versions.push([...before.filter((id) => removed.length === 0 || id !== number - 2), number]);
    }
    const expired = expireSnapshots(
      life.base.metadata,
      expiredBy(life.base.metadata, { before: '2027-01-01T00:00:00.000Z', keep: 10 }),
      '2026-01-02T00:00:00.000Z',
    );
    const name = await writeMetadata(tables, { name: life.base.name ?? '', metadata: life.base.metadata }, expired);
    expect((await readTable(tables, name)).snapshots).toHaveLength(10);
    const path = (await tables.files.open(name)) ?? '';
    await readWithPyiceberg(path, [{ name: 'many' }, { name: 'earlier', snapshot: '35' }]);
    const rows = (version: number) => `SELECT * FROM (SELECT unnest([${(versions[version - 1] ?? []).join(', ')}])::BIGINT AS id)`;
    expect(await differences(`FROM read_parquet('${folder}/many.parquet')`, rows(40))).toEqual([]);
    expect(await differences(`FROM read_parquet('${folder}/earlier.parquet')`, rows(35))).toEqual([]);
    expect(await differences(`FROM iceberg_scan('${path}')`, rows(40))).toEqual([]);
    expect(await differences(`FROM iceberg_scan('${path}', snapshot_from_id => 35)`, rows(35))).toEqual([]);
  });
});
