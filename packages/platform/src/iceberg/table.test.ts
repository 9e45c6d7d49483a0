import { chmod, cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Column } from '@hanse/core/table/column.ts';
import { beforeEach, expect, test } from 'vitest';
import type { Files } from '../files/files.ts';
import { openLocalFiles } from '../files/local/open.ts';
import type { Change } from './commit.ts';
import { snapshotIdOf } from './commit.ts';
import { createTable } from './create-table.ts';
import { expiredBy, expireSnapshots } from './expire-snapshots.ts';
import { parseManifest } from './manifest.ts';
import { formatManifestList, parseManifestList } from './manifest-list.ts';
import { parseMetadata } from './metadata.ts';
import { reachableNames } from './reachable-names.ts';
import { openTableFiles, type TableFiles } from './table-files.ts';
import { readTable } from './table.ts';
import { writeMetadata, writeSnapshot, type TableVersion } from './write-snapshot.ts';

const uuid = '5b1d1f4e-2f0a-4b52-9f0e-1f1d5c6f9a10';
const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'int' }, required: true },
  { id: 2, name: 'name', type: { kind: 'string' }, required: false },
];
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const file = (name: string, rows = 1) => ({ name: `data/f/${name}.parquet`, rows, bytes: 100, statistics: [] });
const change = (id: number, rest: Partial<Change> = {}): Change => ({ kind: 'append', added: [], removed: [], snapshotId: String(id), at: at(id), ...rest });

let folder: string;
let tables: TableFiles;
let empty: TableVersion;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-table-'));
  tables = openTableFiles(await openLocalFiles({ folder }));
  empty = { metadata: createTable({ uuid, location: tables.files.uri(`metadata/${uuid}`), columns, at: at(0) }) };
});

test('a table without a snapshot has no files, and its first version reads back', async () => {
  const written = await writeSnapshot(tables, empty, change(1, { added: [file('a', 3)], summary: { 'hanse.run-id': 'r1' } }));
  const table = await readTable(tables, written.name);
  expect(table.current).toEqual({
    id: '1',
    parentId: undefined,
    sequence: 1,
    at: at(1),
    operation: 'append',
    summary: {
      'hanse.run-id': 'r1',
      operation: 'append',
      'added-data-files': '1',
      'added-records': '3',
      'added-files-size': '100',
      'deleted-data-files': '0',
      'deleted-records': '0',
      'removed-files-size': '0',
      'total-data-files': '1',
      'total-records': '3',
      'total-files-size': '100',
      'total-delete-files': '0',
      'total-position-deletes': '0',
      'total-equality-deletes': '0',
    },
  });
  expect((await table.dataFiles()).map(({ name, rows, bytes, sequence }) => ({ name, rows, bytes, sequence }))).toEqual([
    { name: 'data/f/a.parquet', rows: 3, bytes: 100, sequence: 1 },
  ]);
  await expect(table.dataFiles('2')).rejects.toThrow('has no snapshot 2');
});

test('the same commit written twice is the same files; another run under the same snapshot id is a conflict', async () => {
  const first = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  expect((await writeSnapshot(tables, empty, change(1, { added: [file('a')] }))).name).toBe(first.name);
  await expect(writeSnapshot(tables, first, change(1, { added: [file('b')] }))).rejects.toThrow('has the snapshot 1 already');
  expect(snapshotIdOf('run-1')).toBe(snapshotIdOf('run-1'));
  expect(snapshotIdOf('run-1')).not.toBe(snapshotIdOf('run-2'));
  expect(Number.isSafeInteger(Number(snapshotIdOf('run-1')))).toBe(true);
});

test('two versions of one table may be written side by side: each is whole, the head decides', async () => {
  const base = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  const [left, right] = await Promise.all([
    writeSnapshot(tables, base, change(2, { added: [file('b')] })),
    writeSnapshot(tables, base, change(3, { added: [file('c')] })),
  ]);
  const names = async (name: string) => (await (await readTable(tables, name)).dataFiles()).map((one) => one.name).toSorted();
  expect(await names(left.name)).toEqual(['data/f/a.parquet', 'data/f/b.parquet']);
  expect(await names(right.name)).toEqual(['data/f/a.parquet', 'data/f/c.parquet']);
});

