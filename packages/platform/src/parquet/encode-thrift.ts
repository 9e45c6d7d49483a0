import { type ThriftList, type ThriftStruct, type ThriftValue, thriftTypes } from './thrift.ts';

/** Encodes a struct; what was decoded from canonical bytes gives the same bytes. */
export function encodeThrift(struct: ThriftStruct): Uint8Array {
  const out: Writer = { bytes: Buffer.allocUnsafe(FIRST_BYTES), at: 0 };
  writeStruct(out, struct);
  return out.bytes.subarray(0, out.at);
}

const FIRST_BYTES = 16 * 1024;

interface Writer {
  bytes: Buffer;
  at: number;
}

function makeRoom(out: Writer, length: number): void {
  if (out.at + length <= out.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(2 * out.bytes.length, out.at + length));
  larger.set(out.bytes.subarray(0, out.at));
  out.bytes = larger;
}

function writeByte(out: Writer, value: number): void {
  makeRoom(out, 1);
  out.bytes[out.at] = value;
  out.at += 1;
}

function writeBytes(out: Writer, value: Uint8Array): void {
  makeRoom(out, value.length);
  out.bytes.set(value, out.at);
  out.at += value.length;
}

const LARGEST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** Numbers as soon as they do: BigInt arithmetic is slow. */
function writeVarint(out: Writer, value: bigint): void {
  let large = value;
  for (; large > LARGEST_NUMBER; large >>= 7n) writeByte(out, Number(large & 0x7fn) | 0x80);
  let rest = Number(large);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) writeByte(out, (rest % 0x80) | 0x80);
  writeByte(out, rest);
}

function writeInteger(out: Writer, value: bigint): void {
  writeVarint(out, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
}

function typeOf(value: ThriftValue): number {
  if (value.kind === 'boolean') return value.value ? thriftTypes.true : thriftTypes.false;
  return value.kind === 'struct' ? thriftTypes.struct : value.type;
}

function writeStruct(out: Writer, { fields }: ThriftStruct): void {
  let previous = 0;
  for (const [id, value] of [...fields].toSorted(([a], [b]) => a - b)) {
    const step = id - previous;
    const short = step > 0 && step <= 15;
    writeByte(out, (short ? step << 4 : 0) | typeOf(value));
    if (!short) writeInteger(out, BigInt(id));
    if (value.kind !== 'boolean') writeValue(out, value);
    previous = id;
  }
  writeByte(out, 0);
}

function writeValue(out: Writer, value: ThriftValue): void {
  switch (value.kind) {
    case 'boolean':
      return writeByte(out, value.value ? thriftTypes.true : thriftTypes.false);
    case 'integer':
      return value.type === thriftTypes.byte ? writeByte(out, Number(BigInt.asUintN(8, value.value))) : writeInteger(out, value.value);
    case 'bytes':
      if (value.type === thriftTypes.bytes) writeVarint(out, BigInt(value.value.length));
      return writeBytes(out, value.value);
    case 'list':
      return writeList(out, value);
    case 'struct':
      return writeStruct(out, value);
    default:
      return value satisfies never;
  }
}

function writeList(out: Writer, { element, items }: ThriftList): void {
  const long = items.length >= 15;
  writeByte(out, ((long ? 15 : items.length) << 4) | element);
  if (long) writeVarint(out, BigInt(items.length));
  for (const item of items) writeValue(out, item);
}
