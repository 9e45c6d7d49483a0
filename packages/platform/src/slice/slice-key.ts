import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '@hanse/core/document/document.ts';
import { restrictionKey } from '@hanse/core/restriction/restriction-key.ts';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';

export interface SliceIdentity {
  readonly file: string;
  readonly columns: readonly Column[];
  readonly restriction: Restriction;
  /** The id of the key of keyed hashes; the key itself is in no name. */
  readonly hashKeyId: string;
}

/** Changes when a builder would make other files of the same request. */
const VERSION = 1;

/** What a slice is called: the same wherever it is built. Columns count by id and type, so that a rename keeps slices. */
export function sliceKey({ file, columns, restriction, hashKeyId }: SliceIdentity): string {
  const hashed = restriction.columns.some(({ action }) => action.kind === 'keyed-hash');
  const parts = { version: VERSION, file, restriction: restrictionKey(restriction), hashKey: hashed ? hashKeyId : null, columns: columns.map(columnKey) };
  return `${filePrefix(file)}${sha256(canonicalJson(parts))}`;
}

/** What the keys of all slices of a data file begin with. */
export function filePrefix(file: string): string {
  return `${sha256(file).slice(0, 32)}-`;
}

/** `slice/<ab>/<key>.parquet`. */
export function sliceName(key: string): string {
  return `slice/${placeOf(key)}.parquet`;
}

export function keyOfName(name: string): string {
  return name.slice('slice/ab/'.length, -'.parquet'.length);
}

/** The name to seal under, without kind and extension. */
export function placeOf(key: string): string {
  return `${key.slice(0, 2)}/${key}`;
}

function columnKey({ id, type }: Column): JsonValue {
  return [id, typeKey(type)];
}

function typeKey(type: ColumnType): JsonValue {
  switch (type.kind) {
    case 'decimal':
      return ['decimal', type.precision, type.scale];
    case 'list':
      return ['list', type.elementId, typeKey(type.element)];
    case 'map':
      return ['map', type.keyId, typeKey(type.key), type.valueId, typeKey(type.value)];
    case 'struct':
      return ['struct', type.fields.map(columnKey)];
    default:
      return type.kind;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
