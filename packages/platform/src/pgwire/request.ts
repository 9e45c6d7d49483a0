import type { Frame } from './inbox.ts';
import { outOfProtocol, WireError } from './wire-error.ts';

/** A message of the client within a session (PostgreSQL's documentation, "Message Formats"). */
export type Request =
  | { readonly kind: 'query'; readonly script: string }
  | { readonly kind: 'parse'; readonly name: string; readonly script: string; readonly parameters: number }
  | { readonly kind: 'bind'; readonly portal: string; readonly name: string; readonly parameters: number; readonly formats: readonly number[] }
  | { readonly kind: 'describe'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly maxRows: number }
  | { readonly kind: 'flush' | 'sync' | 'terminate' | 'call' | 'copied' };

/** What a client that begins says: untyped, and told apart by a number. */
export type Opening =
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: Buffer }
  | { readonly kind: 'start'; readonly minor: number; readonly options: ReadonlyMap<string, string> };

const [SSL, GSS, CANCEL] = [80877103, 80877104, 80877102];

export function readOpening({ body }: Frame): Opening {
  const reader = bodyReader(body);
  const code = reader.int32();
  if (code === SSL || code === GSS) return reader.ended({ kind: 'encryption' });
  if (code === CANCEL) return { kind: 'cancel', pid: reader.int32(), secret: reader.rest() };
  if (code >> 16 !== 3) throw outOfProtocol(`This is protocol ${code >>> 16}.${code & 0xffff}; only 3 is spoken here.`);
  const options = new Map<string, string>();
  for (let name = reader.text(); name !== ''; name = reader.text()) options.set(name, reader.text());
  return reader.ended({ kind: 'start', minor: code & 0xffff, options });
}

export function readRequest({ type, body }: Frame): Request {
  const reader = bodyReader(body);
  switch (type) {
    case 'Q':
      return reader.ended({ kind: 'query', script: reader.text() });
    case 'P':
      return readParse(reader);
    case 'B':
      return readBind(reader);
    case 'D':
    case 'C':
      return reader.ended({ kind: type === 'D' ? 'describe' : 'close', what: readWhat(reader), name: reader.text() });
    case 'E':
      return reader.ended({ kind: 'execute', portal: reader.text(), maxRows: reader.int32() });
    case 'H':
      return reader.ended({ kind: 'flush' });
    case 'S':
      return reader.ended({ kind: 'sync' });
    case 'X':
      return { kind: 'terminate' };
    case 'F':
      return { kind: 'call' };
    case 'c':
    case 'd':
    case 'f':
      return { kind: 'copied' };
    default:
      throw outOfProtocol(`A message has the unknown type ${JSON.stringify(type)}.`);
  }
}

/** SASLInitialResponse: the mechanism, and what the client says first. */
export function readSaslInitial({ type, body }: Frame): { readonly mechanism: string; readonly said: string } {
  if (type !== 'p') throw outOfProtocol('The client did not answer how it authenticates.');
  const reader = bodyReader(body);
  const mechanism = reader.text();
  const length = reader.int32();
  return reader.ended({ mechanism, said: reader.bytes(length).toString('latin1') });
}

export function readSaslResponse({ type, body }: Frame): string {
  if (type !== 'p') throw outOfProtocol('The client did not go on authenticating.');
  return body.toString('latin1');
}

function readParse(reader: BodyReader): Request {
  const [name, script] = [reader.text(), reader.text()];
  const parameters = reader.count();
  reader.bytes(4 * parameters);
  return reader.ended({ kind: 'parse', name, script, parameters });
}

function readBind(reader: BodyReader): Request {
  const [portal, name] = [reader.text(), reader.text()];
  reader.bytes(2 * reader.count());
  const parameters = reader.count();
  for (let at = 0; at < parameters; at += 1) reader.bytes(Math.max(0, reader.int32()));
  const formats = Array.from({ length: reader.count() }, () => reader.count());
  return reader.ended({ kind: 'bind', portal, name, parameters, formats });
}

function readWhat(reader: BodyReader): 'statement' | 'portal' {
  const what = reader.bytes(1).toString('latin1');
  if (what !== 'S' && what !== 'P') throw outOfProtocol('Only statements and portals are described and closed.');
  return what === 'S' ? 'statement' : 'portal';
}

type BodyReader = ReturnType<typeof bodyReader>;

/** Reads a body from its start; fatal where it is too short, or longer than what it holds. */
function bodyReader(body: Buffer) {
  let at = 0;
  const bytes = (length: number): Buffer => {
    if (length < 0 || at + length > body.length) throw outOfProtocol('A message is shorter than it says.');
    at += length;
    return body.subarray(at - length, at);
  };
  return {
    bytes,
    int32: () => bytes(4).readInt32BE(),
    count: () => bytes(2).readUInt16BE(),
    rest: () => bytes(body.length - at),
    text: () => {
      const length = body.indexOf(0, at) - at;
      const text = utf8(bytes(length));
      at += 1;
      return text;
    },
    ended: <Value>(value: Value): Value => {
      if (at !== body.length) throw outOfProtocol('A message is longer than it says.');
      return value;
    },
  };
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new WireError('22021', 'A text is not UTF-8.', { hint: 'Set PGCLIENTENCODING=UTF8.', fatal: true });
  }
}
