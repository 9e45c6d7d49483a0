import { createHash } from 'node:crypto';
import { formatMetadata, type TableMetadata } from './metadata.ts';

/** A metadata file to be written: name without kind and extension, as `Files.seal` takes it. */
export interface MetadataFile {
  readonly name: string;
  readonly extension: string;
  readonly bytes: Uint8Array;
}

/** A file in a table's folder, `<table uuid>/<prefix>-<hash>`: equal bytes have equal names. */
export function metadataFile(table: TableMetadata, prefix: string, extension: string, bytes: Uint8Array): MetadataFile {
  return { name: `${table['table-uuid']}/${prefix}-${hashForName(bytes)}`, extension, bytes };
}

/** The file of a version of a table. */
export function headFile(metadata: TableMetadata): MetadataFile {
  const version = String(metadata['last-sequence-number']).padStart(5, '0');
  return metadataFile(metadata, version, 'metadata.json', Buffer.from(formatMetadata(metadata), 'utf8'));
}

/** The name that a metadata file has once it is sealed. */
export function placeOf(file: MetadataFile): string {
  return `metadata/${file.name}.${file.extension}`;
}

/** The first half of the SHA-256, in hex. */
export function hashForName(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** The hash in the name of a file that we wrote; undefined for a file of another writer. */
export function hashInName(name: string): string | undefined {
  return /^metadata\/[^/]+\/(?:manifest|snap-\d+|\d{5,})-([0-9a-f]{32})\.(?:avro|metadata\.json)$/.exec(name)?.[1];
}
