import { UserError } from '../error.ts';
import type { SchemaJson } from './schema.ts';

declare global {
  interface JSON {
    /** A value that `JSON.stringify` writes as this text (ECMAScript 2026). */
    rawJSON(text: string): unknown;
  }
}

/**
 * Table metadata of Iceberg's format version 2 (table spec, "Table Metadata Fields"). Snapshot ids are decimal text here
 * and numbers in the file: they have 64 bits. Keys that are not named here are kept as read.
 */
export interface TableMetadata {
  readonly 'format-version': 2;
  readonly 'table-uuid': string;
  readonly location: string;
  readonly 'last-sequence-number': number;
  readonly 'last-updated-ms': number;
  readonly 'last-column-id': number;
  readonly schemas: readonly SchemaJson[];
  readonly 'current-schema-id': number;
  readonly 'partition-specs': readonly PartitionSpec[];
  readonly 'default-spec-id': number;
  readonly 'last-partition-id': number;
  readonly 'sort-orders': readonly { readonly 'order-id': number; readonly fields: readonly unknown[] }[];
  readonly 'default-sort-order-id': number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly 'current-snapshot-id'?: string | null;
  readonly snapshots?: readonly Snapshot[];
  readonly 'snapshot-log'?: readonly { readonly 'snapshot-id': string; readonly 'timestamp-ms': number }[];
  readonly 'metadata-log'?: readonly { readonly 'metadata-file': string; readonly 'timestamp-ms': number }[];
  readonly refs?: Readonly<Record<string, { readonly 'snapshot-id': string; readonly type: 'branch' | 'tag' }>>;
}

export interface PartitionSpec {
  readonly 'spec-id': number;
  readonly fields: readonly unknown[];
}

export interface Snapshot {
  readonly 'snapshot-id': string;
  readonly 'parent-snapshot-id'?: string;
  readonly 'sequence-number': number;
  readonly 'timestamp-ms': number;
  readonly 'manifest-list': string;
  readonly summary: Readonly<Record<string, string>>;
  readonly 'schema-id'?: number;
}

const required = {
  'table-uuid': 'string',
  location: 'string',
  'last-sequence-number': 'number',
  'last-updated-ms': 'number',
  'last-column-id': 'number',
  schemas: 'array',
  'current-schema-id': 'number',
  'partition-specs': 'array',
  'default-spec-id': 'number',
  'last-partition-id': 'number',
  'sort-orders': 'array',
  'default-sort-order-id': 'number',
} as const;

/** Parses table metadata that is named `where` in messages; a `UserError` where it is not format version 2. */
export function parseMetadata(text: string, where: string): TableMetadata {
  const parsed = parseJson(text, where);
  const version = parsed['format-version'];
  if (version !== 2) throw unreadable(where, `its format version is ${String(version)}, and only 2 is read`);
  for (const [key, kind] of Object.entries(required)) {
    const value = parsed[key];
    if ((Array.isArray(value) ? 'array' : typeof value) !== kind) throw unreadable(where, `${key} is missing or no ${kind}`);
  }
  const metadata = parsed as unknown as TableMetadata;
  const { schemas, 'current-schema-id': current } = metadata;
  if (!schemas.some((schema) => schema['schema-id'] === current)) throw unreadable(where, `it has no schema ${current}, its current one`);
  return metadata;
}

/** The file's text of table metadata. `parseMetadata` is its inverse. */
export function formatMetadata(metadata: TableMetadata): string {
  return JSON.stringify(metadata, (key, value: unknown) =>
    isSnapshotId(key) && typeof value === 'string' && /^-?\d+$/.test(value) ? JSON.rawJSON(value) : value,
  );
}

function parseJson(text: string, where: string): Record<string, unknown> {
  try {
    const reviver = (key: string, value: unknown, context?: { readonly source?: string }) =>
      isSnapshotId(key) && typeof value === 'number' ? (context?.source ?? String(value)) : value;
    const parsed: unknown = JSON.parse(text, reviver);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch (error) {
    throw unreadable(where, error instanceof Error ? error.message : 'it is no JSON');
  }
}

function isSnapshotId(key: string): boolean {
  return key === 'snapshot-id' || key === 'parent-snapshot-id' || key === 'current-snapshot-id';
}

function unreadable(where: string, why: string): UserError {
  return new UserError('invalid', `${where} is no readable Iceberg table: ${why}.`, 'Write the table as Iceberg format version 2.');
}

/** The snapshot of that id, or the current one; undefined where there is none. */
export function findSnapshot(metadata: TableMetadata, id?: string): Snapshot | undefined {
  const wanted = id ?? metadata['current-snapshot-id'];
  return metadata.snapshots?.find((snapshot) => snapshot['snapshot-id'] === wanted);
}

/** The schema that a snapshot was written with; the current one without a snapshot. */
export function schemaOf(metadata: TableMetadata, snapshot?: Snapshot): SchemaJson {
  const id = snapshot?.['schema-id'] ?? metadata['current-schema-id'];
  const found = metadata.schemas.find((schema) => schema['schema-id'] === id);
  if (found === undefined) throw unreadable(`The table ${metadata['table-uuid']}`, `it has no schema ${id}`);
  return found;
}
