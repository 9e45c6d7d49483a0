import duckdb, { type Result, type Vector } from '@duckdb/node-bindings';

const stringBytes = 16;
const inlineBytes = 12;

export interface TextChunk {
  readonly rows: number;
  readonly parts: readonly Uint8Array[];
  /** The row that marks the end was there. */
  readonly end: boolean;
}

interface Run {
  readonly bytes: number;
  readonly next: number;
}

/**
 * The next rows of a result of one text column, as bytes without decoding. Its last row must be null, the only null:
 * DuckDB's streaming results end in the same way where they failed, and undefined here says that. A DuckDB string is
 * four bytes of length, then up to twelve bytes of text or, for more, four bytes of it and a pointer; neighbours in
 * memory are taken in one run. All bytes are copies: what DuckDB points to ends with the chunk.
 */
export async function fetchText(result: Result): Promise<TextChunk | undefined> {
  const chunk = await duckdb.fetch_chunk(result);
  const size = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk);
  if (chunk === null || size === 0) return undefined;
  const vector = duckdb.data_chunk_get_vector(chunk, 0);
  const end = isNull(vector, size - 1);
  const rows = end ? size - 1 : size;
  if (rows === 0) return { rows, parts: [], end };
  const strings = duckdb.vector_get_data(vector, rows * stringBytes);
  const view = new DataView(strings.buffer, strings.byteOffset, strings.byteLength);
  const parts: Uint8Array[] = [];
  for (let row = 0; row < rows;) {
    const inline = lengthAt(view, row) <= inlineBytes;
    const run = inline ? inlineRun(view, row, rows) : pointedRun(view, row, rows);
    parts.push(
      inline ? inlineText(strings, view, row, run) : duckdb.get_data_from_pointer(unshared(strings), strings.byteOffset + row * stringBytes + 8, run.bytes),
    );
    row = run.next;
  }
  return { rows, parts, end };
}

function isNull(vector: Vector, row: number): boolean {
  const validity = duckdb.vector_get_validity(vector, 8 * Math.ceil((row + 1) / 64));
  return validity !== null && ((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0;
}

function lengthAt(view: DataView, row: number): number {
  return view.getUint32(row * stringBytes, true);
}

function inlineRun(view: DataView, from: number, rows: number): Run {
  let bytes = 0;
  let next = from;
  for (; next < rows; next += 1) {
    const length = lengthAt(view, next);
    if (length > inlineBytes) break;
    bytes += length;
  }
  return { bytes, next };
}

function inlineText(strings: Uint8Array, view: DataView, from: number, run: Run): Uint8Array {
  const text = new Uint8Array(run.bytes);
  let at = 0;
  for (let row = from; row < run.next; row += 1) {
    const start = row * stringBytes + 4;
    const length = lengthAt(view, row);
    text.set(strings.subarray(start, start + length), at);
    at += length;
  }
  return text;
}

function pointedRun(view: DataView, from: number, rows: number): Run {
  const start = view.getBigUint64(from * stringBytes + 8, true);
  let bytes = lengthAt(view, from);
  let next = from + 1;
  for (; next < rows; next += 1) {
    const length = lengthAt(view, next);
    if (length <= inlineBytes) break;
    if (view.getBigUint64(next * stringBytes + 8, true) !== start + BigInt(bytes)) break;
    bytes += length;
  }
  return { bytes, next };
}

function unshared(bytes: Uint8Array): ArrayBuffer {
  if (bytes.buffer instanceof ArrayBuffer) return bytes.buffer;
  throw new Error('DuckDB gave memory that is shared.');
}