test('columns change by id, older snapshots keep theirs, and an earlier schema is found again', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  const renamed: readonly Column[] = [
    { id: 2, name: 'full name', type: { kind: 'string' }, required: false },
    { id: 1, name: 'id', type: { kind: 'long' }, required: true },
    { id: 3, name: 'extra', type: { kind: 'struct', fields: [{ id: 4, name: 'x', type: { kind: 'date' }, required: false, doc: 'When' }] }, required: false },
  ];
  const two = await writeSnapshot(tables, one, change(2, { added: [file('b')], columns: renamed }));
  const table = await readTable(tables, two.name);
  expect(table.columns).toEqual(renamed);
  expect(table.columnsAt('1')).toEqual(columns);
  expect(table.metadata['last-column-id']).toBe(4);
  const three = await writeSnapshot(tables, two, change(3, { columns: renamed }));
  expect(three.metadata.schemas).toHaveLength(2);
});

const wrongColumns: readonly (readonly [string, readonly Column[]])[] = [
  ['cannot change from int to string', [{ id: 1, name: 'id', type: { kind: 'string' }, required: true }]],
  ['is new and required, and rows without it stay', [...columns, { id: 3, name: 'x', type: { kind: 'int' }, required: true }]],
  ['becomes required, and rows that may lack it stay', columns.map((column) => ({ ...column, required: true }))],
];

test('columns that older rows do not fit are refused by name, unless all older files go', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  for (const [why, wanted] of wrongColumns) await expect(writeSnapshot(tables, one, change(2, { columns: wanted })), why).rejects.toThrow(why);
  const all = { kind: 'overwrite', added: [file('b')], removed: ['data/f/a.parquet'], columns: wrongColumns[1]?.[1] ?? [] } as const;
  const two = await writeSnapshot(tables, one, change(2, all));
  const dropped = await writeSnapshot(tables, two, change(3, { columns }));
  const back = [...columns, { id: 3, name: 'x', type: { kind: 'int' }, required: false } as const];
  await expect(writeSnapshot(tables, dropped, change(4, { columns: back }))).rejects.toThrow('has the id of a column that was dropped');
});

test('a rebuild that gives the same file leaves it; removing what is not there is a conflict', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a'), file('b')] }));
  const two = await writeSnapshot(tables, one, change(2, { kind: 'overwrite', removed: 'all', added: [file('a')] }));
  const [kept, ...others] = await (await readTable(tables, two.name)).dataFiles();
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ name: 'data/f/a.parquet', sequence: 1, snapshotId: '1' });
  await expect(writeSnapshot(tables, two, change(3, { kind: 'delete', removed: ['data/f/b.parquet'] }))).rejects.toThrow('has no data file data/f/b.parquet');
});

test('a clock that went back does not take the table with it', async () => {
  const one = await writeSnapshot(tables, empty, change(9, { added: [file('a')] }));
  const two = await writeSnapshot(tables, one, change(2, { added: [file('b')] }));
  expect((await readTable(tables, two.name)).current?.at).toBe(at(9));
});

test('expired snapshots go by age and number; what is no longer reachable is theirs alone', async () => {
  let base: TableVersion = empty;
  for (let id = 1; id <= 5; id += 1) {
    base = await writeSnapshot(tables, base, change(id, id === 1 ? { added: [file('1')] } : { kind: 'overwrite', removed: 'all', added: [file(String(id))] }));
  }
  const before = { name: base.name ?? '', metadata: base.metadata };
  expect(expiredBy(before.metadata, { before: at(9), keep: 2 })).toEqual(['1', '2', '3']);
  expect(expiredBy(before.metadata, { before: at(2), keep: 1 })).toEqual(['1']);
  expect(() => expireSnapshots(before.metadata, ['5'], at(9))).toThrow('snapshot 5 is current');
  const name = await writeMetadata(tables, before, expireSnapshots(before.metadata, ['1', '2', '3'], at(9)));
  const table = await readTable(tables, name);
  expect(table.snapshots.map(({ id }) => id)).toEqual(['4', '5']);
  expect(table.metadata['snapshot-log']?.map((entry) => entry['snapshot-id'])).toEqual(['4', '5']);
  expect(table.metadata['metadata-log']?.at(-1)?.['metadata-file']).toBe(tables.files.uri(before.name));
  const [earlier, now] = [await reachableNames(tables, before.name), await reachableNames(tables, name)];
  expect([...earlier].filter((one) => one.startsWith('data/') && !now.has(one)).toSorted()).toEqual(['1', '2', '3'].map((one) => `data/f/${one}.parquet`));
  for (const one of now) if (one.startsWith('metadata/')) expect(await tables.files.open(one), one).toBeDefined();
});

