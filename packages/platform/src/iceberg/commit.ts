import { createHash } from 'node:crypto';
import type { Column } from '@hanse/core/table/column.ts';
import { checkChange } from './check-change.ts';
import { fileEntry, type NewDataFile } from './data-file.ts';
import { evolveSchema } from './evolve-schema.ts';
import { formatManifest, type EntryStatus, type ManifestEntry } from './manifest.ts';
import { formatManifestList, type Counted, type ManifestFile } from './manifest-list.ts';
import { headFile, metadataFile, placeOf, type MetadataFile } from './metadata-file.ts';
import { findSnapshot, schemaOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { formatNameMapping, NAME_MAPPING } from './name-mapping.ts';
import { planManifests, type CurrentManifest } from './plan-manifests.ts';
import { parseFields } from './schema.ts';
import { summarise } from './summarise.ts';

export interface Change {
  /** `append` adds files; `replace` keeps the rows and changes the files; `delete` removes files; `overwrite` does both. */
  readonly kind: 'append' | 'overwrite' | 'replace' | 'delete';
  readonly added: readonly NewDataFile[];
  /** Names of the data files that go; each takes all its entries with it. */
  readonly removed: readonly string[] | 'all';
  /** Decimal text below 2^63, unused in this table: `snapshotIdOf` makes one. */
  readonly snapshotId: string;
  /** ISO 8601 in UTC. A clock that went back does not take the table's time back. */
  readonly at: string;
  /** Keys of ours for the snapshot's summary: `hanse.run-id`, `hanse.contract-version`. */
  readonly summary?: Readonly<Record<string, string>>;
  /** The columns from this commit on; those of the table where absent. */
  readonly columns?: readonly Column[];
  /** Table properties to set. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface CurrentTable {
  readonly metadata: TableMetadata;
  /** The address of the file that holds `metadata`; absent for a new table. */
  readonly uri?: string;
  readonly manifests: readonly CurrentManifest[];
  /** The folder that the table's files were moved to: all manifests are written anew, for readers who follow addresses. */
  readonly movedTo?: string;
}

export interface Commit {
  readonly metadata: TableMetadata;
  /** The name of the metadata file once it is sealed. */
  readonly name: string;
  /** Manifests, manifest list and metadata file. */
  readonly files: readonly MetadataFile[];
}

/** Metadata files that the log of a table names. */
const LOGGED = 20;

/** A snapshot id that the same seed always gives: a retry of a run names the snapshot that it may have committed before. */
export function snapshotIdOf(seed: string): string {
  const id = createHash('sha256').update(seed).digest().readBigUInt64BE() >> 11n;
  return (id === 0n ? 1n : id).toString();
}

/**
 * The next version of a table (Iceberg table spec, "Snapshots" and "Sequence Numbers"), as data: nothing is written. `uri`
 * gives the absolute address of a file by its name. Equal input gives equal bytes and names.
 */
export function commitSnapshot(base: CurrentTable, change: Change, uri: (name: string) => string): Commit {
  checkChange(base, change, uri);
  const isRemoved = removes(change, uri);
  const metadata = withSchema(base, change, isRemoved);
  const sequence = metadata['last-sequence-number'] + 1;
  const columns = parseFields(schemaOf(metadata).fields);
  const added = change.added.map((file) => fileEntry(file, uri(file.name), columns));
  const plan = planManifests(base.manifests, added, isRemoved, {
    snapshotId: change.snapshotId,
    sequence,
    mergeAll: base.movedTo !== undefined,
  });
  const manifests = plan.written.map((entries) => manifestOf(entries, { metadata, snapshotId: change.snapshotId, sequence, uri }));
  const parent = findSnapshot(metadata);
  const listed = [...manifests.map((manifest) => manifest.listed), ...plan.kept];
  const ids = { id: change.snapshotId, parentId: parent?.['snapshot-id'], sequence };
  const list = metadataFile(metadata, `snap-${change.snapshotId}`, 'avro', formatManifestList(listed, ids));
  const next = addSnapshot(base, metadata, {
    'snapshot-id': change.snapshotId,
    ...(parent !== undefined && { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': sequence,
    'timestamp-ms': Math.max(Date.parse(change.at), metadata['last-updated-ms']),
    'manifest-list': uri(placeOf(list)),
    summary: { ...change.summary, operation: change.kind, ...summarise(parent, plan) },
    'schema-id': metadata['current-schema-id'],
  });
  const head = headFile(next);
  return { metadata: next, name: placeOf(head), files: [...manifests.map((manifest) => manifest.file), list, head] };
}

function removes({ removed }: Change, uri: (name: string) => string): (at: string) => boolean {
  if (removed === 'all') return () => true;
  const gone = new Set(removed.map(uri));
  return (at) => gone.has(at);
}

function withSchema({ metadata, manifests }: CurrentTable, { columns, properties }: Change, isRemoved: (at: string) => boolean): TableMetadata {
  const kept = manifests.some(
    ({ file, entries }) =>
      file.added.files + file.existing.files > 0 && (entries?.some((entry) => entry.status !== 'deleted' && !isRemoved(entry.file.uri)) ?? true),
  );
  const evolved = columns === undefined ? metadata : evolveSchema(metadata, columns, kept);
  const set = { ...evolved.properties, ...properties };
  const mapping = set[NAME_MAPPING];
  const renamed = columns === undefined || mapping === undefined ? {} : { [NAME_MAPPING]: formatNameMapping(columns, mapping) };
  return { ...evolved, properties: { ...set, ...renamed } };
}

function addSnapshot(base: CurrentTable, metadata: TableMetadata, snapshot: Snapshot): TableMetadata {
  const at = { 'snapshot-id': snapshot['snapshot-id'], 'timestamp-ms': snapshot['timestamp-ms'] };
  return {
    ...logged(base, metadata),
    location: base.movedTo ?? metadata.location,
    'last-sequence-number': snapshot['sequence-number'],
    'last-updated-ms': snapshot['timestamp-ms'],
    'current-snapshot-id': snapshot['snapshot-id'],
    snapshots: [...(metadata.snapshots ?? []), snapshot],
    'snapshot-log': [...(metadata['snapshot-log'] ?? []), at],
    refs: { ...metadata.refs, main: { 'snapshot-id': snapshot['snapshot-id'], type: 'branch' } },
  };
}

/** `next` with the file of the version before it in its log (Iceberg table spec, "Metadata log"), which is bounded. */
export function logged(base: Pick<CurrentTable, 'metadata' | 'uri'>, next: TableMetadata): TableMetadata {
  if (base.uri === undefined) return next;
  const before = { 'metadata-file': base.uri, 'timestamp-ms': base.metadata['last-updated-ms'] };
  return { ...next, 'metadata-log': [...(next['metadata-log'] ?? []), before].slice(-LOGGED) };
}

interface CommitContext {
  readonly metadata: TableMetadata;
  readonly snapshotId: string;
  readonly sequence: number;
  readonly uri: (name: string) => string;
}

function manifestOf(entries: readonly ManifestEntry[], { metadata, snapshotId, sequence, uri }: CommitContext) {
  const specId = metadata['default-spec-id'];
  const file = metadataFile(metadata, 'manifest', 'avro', formatManifest(entries, schemaOf(metadata), specId));
  const listed: ManifestFile = {
    uri: uri(placeOf(file)),
    bytes: file.bytes.length,
    specId,
    content: 'data',
    sequence,
    minSequence: entries.reduce((least, entry) => Math.min(least, entry.sequence), sequence),
    snapshotId,
    added: count(entries, 'added'),
    existing: count(entries, 'existing'),
    deleted: count(entries, 'deleted'),
  };
  return { file, listed };
}

function count(entries: readonly ManifestEntry[], status: EntryStatus): Counted {
  const counted = entries.filter((entry) => entry.status === status);
  return { files: counted.length, rows: counted.reduce((sum, entry) => sum + entry.file.rows, 0) };
}
