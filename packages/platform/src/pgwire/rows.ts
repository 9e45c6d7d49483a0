/** Rows as DataRow messages. */
export interface RowBatch {
  readonly bytes: Buffer;
  readonly rows: number;
}

export interface Rows {
  /** Some of the next rows, at most `limit`; undefined after the last. */
  next(limit: number): Promise<RowBatch | undefined>;
  close(): Promise<void>;
}

const [TAB, NEWLINE, BACKSLASH] = [9, 10, 92];
const NULL_LETTER = 'N'.charCodeAt(0);
const ESCAPED = new Map(
  [
    ['t', 9],
    ['n', 10],
    ['r', 13],
    ['\\', 92],
  ].map(([letter, byte]) => [String(letter).charCodeAt(0), Number(byte)] as const),
);

/** Turns lines of COPY's text format into messages as they are asked for. */
export function openRows(body: AsyncIterable<Uint8Array>, columns: number): Rows {
  const chunks = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    while (!rest.includes(NEWLINE)) {
      const { done, value } = await chunks.next();
      if (done === true && rest.length > 0) throw new Error('A result ended within a row.');
      if (done === true) return false;
      rest = rest.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.concat([rest, value]);
    }
    return true;
  };
  return {
    next: async (limit) => {
      if (!(await fill())) return undefined;
      const { used, ...batch } = encodeRows(rest, columns, limit);
      rest = rest.subarray(used);
      return batch;
    },
    close: async () => void (await chunks.return?.()),
  };
}

/** DataRow messages of at most `limit` whole lines, and how many bytes those were. */
export function encodeRows(text: Buffer, columns: number, limit: number): RowBatch & { readonly used: number } {
  const { rows, used } = measureLines(text, limit);
  const bytes = Buffer.allocUnsafe(used + rows * (7 + 4 * columns));
  let at = 0;
  let from = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = at;
    bytes[at] = 'D'.charCodeAt(0);
    bytes.writeInt16BE(columns, at + 5);
    at += 7;
    for (let column = 0; column < columns; column += 1) {
      const value = writeValue({ text, from, bytes, at });
      const end = text[value.from];
      if (end !== (column === columns - 1 ? NEWLINE : TAB)) throw new Error(`A row has not ${columns} values.`);
      from = value.from + 1;
      at = value.at;
    }
    bytes.writeInt32BE(at - start - 1, start + 1);
  }
  return { bytes: bytes.subarray(0, at), rows, used };
}

function measureLines(text: Buffer, limit: number): { readonly rows: number; readonly used: number } {
  let used = 0;
  let rows = 0;
  for (; rows < limit; rows += 1) {
    const end = text.indexOf(NEWLINE, used);
    if (end < 0) break;
    used = end + 1;
  }
  return { rows, used };
}

interface Value {
  readonly text: Buffer;
  readonly from: number;
  readonly bytes: Buffer;
  readonly at: number;
}

/** Writes one value with its length, -1 for null; stops at the byte that ends it. */
function writeValue({ text, from, bytes, at }: Value): { readonly from: number; readonly at: number } {
  if (text[from] === BACKSLASH && text[from + 1] === NULL_LETTER) return { from: from + 2, at: bytes.writeInt32BE(-1, at) };
  let read = from;
  let write = at + 4;
  for (let byte = text[read]; byte !== undefined && byte !== TAB && byte !== NEWLINE; byte = text[read]) {
    if (byte === BACKSLASH) {
      byte = ESCAPED.get(text[read + 1] ?? 0);
      if (byte === undefined) throw new Error('A row has an escape that is none.');
      read += 1;
    }
    bytes[write] = byte;
    write += 1;
    read += 1;
  }
  bytes.writeInt32BE(write - at - 4, at);
  return { from: read, at: write };
}
