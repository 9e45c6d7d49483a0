import type { ColumnType } from '@hanse/core/table/column.ts';
import { asBuffer } from './record.ts';
import { formatDate, formatMicros, formatTimestamp, parseDate, parseMicros, parseTimestamp } from './time-text.ts';

/** Longer string and binary bounds are cut to this many code points or bytes, as Iceberg's `truncate(16)` metrics mode does. */
const KEPT = 16;

/**
 * A column's bound as Iceberg's single-value binary (table spec, Appendix D) from the engine's text of the value.
 * Undefined where the text has no such value (infinity of a date) or no bound this short exists.
 */
export function encodeBound(type: ColumnType, text: string, side: 'lower' | 'upper'): Uint8Array | undefined {
  switch (type.kind) {
    case 'boolean':
      return encodeBoolean(text);
    case 'int':
      return encodeInteger(text, 4);
    case 'long':
      return encodeInteger(text, 8);
    case 'float':
    case 'double':
      return encodeFloat(text, type.kind, side);
    case 'decimal':
      return encodeDecimal(text, type.scale);
    case 'date':
      return integerBytes(parseDate(text), 4);
    case 'time':
      return integerBytes(parseMicros(text), 8);
    case 'timestamp':
    case 'timestamptz':
      return integerBytes(parseTimestamp(text), 8);
    case 'string':
      return encodeString(text, side);
    case 'uuid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
    case 'binary':
      return encodeBinary(text, side);
    default:
      return undefined;
  }
}

/** The value of a bound as text: numbers in decimal, times as ISO 8601 with a space, binary as hex. */
export function decodeBound(type: ColumnType, bytes: Uint8Array): string | undefined {
  const buffer = asBuffer(bytes);
  switch (type.kind) {
    case 'boolean':
      return buffer.length === 1 ? String(buffer[0] !== 0) : undefined;
    case 'int':
    case 'long':
      return readInteger(buffer)?.toString();
    case 'float':
    case 'double':
      return readFloat(buffer);
    case 'decimal':
      return formatDecimal(readBigEndian(buffer), type.scale);
    case 'date':
      return mapped(readInteger(buffer), formatDate);
    case 'time':
      return mapped(readInteger(buffer), formatMicros);
    case 'timestamp':
      return mapped(readInteger(buffer), formatTimestamp);
    case 'timestamptz':
      return mapped(readInteger(buffer), (micros) => `${formatTimestamp(micros)}+00`);
    case 'string':
      return buffer.toString('utf8');
    case 'uuid':
      return buffer.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case 'binary':
      return buffer.toString('hex').toUpperCase();
    default:
      return undefined;
  }
}

function mapped(value: bigint | undefined, format: (value: bigint) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

function encodeBoolean(text: string): Uint8Array | undefined {
  if (text === 'true' || text === '1') return Uint8Array.of(1);
  return text === 'false' || text === '0' ? Uint8Array.of(0) : undefined;
}

function encodeInteger(text: string, width: 4 | 8): Uint8Array | undefined {
  return /^-?\d+$/.test(text) ? integerBytes(BigInt(text), width) : undefined;
}

function integerBytes(value: bigint | undefined, width: 4 | 8): Uint8Array | undefined {
  if (value === undefined || BigInt.asIntN(width * 8, value) !== value) return undefined;
  const bytes = Buffer.alloc(width);
  if (width === 4) bytes.writeInt32LE(Number(value));
  else bytes.writeBigInt64LE(value);
  return bytes;
}

/** Promotion leaves the bounds of older files as they were, so the width says the type. */
function readInteger(buffer: Buffer): bigint | undefined {
  if (buffer.length === 4) return BigInt(buffer.readInt32LE());
  return buffer.length === 8 ? buffer.readBigInt64LE() : undefined;
}

function readFloat(buffer: Buffer): string | undefined {
  if (buffer.length !== 4 && buffer.length !== 8) return undefined;
  const value = buffer.length === 4 ? buffer.readFloatLE() : buffer.readDoubleLE();
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

/** A zero may stand for either sign, and -0.0 sorts before 0.0: the lower bound takes the one, the upper the other. */
function encodeFloat(text: string, kind: 'float' | 'double', side: 'lower' | 'upper'): Uint8Array | undefined {
  const value = text === 'inf' ? Infinity : text === '-inf' ? -Infinity : text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) return undefined;
  const signed = value === 0 ? (side === 'lower' ? -0 : 0) : value;
  const bytes = Buffer.alloc(kind === 'float' ? 4 : 8);
  if (kind === 'float') bytes.writeFloatLE(signed);
  else bytes.writeDoubleLE(signed);
  return bytes;
}

function encodeDecimal(text: string, scale: number): Uint8Array | undefined {
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined || whole + fraction === '' || fraction.length > scale) return undefined;
  const unscaled = BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  return bigEndian(sign === '-' ? -unscaled : unscaled);
}

/** The shortest two's complement, most significant byte first. */
function bigEndian(value: bigint): Uint8Array {
  let width = 1;
  while (BigInt.asIntN(width * 8, value) !== value) width += 1;
  return Buffer.from(
    BigInt.asUintN(width * 8, value)
      .toString(16)
      .padStart(width * 2, '0'),
    'hex',
  );
}

function readBigEndian(buffer: Buffer): bigint {
  return buffer.length === 0 ? 0n : BigInt.asIntN(buffer.length * 8, BigInt(`0x${buffer.toString('hex')}`));
}

function formatDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
}

function encodeString(text: string, side: 'lower' | 'upper'): Uint8Array | undefined {
  const points = Array.from(text.slice(0, 2 * KEPT + 1));
  if (points.length <= KEPT) return Buffer.from(text, 'utf8');
  const kept = points.slice(0, KEPT);
  if (side === 'lower') return Buffer.from(kept.join(''), 'utf8');
  for (let last = kept.length - 1; last >= 0; last -= 1) {
    const next = nextCodePoint(kept[last]?.codePointAt(0) ?? 0);
    if (next !== undefined) return Buffer.from(kept.slice(0, last).join('') + String.fromCodePoint(next), 'utf8');
  }
  return undefined;
}

function nextCodePoint(point: number): number | undefined {
  if (point === 0x10ffff) return undefined;
  return point === 0xd7ff ? 0xe000 : point + 1;
}

function encodeBinary(hex: string, side: 'lower' | 'upper'): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length <= KEPT) return bytes;
  const kept = bytes.subarray(0, KEPT);
  if (side === 'lower') return kept;
  for (let last = kept.length - 1; last >= 0; last -= 1) {
    const byte = kept[last] ?? 0xff;
    if (byte < 0xff) return Buffer.concat([kept.subarray(0, last), Uint8Array.of(byte + 1)]);
  }
  return undefined;
}
