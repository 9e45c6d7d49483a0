import type { WireColumn } from './wire-type.ts';
import type { WireError } from './wire-error.ts';

/** Whether the session is in a transaction block, and whether that has failed. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Messages of the server (PostgreSQL's documentation, "Message Formats"). */
export const replies = {
  noTls: Buffer.from('N'),
  sasl: (mechanism: string) => authentication(10, text(mechanism), Buffer.of(0)),
  saslContinue: (said: string) => authentication(11, Buffer.from(said)),
  saslFinal: (said: string) => authentication(12, Buffer.from(said)),
  authenticated: authentication(0),
  negotiate: (unknown: readonly string[]) => message('v', int32(3 << 16), int32(unknown.length), ...unknown.map(text)),
  parameter: (name: string, value: string) => message('S', text(name), text(value)),
  key: (pid: number, secret: Uint8Array) => message('K', int32(pid), secret),
  ready: (status: TransactionStatus) => message('Z', Buffer.from(status)),
  columns: (columns: readonly WireColumn[]) => message('T', int16(columns.length), ...columns.map(columnField)),
  row: (value: string) => message('D', int16(1), int32(Buffer.byteLength(value)), Buffer.from(value)),
  noColumns: message('n'),
  noParameters: message('t', int16(0)),
  complete: (tag: string) => message('C', text(tag)),
  suspended: message('s'),
  empty: message('I'),
  parsed: message('1'),
  bound: message('2'),
  closed: message('3'),
  error: (error: WireError) => message('E', ...errorFields(error), Buffer.of(0)),
} as const;

function message(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(bytes + 4, 1);
  return Buffer.concat([head, ...parts]);
}

function authentication(code: number, ...parts: readonly Uint8Array[]): Buffer {
  return message('R', int32(code), ...parts);
}

function columnField({ name, oid, size, modifier }: WireColumn): Buffer {
  return Buffer.concat([text(name), int32(0), int16(0), int32(oid), int16(size), int32(modifier), int16(0)]);
}

function errorFields({ sqlstate, message: said, hint, fatal }: WireError): readonly Buffer[] {
  const severity = fatal ? 'FATAL' : 'ERROR';
  const fields = { S: severity, V: severity, C: sqlstate, M: said, ...(hint !== undefined && { H: hint }) };
  return Object.entries(fields).map(([code, value]) => text(code + value));
}

/** Text that ends with a NUL, and so holds none. */
function text(value: string): Buffer {
  return Buffer.from(`${value.replaceAll('\0', '')}\0`);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
