import { type ThriftList, type ThriftStruct, type ThriftValue, thriftTypes } from './thrift.ts';

/** Encodes a struct; what was decoded from canonical bytes gives the same bytes. */
export function encodeThrift(struct: ThriftStruct): Uint8Array {
  const parts: Uint8Array[] = [];
  let small: number[] = [];
  const out: Writer = {
    byte: (value) => void small.push(value),
    bytes: (value) => {
      parts.push(Uint8Array.from(small), value);
      small = [];
    },
  };
  writeStruct(out, struct);
  return Buffer.concat([...parts, Uint8Array.from(small)]);
}

interface Writer {
  readonly byte: (value: number) => void;
  readonly bytes: (value: Uint8Array) => void;
}

function writeVarint(out: Writer, value: bigint): void {
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) out.byte(Number(rest & 0x7fn) | 0x80);
  out.byte(Number(rest));
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
    out.byte((short ? step << 4 : 0) | typeOf(value));
    if (!short) writeInteger(out, BigInt(id));
    if (value.kind !== 'boolean') writeValue(out, value);
    previous = id;
  }
  out.byte(0);
}

function writeValue(out: Writer, value: ThriftValue): void {
  switch (value.kind) {
    case 'boolean':
      return out.byte(value.value ? thriftTypes.true : thriftTypes.false);
    case 'integer':
      return value.type === thriftTypes.byte ? out.byte(Number(BigInt.asUintN(8, value.value))) : writeInteger(out, value.value);
    case 'bytes':
      if (value.type === thriftTypes.bytes) writeVarint(out, BigInt(value.value.length));
      return out.bytes(value.value);
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
  out.byte(((long ? 15 : items.length) << 4) | element);
  if (long) writeVarint(out, BigInt(items.length));
  for (const item of items) writeValue(out, item);
}
