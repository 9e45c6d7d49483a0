import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import avro from 'avsc';
import { decodeHeader, decoderOf, readBytes, readNumber, take, type Cursor, type Decode } from './avro-decode.ts';
import { asBuffer, isRecord } from './record.ts';

export type AvroRecord = Readonly<Record<string, unknown>>;

/** A record schema; what Iceberg adds (`field-id`, `element-id`, `logicalType`) is kept in the file's header. */
export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: unknown; readonly [key: string]: unknown }[];
}

export interface AvroFile {
  readonly header: ReadonlyMap<string, string>;
  readonly records: readonly AvroRecord[];
}

const MAGIC = Buffer.from('Obj\u0001', 'latin1');
const SYNC_BYTES = 16;
/** A block unpacks to no more than this, whatever its writer claims. */
const MAX_BLOCK_BYTES = 1 << 29;

const headerType = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const longType = avro.Type.forSchema('long');
const bytesType = avro.Type.forSchema('bytes');

/** 64-bit numbers that must not be rounded: bigint in records, an Avro long in the file. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer(value: bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (left: bigint, right: bigint) => (left === right ? 0 : left < right ? -1 : 1),
});

/** Gives the bytes of a file with these records and more header entries: equal input, equal bytes. */
export type WriteAvro = (records: readonly AvroRecord[], extra: Readonly<Record<string, string>>) => Uint8Array;

/** Writes Avro object container files (Avro spec, "Object Container Files") of one schema, which is compiled once, when it is needed. */
export function avroWriter(schema: RecordSchema): WriteAvro {
  let type: avro.Type | undefined;
  return (records, extra) => writeAvroFile((type ??= recordType(schema)), schema, records, extra);
}

function writeAvroFile(type: avro.Type, schema: RecordSchema, records: readonly AvroRecord[], extra: Readonly<Record<string, string>>): Uint8Array {
  const body = deflateRawSync(Buffer.concat(records.map((record) => type.toBuffer(record))));
  const header = { 'avro.schema': JSON.stringify(schema), 'avro.codec': 'deflate', ...extra };
  const entries = Object.entries(header).map(([key, value]) => [key, Buffer.from(value, 'utf8')] as const);
  const sync = createHash('sha256').update(JSON.stringify(header)).update(body).digest().subarray(0, SYNC_BYTES);
  const start = [MAGIC, headerType.toBuffer(Object.fromEntries(entries)), sync];
  const block = records.length === 0 ? [] : [longType.toBuffer(records.length), bytesType.toBuffer(body), sync];
  return Buffer.concat([...start, ...block]);
}

/** Reads an Avro object container file (codecs null, deflate and zstandard); throws an `Error` that says what is wrong with it. */
export function readAvroFile(bytes: Uint8Array): AvroFile {
  const cursor: Cursor = { bytes: asBuffer(bytes), at: 0 };
  if (bytes.length < MAGIC.length || !take(cursor, MAGIC.length).equals(MAGIC)) throw new Error('it is no Avro file');
  const header = new Map(Array.from(decodeHeader(cursor), ([key, value]) => [key, value.toString('utf8')] as const));
  const sync = take(cursor, SYNC_BYTES);
  const decode = decoderOf(JSON.parse(header.get('avro.schema') ?? ''));
  const codec = header.get('avro.codec') ?? 'null';
  const records: AvroRecord[] = [];
  while (cursor.at < bytes.length) {
    const count = readNumber(cursor);
    const body: Cursor = { bytes: unpack(codec, readBytes(cursor)), at: 0 };
    if (!take(cursor, SYNC_BYTES).equals(sync)) throw new Error('a block of it is damaged');
    readBlock(decode, body, count, records);
  }
  return { header, records };
}

function readBlock(decode: Decode, body: Cursor, count: number, records: AvroRecord[]): void {
  // Every record of a manifest takes bytes; without this an empty record schema could loop for ever.
  if (count > body.bytes.length) throw new Error('a block of it is damaged');
  for (let read = 0; read < count; read += 1) {
    const record = decode(body);
    if (!isRecord(record)) throw new Error('its schema is no record');
    records.push(record);
  }
  if (body.at !== body.bytes.length) throw new Error('a block of it is damaged');
}

function unpack(codec: string, packed: Buffer): Buffer {
  const limit = { maxOutputLength: MAX_BLOCK_BYTES };
  if (codec === 'null') return packed;
  if (codec === 'deflate') return inflateRawSync(packed, limit);
  if (codec === 'zstandard') return zstdDecompressSync(packed, limit);
  throw new Error(`its codec ${codec} is not read`);
}

/** Fields named `...snapshot_id` are exact, all other longs are counts and sizes. */
function recordType(schema: RecordSchema): avro.Type {
  const fields = schema.fields.map((field) => (field.name.endsWith('snapshot_id') ? { ...field, type: exact(field.type) } : field));
  return avro.Type.forSchema({ ...schema, fields } as avro.Schema, {
    omitRecordMethods: true,
    typeHook: (part) => (typeof part === 'object' && 'exact' in part ? exactLong : undefined),
  });
}

function exact(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(exact);
  return type === 'long' ? { type: 'long', exact: true } : type;
}