async function manifestsOf(version: TableVersion) {
  const list = tables.files.nameOf(version.metadata.snapshots?.at(-1)?.['manifest-list'] ?? '') ?? '';
  return parseManifestList(await readFile((await tables.files.open(list)) ?? ''));
}

test('many small manifests become one, and each says the oldest sequence that it holds', async () => {
  let base: TableVersion = empty;
  for (let id = 1; id <= 32; id += 1) base = await writeSnapshot(tables, base, change(id, { added: [file(String(id))] }));
  expect(await manifestsOf(base)).toHaveLength(32);
  base = await writeSnapshot(tables, base, change(33, { added: [file('33')] }));
  const [added, merged, ...others] = await manifestsOf(base);
  expect(others).toEqual([]);
  expect(added).toMatchObject({ sequence: 33, minSequence: 33, added: { files: 1, rows: 1 }, existing: { files: 0 } });
  expect(merged).toMatchObject({ sequence: 33, minSequence: 1, added: { files: 0 }, existing: { files: 32, rows: 32 }, deleted: { files: 0 } });
  const found = await (await readTable(tables, base.name ?? '')).dataFiles();
  expect(found.map((one) => `${one.name} ${one.sequence}`).toSorted()).toEqual(found.map((_, index) => `data/f/${index + 1}.parquet ${index + 1}`).toSorted());
});

test('the log of metadata files is bounded', async () => {
  let base: TableVersion = empty;
  for (let id = 1; id <= 25; id += 1) base = await writeSnapshot(tables, base, change(id));
  expect(base.metadata['metadata-log']).toHaveLength(20);
  expect(base.metadata.snapshots).toHaveLength(25);
});

test('a table whose whole folder was moved is read, goes on, and forgets the old place', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a'), file('b')] }));
  let base: TableVersion = one;
  for (const [number, gone] of ['a', 'b'].entries()) {
    const moved = join(await mkdtemp(join(tmpdir(), 'hanse-moved-')), 'files');
    await cp(folder, moved, { recursive: true });
    const there = openTableFiles(await openLocalFiles({ folder: moved }));
    const table = await readTable(there, base.name ?? '');
    expect(await (await readTable(there, one.name)).dataFiles()).toHaveLength(2);
    base = await writeSnapshot(there, table, change(number + 2, { kind: 'overwrite', removed: [`data/f/${gone}.parquet`], added: [file(`${gone}2`)] }));
    expect((await (await readTable(there, base.name ?? '')).dataFiles()).map(({ name }) => name)).toContain(`data/f/${gone}2.parquet`);
    const { location, snapshots } = base.metadata;
    expect(location).toBe(there.files.uri(`metadata/${uuid}`));
    const list = parseManifestList(await readFile((snapshots?.at(-1)?.['manifest-list'] ?? '').replace('file://', '')));
    for (const manifest of list) {
      const entries = parseManifest(await readFile(manifest.uri.replace('file://', '')), manifest);
      expect(entries.every((entry) => entry.file.uri.startsWith(`file://${moved}/`))).toBe(true);
    }
    folder = moved;
  }
});

test('a changed or missing file is named, never read wrong', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  for (const name of (await reachableNames(tables, one.name)).values()) {
    if (!name.startsWith('metadata/')) continue;
    const path = (await tables.files.open(name)) ?? '';
    const whole = await readFile(path);
    const changed = Buffer.from(whole);
    changed[whole.length >> 1] = (changed[whole.length >> 1] ?? 0) ^ 1;
    await chmod(path, 0o644);
    await writeFile(path, changed);
    const fresh = openTableFiles(tables.files);
    await expect(
      readTable(fresh, one.name).then((table) => table.dataFiles()),
      name,
    ).rejects.toThrow(`The table file ${name} cannot be read: its bytes are not those that were sealed.`);
    await writeFile(path, whole);
  }
  await expect(readTable(tables, 'metadata/none/00001-x.metadata.json')).rejects.toThrow('it is missing');
});

test.runIf(process.platform === 'linux')('a full disk leaves the table as it was, with a message', async () => {
  const full: Files = { ...tables.files, stage: async (kind, extension) => ({ path: '/dev/full', kind, extension }), discard: async () => undefined };
  await expect(writeSnapshot(openTableFiles(full), empty, change(1))).rejects.toThrow(/Writing \/dev\/full failed: ENOSPC/);
});

