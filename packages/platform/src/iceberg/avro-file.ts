import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import avro from 'avsc';
import { asBuffer } from './record.ts';

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
const blockType = avro.Type.forSchema({
  type: 'record',
  name: 'block',
  fields: [{ name: 'count', type: 'long' }, { name: 'bytes', type: 'bytes' }],
} as avro.Schema);

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

/** An Avro object container file (Avro spec, "Object Container Files"): equal input gives equal bytes. */
export function writeAvroFile(schema: RecordSchema, records: readonly AvroRecord[], extra: Readonly<Record<string, string>>): Uint8Array {
  const type = recordType(schema);
  const body = deflateRawSync(Buffer.concat(records.map((record) => type.toBuffer(record))));
  const header = { 'avro.schema': JSON.stringify(schema), 'avro.codec': 'deflate', ...extra };
  const entries = Object.entries(header).map(([key, value]) => [key, Buffer.from(value, 'utf8')] as const);
  const sync = createHash('sha256').update(JSON.stringify(header)).update(body).digest().subarray(0, SYNC_BYTES);
  const start = [MAGIC, headerType.toBuffer(Object.fromEntries(entries)), sync];
  const block = records.length === 0 ? [] : [blockType.toBuffer({ count: records.length, bytes: body }), sync];
  return Buffer.concat([...start, ...block]);
}

/** Reads an Avro object container file (codecs null, deflate and zstandard); throws an `Error` that says what is wrong with it. */
export function readAvroFile(bytes: Uint8Array): AvroFile {
  const buffer = asBuffer(bytes);
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is no Avro file');
  const { value, offset } = decode(headerType, buffer, MAGIC.length);
  const header = new Map(Object.entries(value).map(([key, text]) => [key, Buffer.isBuffer(text) ? text.toString('utf8') : '']));
  const type = recordType(parseSchema(header.get('avro.schema') ?? ''));
  const codec = header.get('avro.codec') ?? 'null';
  const sync = buffer.subarray(offset, offset + SYNC_BYTES);
  const records: AvroRecord[] = [];
  for (let at = offset + SYNC_BYTES; at < buffer.length; ) {
    const block = decode(blockType, buffer, at);
    const after = block.offset + SYNC_BYTES;
    if (!buffer.subarray(block.offset, after).equals(sync)) throw new Error('a block of it is damaged');
    const { count, bytes: packed } = block.value;
    if (typeof count !== 'number' || !Buffer.isBuffer(packed)) throw new Error('a block of it is damaged');
    readBlock(type, unpack(codec, packed), count, records);
    at = after;
  }
  return { header, records };
}

function readBlock(type: avro.Type, body: Buffer, count: number, records: AvroRecord[]): void {
  // Every record of a manifest takes bytes; without this an empty record schema could loop for ever.
  if (count > body.length) throw new Error('a block of it is damaged');
  let at = 0;
  for (let read = 0; read < count; read += 1) {
    const { value, offset } = decode(type, body, at);
    records.push(value);
    at = offset;
  }
  if (at !== body.length) throw new Error('a block of it is damaged');
}

/** Decodes one value; a negative offset is how `avsc` says that the bytes end too early. */
function decode(type: avro.Type, buffer: Buffer, at: number): { readonly value: AvroRecord; readonly offset: number } {
  const decoded: { value: AvroRecord; offset: number } = type.decode(buffer, at);
  if (decoded.offset < 0) throw new Error('it ends too early');
  return decoded;
}

function unpack(codec: string, packed: Buffer): Buffer {
  const limit = { maxOutputLength: MAX_BLOCK_BYTES };
  if (codec === 'null') return packed;
  if (codec === 'deflate') return inflateRawSync(packed, limit);
  if (codec === 'zstandard') return zstdDecompressSync(packed, limit);
  throw new Error(`its codec ${codec} is not read`);
}

function parseSchema(text: string): RecordSchema {
  const schema = JSON.parse(text) as RecordSchema;
  if (schema.type !== 'record' || !Array.isArray(schema.fields)) throw new Error('its schema is no record');
  return schema;
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
