import { avroWriter, readAvroFile, type AvroRecord } from './avro-file.ts';
import { manifestEntrySchema } from './avro-schema.ts';
import type { SchemaJson } from './schema.ts';
import { boundEntries, mapEntries, numberOf, optionalBounds, optionalCounts, optionalId, optionalNumber, recordOf, textOf } from './record.ts';

/** A data file as a manifest describes it; bounds are single-value binary by field id. */
export interface FileEntry {
  readonly uri: string;
  readonly format: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columnBytes: ReadonlyMap<number, number> | undefined;
  readonly values: ReadonlyMap<number, number> | undefined;
  readonly nulls: ReadonlyMap<number, number> | undefined;
  readonly nans: ReadonlyMap<number, number> | undefined;
  readonly lower: ReadonlyMap<number, Uint8Array> | undefined;
  readonly upper: ReadonlyMap<number, Uint8Array> | undefined;
}

export type EntryStatus = 'existing' | 'added' | 'deleted';

/** One entry of a manifest, its numbers inherited where the writer left them out (table spec, "Sequence Number Inheritance"). */
export interface ManifestEntry {
  readonly status: EntryStatus;
  readonly snapshotId: string;
  readonly sequence: number;
  readonly fileSequence: number;
  readonly file: FileEntry;
}

/** What an entry without numbers of its own takes from the manifest list. */
export interface Inherited {
  readonly snapshotId: string;
  readonly sequence: number;
}

const writeEntries = avroWriter(manifestEntrySchema);
const statuses: readonly EntryStatus[] = ['existing', 'added', 'deleted'];

/** Encodes a manifest of an unpartitioned table. Added entries leave their sequence number to be inherited. */
export function formatManifest(entries: readonly ManifestEntry[], schema: SchemaJson, specId: number): Uint8Array {
  return writeEntries(entries.map(formatEntry), {
    schema: JSON.stringify(schema),
    'schema-id': String(schema['schema-id']),
    'partition-spec': '[]',
    'partition-spec-id': String(specId),
    'format-version': '2',
    content: 'data',
  });
}

/** Decodes a manifest of any writer; throws an `Error` that says what is wrong with it. */
export function parseManifest(bytes: Uint8Array, inherited: Inherited): readonly ManifestEntry[] {
  return readAvroFile(bytes).records.map((record) => parseEntry(record, inherited));
}

function formatEntry({ status, snapshotId, sequence, fileSequence, file }: ManifestEntry): AvroRecord {
  const own = status !== 'added';
  return {
    status: statuses.indexOf(status),
    snapshot_id: BigInt(snapshotId),
    sequence_number: own ? sequence : null,
    file_sequence_number: own ? fileSequence : null,
    data_file: formatFile(file),
  };
}

function formatFile(file: FileEntry): AvroRecord {
  return {
    content: 0,
    file_path: file.uri,
    file_format: file.format,
    partition: {},
    record_count: file.rows,
    file_size_in_bytes: file.bytes,
    column_sizes: mapEntries(file.columnBytes),
    value_counts: mapEntries(file.values),
    null_value_counts: mapEntries(file.nulls),
    nan_value_counts: mapEntries(file.nans),
    lower_bounds: boundEntries(file.lower),
    upper_bounds: boundEntries(file.upper),
    key_metadata: null,
    split_offsets: null,
    equality_ids: null,
    sort_order_id: null,
  };
}

function parseEntry(record: AvroRecord, inherited: Inherited): ManifestEntry {
  const status = statuses[numberOf(record, 'status')];
  if (status === undefined) throw new Error(`its entry has the status ${String(record['status'])}`);
  return {
    status,
    snapshotId: optionalId(record, 'snapshot_id') ?? inherited.snapshotId,
    sequence: optionalNumber(record, 'sequence_number') ?? inherited.sequence,
    fileSequence: optionalNumber(record, 'file_sequence_number') ?? inherited.sequence,
    file: parseFile(recordOf(record, 'data_file')),
  };
}

function parseFile(record: AvroRecord): FileEntry {
  return {
    uri: textOf(record, 'file_path'),
    format: textOf(record, 'file_format'),
    rows: numberOf(record, 'record_count'),
    bytes: numberOf(record, 'file_size_in_bytes'),
    columnBytes: optionalCounts(record, 'column_sizes'),
    values: optionalCounts(record, 'value_counts'),
    nulls: optionalCounts(record, 'null_value_counts'),
    nans: optionalCounts(record, 'nan_value_counts'),
    lower: optionalBounds(record, 'lower_bounds'),
    upper: optionalBounds(record, 'upper_bounds'),
  };
}
