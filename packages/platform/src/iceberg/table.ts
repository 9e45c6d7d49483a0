import type { Column } from '@hanse/core/table/column.ts';
import { UserError } from '../error.ts';
import { dataFile, type DataFile } from './data-file.ts';
import { createImmutableCache } from './immutable-cache.ts';
import type { ManifestEntry } from './manifest.ts';
import { findSnapshot, parseMetadata, schemaOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { nameIn } from './name-in.ts';
import { parseFields, walkFields } from './schema.ts';
import { outside, readManifest, readManifestList, readWhole, type ReadFiles, type TableFiles } from './table-files.ts';

/** One version of a table: what one metadata file says. */
export interface Table {
  /** The name of its metadata file: what a table head points at. */
  readonly name: string;
  readonly metadata: TableMetadata;
  readonly columns: readonly Column[];
  /** Oldest first. */
  readonly snapshots: readonly TableSnapshot[];
  /** The snapshot that readers see; undefined before the first. */
  readonly current: TableSnapshot | undefined;
  /** The columns that the table had when the snapshot was written. */
  columnsAt(snapshotId: string): readonly Column[];
  /** The files of a snapshot, of the current one where no id is given; none before the first snapshot. */
  dataFiles(snapshotId?: string): Promise<readonly DataFile[]>;
}

export interface TableSnapshot {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly sequence: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly operation: string;
  readonly summary: Readonly<Record<string, string>>;
}

/** Reads a table by the name of its metadata file. A missing or damaged file is an `ExternalError`, a table that is not read a `UserError`. */
export function readTable(tables: TableFiles<ReadFiles>, name: string): Promise<Table> {
  return tables.tables.read(name, () => loadTable(tables, name));
}

/** Up to so many data files are kept described with the table. */
const KEPT_FILES = 500;

async function loadTable(tables: TableFiles<ReadFiles>, name: string): Promise<Table> {
  const bytes = await readWhole(tables.files, name);
  return tableOf(tables, name, parseMetadata(Buffer.from(bytes).toString('utf8'), name));
}

/** Keeps a version that was just written, whose file says the same: the next reader of it is the next publish. */
export async function keepTable(tables: TableFiles<ReadFiles>, name: string, metadata: TableMetadata): Promise<void> {
  await tables.tables.read(name, async () => tableOf(tables, name, metadata));
}

function tableOf(tables: TableFiles<ReadFiles>, name: string, metadata: TableMetadata): Table {
  const current = findSnapshot(metadata);
  const described = createImmutableCache<readonly DataFile[]>(KEPT_FILES, (files) => files.length);
  return {
    name,
    metadata,
    columns: parseFields(schemaOf(metadata).fields),
    snapshots: (metadata.snapshots ?? []).map(describe),
    current: current === undefined ? undefined : describe(current),
    columnsAt: (id) => parseFields(schemaOf(metadata, snapshotAt(metadata, id)).fields),
    async dataFiles(id) {
      const snapshot = id === undefined ? current : snapshotAt(metadata, id);
      if (snapshot === undefined) return [];
      return described.read(snapshot['snapshot-id'], () => dataFilesOf(tables, metadata, snapshot));
    },
  };
}

function snapshotAt(metadata: TableMetadata, id: string): Snapshot {
  const found = findSnapshot(metadata, id);
  if (found !== undefined) return found;
  throw new UserError('missing', `The table ${metadata['table-uuid']} has no snapshot ${id}.`, 'It may have expired: choose a later one.');
}

async function dataFilesOf(tables: TableFiles<ReadFiles>, metadata: TableMetadata, snapshot: Snapshot): Promise<readonly DataFile[]> {
  const fields = Array.from(walkFields(parseFields(schemaOf(metadata, snapshot).fields)));
  const found: DataFile[] = [];
  for (const manifest of await readManifestList(tables, metadata, snapshot)) {
    const entries = await readManifest(tables, metadata, manifest);
    for (const entry of entries.filter(({ status }) => status !== 'deleted')) {
      found.push(dataFile(entry, dataName(tables, metadata, entry), fields));
    }
  }
  return found;
}

function dataName(tables: TableFiles<ReadFiles>, metadata: TableMetadata, { file }: ManifestEntry): string {
  const name = nameIn(tables.files, metadata, file.uri);
  if (name === undefined) throw outside(file.uri);
  if (file.format.toUpperCase() === 'PARQUET') return name;
  throw new UserError('invalid', `The table has a data file in ${file.format}: ${name}.`, 'Only Parquet is read: let its writer use it.');
}

function describe(snapshot: Snapshot): TableSnapshot {
  return {
    id: snapshot['snapshot-id'],
    parentId: snapshot['parent-snapshot-id'],
    sequence: snapshot['sequence-number'],
    at: new Date(snapshot['timestamp-ms']).toISOString(),
    operation: snapshot.summary['operation'] ?? 'append',
    summary: snapshot.summary,
  };
}
