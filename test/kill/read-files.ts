import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openLocalFiles } from '../../packages/platform/src/files/local/open.ts';
import { readTable } from '../../packages/platform/src/iceberg/table.ts';
import { openTableFiles } from '../../packages/platform/src/iceberg/table-files.ts';
import type { Known } from './known.ts';
import { type Reader, startReader } from './reader.ts';
import { type Content, contentSql, type TownTable } from '../fixtures/town.ts';

/** Reads from the disk while a process writes there. */
export function startFileReader(known: Known, files: FileReader): Reader {
  return startReader(async (_, table) => {
    const least = known.seen(table);
    known.check({ table, view: 'all', least, content: (await files.read(table))?.content });
  });
}

/** Reads the mesh as it lies on the disk, from another process and without asking anybody. */
export interface FileReader extends Disposable {
  /** What the head that is committed now points at; undefined before the first. */
  read(table: TownTable): Promise<{ readonly content: Content; readonly snapshots: number } | undefined>;
  /** What each run of a table is on record as. */
  runs(table: TownTable): readonly string[];
  /** Sealed files whose bytes are not those that gave them their names; a file that was found whole is not read again. */
  damaged(): Promise<readonly string[]>;
  /** Sealed data files that no snapshot of any table has, and what is staged. */
  unneeded(): Promise<readonly string[]>;
}

export async function openFileReader(storage: string): Promise<FileReader> {
  const folder = join(storage, 'files');
  const files = await openLocalFiles({ folder });
  const tableFiles = openTableFiles(files);
  const duckdb = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await duckdb.connect();
  const whole = new Set<string>();
  /** Opened each time, so that it is sometimes this process that recovers what a killed one left. */
  const current = (kind: string) => {
    using store = new DatabaseSync(join(storage, 'store.sqlite'), { readOnly: true, timeout: 10_000 });
    return store
      .prepare('SELECT v.id, b.content FROM versions v JOIN bodies b ON b.number = v.body WHERE v.kind = ? AND v.until = ?')
      .all(kind, Number.MAX_SAFE_INTEGER)
      .map((row) => ({ id: String(row['id']), value: JSON.parse(String(row['content'])).body.value }));
  };
  const tables = () =>
    Promise.all(current('table').map(async ({ id, value }) => ({ id, snapshot: String(value.snapshot), table: await readTable(tableFiles, value.metadata) })));

  return {
    async read(name) {
      const found = (await tables()).find(({ id }) => id.endsWith(`/${name}`));
      if (found === undefined) return undefined;
      const names = (await found.table.dataFiles(found.snapshot)).map((file) => join(folder, file.name));
      return { content: await contentOf(connection, names), snapshots: found.table.snapshots.length };
    },
    runs: (name) => current('run').flatMap(({ value }) => (value.ref === `town/ledger:${name}` ? [String(value.outcome)] : [])),
    async damaged() {
      const names = await listFiles(folder);
      const broken = await Promise.all(
        names.filter((name) => !whole.has(name)).map(async (name) => ((await isWhole(join(folder, name))) ? void whole.add(name) : name)),
      );
      return broken.filter((name) => name !== undefined);
    },
    async unneeded() {
      const needed = new Set(
        (await Promise.all((await tables()).map(({ table }) => Promise.all(table.snapshots.map(({ id }) => table.dataFiles(id))))))
          .flat(2)
          .map(({ name }) => name),
      );
      return (await listFiles(folder)).filter((name) => name.startsWith('staged/') || (name.startsWith('data/') && !needed.has(name)));
    },
    [Symbol.dispose]() {
      connection.closeSync();
      duckdb.closeSync();
    },
  };
}

async function contentOf(connection: DuckDBConnection, paths: readonly string[]): Promise<Content> {
  const list = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
  const rows = (await connection.runAndReadAll(contentSql(`read_parquet([${list}])`))).getRowObjects();
  return rows.map((row) => ({ version: Number(row['version']), rows: Number(row['rows']), sum: Number(row['sum']) }));
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Data files carry their whole hash in their name, metadata files half of it; slices are sealed otherwise, and staged files not at all. */
async function isWhole(path: string): Promise<boolean> {
  const sealed = /\/(?:data|metadata)\/[^/]+\/(?:[\w-]+-)?([0-9a-f]{32,64})\.[\w.]+$/.exec(path)?.[1];
  if (sealed === undefined) return /\/(?:slice|staged)\//.test(path);
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .startsWith(sealed);
}