const example = fileURLToPath(new URL('../../../../test/fixtures/iceberg/column-mapping/', import.meta.url));
const prefix = 'data/persistent/column_mapping/';
const metadataName = 'warehouse/default.db/my_table/metadata/00001-75643dae-a7a7-46ae-ab30-ea80d3793f3f.metadata.json';

/** The example as it lies, under the relative addresses that its writer used. */
function exampleFiles(files: Files): Files {
  return {
    ...files,
    open: async (name) => join(example, name),
    uri: (name) => prefix + name,
    nameOf: (uri) => (uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined),
  };
}

test('a table that PyIceberg wrote is read right', async () => {
  const table = await readTable(openTableFiles(exampleFiles(tables.files)), metadataName);
  expect(table.columns.map(({ id, name, type }) => `${id} ${name} ${type.kind}`)).toMatchInlineSnapshot(`
    [
      "1 id long",
      "2 name string",
      "3 age long",
      "4 attributes map",
      "5 scores list",
      "6 profile struct",
    ]
  `);
  expect(table.current).toMatchObject({ id: '6154553663017965981', sequence: 1, operation: 'append' });
  expect(await table.dataFiles()).toMatchInlineSnapshot(`
    [
      {
        "bytes": 2729,
        "columns": [
          {
            "bytes": 110,
            "columnId": 1,
            "lower": "1",
            "nulls": 0,
            "upper": "3",
            "values": 3,
          },
          {
            "bytes": 92,
            "columnId": 2,
            "lower": "Alice",
            "nulls": 0,
            "upper": "Charlie",
            "values": 3,
          },
          {
            "bytes": 110,
            "columnId": 3,
            "lower": "25",
            "nulls": 0,
            "upper": "35",
            "values": 3,
          },
          {
            "columnId": 4,
          },
          {
            "bytes": 90,
            "columnId": 7,
            "nulls": 0,
            "values": 6,
          },
          {
            "bytes": 104,
            "columnId": 8,
            "nulls": 0,
            "values": 6,
          },
          {
            "columnId": 5,
          },
          {
            "bytes": 130,
            "columnId": 9,
            "nulls": 0,
            "values": 6,
          },
          {
            "columnId": 6,
          },
          {
            "bytes": 144,
            "columnId": 10,
            "nulls": 0,
            "values": 3,
          },
          {
            "bytes": 42,
            "columnId": 11,
            "nulls": 0,
            "values": 3,
          },
        ],
        "name": "warehouse/example/mock_data.parquet",
        "rows": 3,
        "sequence": 1,
        "snapshotId": "6154553663017965981",
      },
    ]
  `);
});

test('delete files, partitions and files elsewhere are refused with a reason', async () => {
  const one = await writeSnapshot(tables, empty, change(1, { added: [file('a')] }));
  const partitioned = { ...one.metadata, 'partition-specs': [{ 'spec-id': 0, fields: [{}] }] };
  await expect(writeSnapshot(tables, { metadata: partitioned }, change(2))).rejects.toThrow('is partitioned');
  const list = one.metadata.snapshots?.[0]?.['manifest-list'] ?? '';
  const [manifest] = parseManifestList(await readFile((await tables.files.open(tables.files.nameOf(list) ?? '')) ?? ''));
  if (manifest === undefined) throw new Error('no manifest');
  const write = async (wrong: Partial<typeof manifest>) => {
    const path = join(folder, 'metadata', uuid, 'foreign.avro');
    await writeFile(path, formatManifestList([{ ...manifest, ...wrong }], { id: '1', parentId: undefined, sequence: 1 }));
    const text = JSON.stringify(parseMetadata(await readFile((await tables.files.open(one.name)) ?? '', 'utf8'), 'x')).replace(list, `file://${path}`);
    await writeFile(join(folder, 'metadata', uuid, 'foreign.metadata.json'), text);
    return (await readTable(openTableFiles(tables.files), `metadata/${uuid}/foreign.metadata.json`)).dataFiles();
  };
  await expect(write({ content: 'deletes' })).rejects.toThrow('has delete files, and only whole data files are read');
  await expect(write({ uri: 's3://bucket/m.avro' })).rejects.toThrow('refers to s3://bucket/m.avro, which lies outside the folder of files');
  await expect(write({ uri: 'file:///etc/passwd' })).rejects.toThrow('lies outside the folder of files');
});
