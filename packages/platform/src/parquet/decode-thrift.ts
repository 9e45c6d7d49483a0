import { ExternalError } from '../error.ts';
import { type ThriftList, type ThriftStruct, type ThriftValue, thriftTypes } from './thrift.ts';

/** Decodes one struct that fills the bytes. Throws `ExternalError` where they are no such struct (or hold a map, which Parquet has none of). */
export function decodeThrift(bytes: Uint8Array): ThriftStruct {
  const reader = { bytes, at: 0, depth: 0 };
  const struct = readStruct(reader);
  return reader.at === bytes.length ? struct : malformed();
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  depth: number;
}

function malformed(): never {
  throw new ExternalError('A Parquet footer is malformed.');
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at] ?? malformed();
  reader.at += 1;
  return byte;
}

/** Almost all integers of a footer are short, and BigInt arithmetic is slow. */
const NUMBER_BITS = 49;

function readVarint(reader: Reader): bigint {
  let low = 0;
  for (let bits = 0; bits < NUMBER_BITS; bits += 7) {
    const byte = readByte(reader);
    low += (byte & 0x7f) * 2 ** bits;
    if (byte < 0x80) return BigInt(low);
  }
  let value = BigInt(low);
  for (let bits = NUMBER_BITS; bits < 70; bits += 7) {
    const byte = readByte(reader);
    value |= BigInt(byte & 0x7f) << BigInt(bits);
    if (byte < 0x80) return value;
  }
  return malformed();
}

function readInteger(reader: Reader): bigint {
  const zigzag = readVarint(reader);
  return (zigzag >> 1n) ^ -(zigzag & 1n);
}

function readBytes(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (end > reader.bytes.length) malformed();
  const value = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return value;
}

function readStruct(reader: Reader): ThriftStruct {
  const fields = new Map<number, ThriftValue>();
  let id = 0;
  for (let header = readByte(reader); header !== 0; header = readByte(reader)) {
    const type = header & 0x0f;
    const step = header >> 4;
    id = step === 0 ? Number(readInteger(reader)) : id + step;
    fields.set(id, type === thriftTypes.true || type === thriftTypes.false ? { kind: 'boolean', value: type === thriftTypes.true } : readValue(reader, type));
  }
  return { kind: 'struct', fields };
}

function readValue(reader: Reader, type: number): ThriftValue {
  switch (type) {
    case thriftTypes.true:
    case thriftTypes.false:
      return { kind: 'boolean', value: readByte(reader) === thriftTypes.true };
    case thriftTypes.byte:
      return { kind: 'integer', type, value: BigInt.asIntN(8, BigInt(readByte(reader))) };
    case 4:
    case 5:
    case 6:
      return { kind: 'integer', type, value: readInteger(reader) };
    case thriftTypes.double:
      return { kind: 'bytes', type, value: readBytes(reader, 8) };
    case thriftTypes.bytes:
      return { kind: 'bytes', type, value: readBytes(reader, Number(readVarint(reader))) };
    case 9:
    case 10:
      return nested(reader, () => readList(reader, type));
    case thriftTypes.struct:
      return nested(reader, () => readStruct(reader));
    default:
      return malformed();
  }
}

/** Deeper than any footer is, shallower than the stack. */
const MAX_DEPTH = 64;

function nested<T>(reader: Reader, read: () => T): T {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) malformed();
  const value = read();
  reader.depth -= 1;
  return value;
}

function readList(reader: Reader, type: 9 | 10): ThriftList {
  const header = readByte(reader);
  const length = header >> 4 === 15 ? Number(readVarint(reader)) : header >> 4;
  if (length > reader.bytes.length) malformed();
  const element = header & 0x0f;
  return { kind: 'list', type, element, items: Array.from({ length }, () => readValue(reader, element)) };
}
