/** Where decoding stands in a buffer. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export type Decode = (cursor: Cursor) => unknown;

/**
 * The decoder of an Avro schema (Avro spec, "Binary Encoding"), which throws an `Error` at the first byte that cannot be.
 * Not `avsc`: that reads past the end without a word, and a damaged count makes it loop until memory is gone.
 * Longs are numbers, those of fields named `...snapshot_id` bigint.
 */
export function decoderOf(schema: unknown, named: Map<string, Decode> = new Map()): Decode {
  if (typeof schema === 'string') return primitives[schema] ?? ((cursor) => known(named, schema)(cursor));
  if (Array.isArray(schema)) return unionOf(schema.map((branch) => decoderOf(branch, named)));
  if (!isObject(schema)) throw new Error('its schema is none');
  switch (schema['type']) {
    case 'record':
      return recordOf(schema, named);
    case 'array':
      return arrayOf(decoderOf(schema['items'], named));
    case 'map':
      return mapOf(decoderOf(schema['values'], named));
    case 'fixed':
      return name(schema, named, (cursor) => take(cursor, Number(schema['size'])));
    case 'enum':
      return name(schema, named, primitives['int']);
    default:
      return decoderOf(schema['type'], named);
  }
}

/** A length-prefixed map of bytes, as the header of a file. */
export const decodeHeader: (cursor: Cursor) => ReadonlyMap<string, Buffer> = (cursor) => {
  const entries = new Map<string, Buffer>();
  eachItem(cursor, () => entries.set(readBytes(cursor).toString('utf8'), readBytes(cursor)));
  return entries;
};

export function readNumber(cursor: Cursor): number {
  const value = readVarint(cursor);
  if (typeof value === 'number') return value;
  if (BigInt(Number(value)) !== value || !Number.isSafeInteger(Number(value))) throw new Error('a number in it is too large');
  return Number(value);
}

export function readBytes(cursor: Cursor): Buffer {
  return take(cursor, readNumber(cursor));
}

export function take(cursor: Cursor, length: number): Buffer {
  const start = cursor.at;
  if (!(length >= 0) || start + length > cursor.bytes.length) throw new Error('it ends too early');
  cursor.at = start + length;
  return cursor.bytes.subarray(start, cursor.at);
}

const primitives: Readonly<Record<string, Decode>> = {
  null: () => null,
  boolean: (cursor) => take(cursor, 1)[0] === 1,
  int: readNumber,
  long: readNumber,
  'exact long': (cursor) => BigInt(readVarint(cursor)),
  float: (cursor) => take(cursor, 4).readFloatLE(),
  double: (cursor) => take(cursor, 8).readDoubleLE(),
  bytes: readBytes,
  string: (cursor) => readBytes(cursor).toString('utf8'),
};

/** Zigzag, seven bits a byte, least first: small ones without bigint, which is slow. */
function readVarint(cursor: Cursor): number | bigint {
  let small = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = readByte(cursor);
    small |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (small >>> 1) ^ -(small & 1);
  }
  let wide = BigInt(small);
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = readByte(cursor);
    wide |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, (wide >> 1n) ^ -(wide & 1n));
  }
  throw new Error('a number in it is too long');
}

function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new Error('it ends too early');
  cursor.at += 1;
  return byte;
}

function unionOf(branches: readonly Decode[]): Decode {
  return (cursor) => {
    const branch = branches[readNumber(cursor)];
    if (branch === undefined) throw new Error('a union in it has no such branch');
    return branch(cursor);
  };
}

function arrayOf(item: Decode): Decode {
  return (cursor) => {
    const items: unknown[] = [];
    eachItem(cursor, () => items.push(item(cursor)));
    return items;
  };
}

function mapOf(value: Decode): Decode {
  return (cursor) => {
    const entries: [string, unknown][] = [];
    eachItem(cursor, () => entries.push([readBytes(cursor).toString('utf8'), value(cursor)]));
    return Object.fromEntries(entries);
  };
}

/** Blocks of items until an empty one; a negative count is followed by the block's size in bytes. */
function eachItem(cursor: Cursor, read: () => unknown): void {
  for (let count = readNumber(cursor); count !== 0; count = readNumber(cursor)) {
    if (count < 0) readNumber(cursor);
    // Every item of a manifest takes bytes, so a count beyond what is left is damage.
    if (Math.abs(count) > cursor.bytes.length - cursor.at) throw new Error('it ends too early');
    for (let left = Math.abs(count); left > 0; left -= 1) read();
  }
}

function recordOf(schema: Readonly<Record<string, unknown>>, named: Map<string, Decode>): Decode {
  const fields: (readonly [string, Decode])[] = [];
  const decode = name(schema, named, (cursor) => {
    const record: Record<string, unknown> = Object.create(null);
    for (const [field, read] of fields) record[field] = read(cursor);
    return record;
  });
  for (const field of Array.isArray(schema['fields']) ? schema['fields'].filter(isObject) : []) {
    const called = String(field['name']);
    fields.push([called, decoderOf(called.endsWith('snapshot_id') ? exact(field['type']) : field['type'], named)]);
  }
  return decode;
}

function exact(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(exact);
  return type === 'long' ? 'exact long' : type;
}

function name(schema: Readonly<Record<string, unknown>>, named: Map<string, Decode>, decode: Decode | undefined): Decode {
  const found = decode ?? (() => null);
  named.set(String(schema['name']), found);
  return found;
}

function known(named: ReadonlyMap<string, Decode>, type: string): Decode {
  const found = named.get(type);
  if (found === undefined) throw new Error(`its schema has the unknown type ${type}`);
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
