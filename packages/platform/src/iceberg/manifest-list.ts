import { avroWriter, readAvroFile, type AvroRecord } from './avro-file.ts';
import { manifestFileSchema } from './avro-schema.ts';
import { idOf, numberOf, optionalNumber, textOf } from './record.ts';

/** A manifest as the manifest list of a snapshot describes it. */
export interface ManifestFile {
  readonly uri: string;
  readonly bytes: number;
  readonly specId: number;
  readonly content: 'data' | 'deletes';
  readonly sequence: number;
  readonly minSequence: number;
  readonly snapshotId: string;
  readonly added: Counted;
  readonly existing: Counted;
  readonly deleted: Counted;
}

export interface Counted {
  readonly files: number;
  readonly rows: number;
}

const writeFiles = avroWriter(manifestFileSchema);

/** Encodes the manifest list of a snapshot. */
export function formatManifestList(
  manifests: readonly ManifestFile[],
  snapshot: { readonly id: string; readonly parentId: string | undefined; readonly sequence: number },
): Uint8Array {
  return writeFiles(manifests.map(formatManifestFile), {
    'snapshot-id': snapshot.id,
    'parent-snapshot-id': snapshot.parentId ?? 'null',
    'sequence-number': String(snapshot.sequence),
    'format-version': '2',
  });
}

/** Decodes a manifest list of any writer; throws an `Error` that says what is wrong with it. */
export function parseManifestList(bytes: Uint8Array): readonly ManifestFile[] {
  return readAvroFile(bytes).records.map(parseManifestFile);
}

function formatManifestFile(manifest: ManifestFile): AvroRecord {
  return {
    manifest_path: manifest.uri,
    manifest_length: manifest.bytes,
    partition_spec_id: manifest.specId,
    content: manifest.content === 'data' ? 0 : 1,
    sequence_number: manifest.sequence,
    min_sequence_number: manifest.minSequence,
    added_snapshot_id: BigInt(manifest.snapshotId),
    added_files_count: manifest.added.files,
    existing_files_count: manifest.existing.files,
    deleted_files_count: manifest.deleted.files,
    added_rows_count: manifest.added.rows,
    existing_rows_count: manifest.existing.rows,
    deleted_rows_count: manifest.deleted.rows,
    partitions: null,
    key_metadata: null,
  };
}

function parseManifestFile(record: AvroRecord): ManifestFile {
  const sequence = optionalNumber(record, 'sequence_number') ?? 0;
  return {
    uri: textOf(record, 'manifest_path'),
    bytes: numberOf(record, 'manifest_length'),
    specId: numberOf(record, 'partition_spec_id'),
    content: optionalNumber(record, 'content') === 1 ? 'deletes' : 'data',
    sequence,
    minSequence: optionalNumber(record, 'min_sequence_number') ?? sequence,
    snapshotId: idOf(record, 'added_snapshot_id'),
    added: counted(record, 'added'),
    existing: counted(record, 'existing'),
    deleted: counted(record, 'deleted'),
  };
}

/** Older PyIceberg calls the counts of files `added_data_files_count`. */
function counted(record: AvroRecord, kind: string): Counted {
  const files = optionalNumber(record, `${kind}_files_count`) ?? optionalNumber(record, `${kind}_data_files_count`) ?? 0;
  return { files, rows: optionalNumber(record, `${kind}_rows_count`) ?? 0 };
}
