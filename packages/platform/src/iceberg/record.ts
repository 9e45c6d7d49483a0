import type { AvroRecord } from './avro-file.ts';

/** A field that other writers may leave out, or write as null. */
function optional<T>(read: (record: AvroRecord, name: string) => T) {
  return (record: AvroRecord, name: string): T | undefined => (record[name] === null || record[name] === undefined ? undefined : read(record, name));
}

export function numberOf(record: AvroRecord, name: string): number {
  const value = record[name];
  if (typeof value !== 'number') throw new Error(`its field ${name} is no number`);
  return value;
}

export function textOf(record: AvroRecord, name: string): string {
  const value = record[name];
  if (typeof value !== 'string') throw new Error(`its field ${name} is no text`);
  return value;
}

/** A 64-bit id as decimal text. */
export function idOf(record: AvroRecord, name: string): string {
  const value = record[name];
  if (typeof value !== 'bigint') throw new Error(`its field ${name} is no id`);
  return value.toString();
}

export function recordOf(record: AvroRecord, name: string): AvroRecord {
  const value = record[name];
  if (!isRecord(value)) throw new Error(`its field ${name} is no record`);
  return value;
}

export function isRecord(value: unknown): value is AvroRecord {
  return typeof value === 'object' && value !== null;
}

/** Iceberg's maps with number keys are arrays of records `key`, `value`. */
function mapOf<T>(read: (record: AvroRecord, name: string) => T) {
  return (record: AvroRecord, name: string): ReadonlyMap<number, T> => {
    const entries: unknown = record[name];
    if (!Array.isArray(entries)) throw new Error(`its field ${name} is no map`);
    return new Map(entries.filter(isRecord).map((entry) => [numberOf(entry, 'key'), read(entry, 'value')]));
  };
}

function bytesOf(record: AvroRecord, name: string): Uint8Array {
  const value = record[name];
  if (!(value instanceof Uint8Array)) throw new Error(`its field ${name} is no bytes`);
  return value;
}

export const optionalNumber = optional(numberOf);
export const optionalId = optional(idOf);
export const optionalCounts = optional(mapOf(numberOf));
export const optionalBounds = optional(mapOf(bytesOf));

/** The array of records `key`, `value` that stands for a map; null where there is none. */
export function mapEntries<T>(map: ReadonlyMap<number, T> | undefined) {
  return map === undefined ? null : Array.from(map, ([key, value]) => ({ key, value }));
}

/** The same for bounds; `avsc` writes bytes from a Buffer only. */
export function boundEntries(map: ReadonlyMap<number, Uint8Array> | undefined) {
  return map === undefined ? null : Array.from(map, ([key, value]) => ({ key, value: asBuffer(value) }));
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
