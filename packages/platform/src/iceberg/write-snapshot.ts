import { sealBytes } from '../files/seal-bytes.ts';
import { commitSnapshot, logged, type Change, type CurrentTable } from './commit.ts';
import { headFile } from './metadata-file.ts';
import { findSnapshot, type TableMetadata } from './metadata.ts';
import { wasMoved } from './name-in.ts';
import { needsEntries, type CurrentManifest } from './plan-manifests.ts';
import { keepTable } from './table.ts';
import { readManifest, readManifestList, type TableFiles } from './table-files.ts';

/** What a commit builds on: a table that was read, or the metadata of a new one. */
export interface TableVersion {
  readonly name?: string;
  readonly metadata: TableMetadata;
}

/** A written version of a table: `name` is its metadata file, for the table head. */
export interface WrittenTable {
  readonly name: string;
  readonly metadata: TableMetadata;
  readonly snapshotId: string;
  /** Names of all files that were written for it. */
  readonly files: readonly string[];
}

/**
 * Writes and seals the manifests, the manifest list and the metadata file of a table's next version. Nobody sees it until
 * a table head points at the name it returns; the same base and change give the same name again. Errors as of `commitSnapshot` and `Files`.
 */
export async function writeSnapshot(tables: TableFiles, base: TableVersion, change: Change): Promise<WrittenTable> {
  const { files } = tables;
  const uri = (name: string) => files.uri(name);
  const moved = wasMoved(files, base.metadata);
  const current: CurrentTable = {
    metadata: base.metadata,
    manifests: await currentManifests(tables, base.metadata, moved || change.removed.length > 0),
    ...(base.name !== undefined && { uri: uri(base.name) }),
    ...(moved && { movedTo: uri(`metadata/${base.metadata['table-uuid']}`) }),
  };
  const commit = commitSnapshot(current, change, uri);
  const sealed = await Promise.all(commit.files.map((file) => sealBytes(files, { kind: 'metadata', ...file })));
  await keepTable(tables, commit.name, commit.metadata);
  return { name: commit.name, metadata: commit.metadata, snapshotId: change.snapshotId, files: sealed.map(({ name }) => name) };
}

/** Writes a version of a table that adds no snapshot, as after `expireSnapshots`; returns its name for the table head. */
export async function writeMetadata({ files }: TableFiles, base: Required<TableVersion>, next: TableMetadata): Promise<string> {
  const sealed = await sealBytes(files, { kind: 'metadata', ...headFile(logged({ metadata: base.metadata, uri: files.uri(base.name) }, next)) });
  return sealed.name;
}

async function currentManifests(tables: TableFiles, metadata: TableMetadata, rewrites: boolean): Promise<readonly CurrentManifest[]> {
  const snapshot = findSnapshot(metadata);
  if (snapshot === undefined) return [];
  const listed = await readManifestList(tables, metadata, snapshot);
  if (!needsEntries(rewrites, listed.length)) return listed.map((file) => ({ file }));
  return Promise.all(listed.map(async (file) => ({ file, entries: await readManifest(tables, metadata, file) })));
}
