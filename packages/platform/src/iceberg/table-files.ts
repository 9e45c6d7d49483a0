import { readFile } from 'node:fs/promises';
import { ExternalError, UserError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { hashForName, hashInName } from './metadata-file.ts';
import { createImmutableCache, type ImmutableCache } from './immutable-cache.ts';
import { parseManifest, type ManifestEntry } from './manifest.ts';
import { parseManifestList, type ManifestFile } from './manifest-list.ts';
import type { Snapshot, TableMetadata } from './metadata.ts';
import { addressIn, nameIn } from './name-in.ts';
import type { Table } from './table.ts';

/** As much of `Files` as reading takes. */
export type ReadFiles = Pick<Files, 'open' | 'uri' | 'nameOf'>;

/** Where tables lie, and what was read of them before: their files never change. */
export interface TableFiles<F extends ReadFiles = Files> {
  readonly files: F;
  readonly lists: ImmutableCache<readonly ManifestFile[]>;
  readonly manifests: ImmutableCache<readonly ManifestEntry[]>;
  readonly tables: ImmutableCache<Table>;
}

/** Data files whose entries are kept, and manifests that lists name; one with statistics of 20 columns takes about 10 kB. */
const KEPT_ENTRIES = 10_000;
const KEPT_TABLES = 64;

export function openTableFiles<F extends ReadFiles>(files: F): TableFiles<F> {
  return {
    files,
    lists: createImmutableCache(KEPT_ENTRIES, (manifests) => manifests.length),
    manifests: createImmutableCache(KEPT_ENTRIES, (entries) => entries.length),
    tables: createImmutableCache(KEPT_TABLES, () => 1),
  };
}

/** A metadata file's bytes; an `ExternalError` where it is missing, or where we wrote it and it was changed. */
export async function readWhole(files: ReadFiles, name: string): Promise<Uint8Array> {
  const path = await files.open(name);
  if (path === undefined) throw damaged(name, 'it is missing');
  const bytes = await readFile(path).catch((error: unknown) => {
    throw damaged(name, error instanceof Error ? error.message : String(error), error);
  });
  const hash = hashInName(name);
  if (hash !== undefined && hash !== hashForName(bytes)) throw damaged(name, 'its bytes are not those that were sealed');
  return bytes;
}

/** The manifests of a snapshot. Delete files of outside writers are a `UserError`. */
export async function readManifestList(tables: TableFiles<ReadFiles>, metadata: TableMetadata, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  const uri = snapshot['manifest-list'];
  const manifests = await tables.lists.read(uri, () => readAvro(tables.files, metadata, uri, parseManifestList));
  if (manifests.some((manifest) => manifest.content === 'deletes' && manifest.added.files + manifest.existing.files > 0)) {
    throw new UserError(
      'invalid',
      `Snapshot ${snapshot['snapshot-id']} of ${metadata.location} has delete files, and only whole data files are read.`,
      'Let its writer use copy-on-write, or rewrite its data files.',
    );
  }
  const data = manifests.filter((manifest) => manifest.content === 'data');
  return data.map((manifest) => ({ ...manifest, uri: addressIn(tables.files, metadata, manifest.uri) }));
}

/** The entries of a manifest, from the cache where it was read before. */
export function readManifest(tables: TableFiles<ReadFiles>, metadata: TableMetadata, manifest: ManifestFile): Promise<readonly ManifestEntry[]> {
  const { files } = tables;
  const here = (entry: ManifestEntry) => ({ ...entry, file: { ...entry.file, uri: addressIn(files, metadata, entry.file.uri) } });
  return tables.manifests.read(manifest.uri, () => readAvro(files, metadata, manifest.uri, (bytes) => parseManifest(bytes, manifest).map(here)));
}

async function readAvro<T>(files: ReadFiles, metadata: TableMetadata, uri: string, parse: (bytes: Uint8Array) => T): Promise<T> {
  const name = nameIn(files, metadata, uri);
  if (name === undefined) throw outside(uri);
  const bytes = await readWhole(files, name);
  try {
    return parse(bytes);
  } catch (error) {
    throw damaged(name, error instanceof Error ? error.message : String(error), error);
  }
}

/** A table of an outside writer names a file that is not among ours. */
export function outside(uri: string): UserError {
  return new UserError('invalid', `The table refers to ${uri}, which lies outside the folder of files.`, 'Deliver the table through a build.');
}

function damaged(name: string, why: string, cause?: unknown): ExternalError {
  return new ExternalError(`The table file ${name} cannot be read: ${why}.`, {
    cause,
    hint: 'Restore it from a backup; an older version of the table may still be whole.',
  });
}
