import duckdb, { type Result } from '@duckdb/node-bindings';

const stringBytes = 16;
const inlineBytes = 12;

export interface TextChunk {
  readonly rows: number;
  readonly parts: readonly Uint8Array[];
}

/**
 * The next rows of a result of one text column, as bytes without decoding; undefined at its end. A DuckDB string is
 * four bytes of length and, beyond twelve bytes, a pointer; neighbours in memory are taken in one run.
 */
export async function fetchText(result: Result): Promise<TextChunk | undefined> {
  const chunk = await duckdb.fetch_chunk(result);
  const rows = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk);
  if (chunk === null || rows === 0) return undefined;
  const strings = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, 0), rows * stringBytes);
  const view = new DataView(strings.buffer, strings.byteOffset, strings.byteLength);
  const parts: Uint8Array[] = [];
  for (let row = 0; row < rows; ) {
    const run = runFrom(view, row, rows);
    const at = strings.byteOffset + row * stringBytes;
    // Copied: what DuckDB points to ends with the chunk.
    parts.push(
      run.inline
        ? Buffer.from(new Uint8Array(strings.buffer, at + 4, run.bytes))
        : Buffer.from(duckdb.get_data_from_pointer(pointed(strings), at + 8, run.bytes)),
    );
    row = run.next;
  }
  return { rows, parts };
}

function runFrom(view: DataView, from: number, rows: number): { bytes: number; next: number; inline: boolean } {
  let bytes = view.getUint32(from * stringBytes, true);
  if (bytes <= inlineBytes) return { bytes, next: from + 1, inline: true };
  const start = view.getBigUint64(from * stringBytes + 8, true);
  let row = from + 1;
  for (; row < rows; row += 1) {
    const length = view.getUint32(row * stringBytes, true);
    if (length <= inlineBytes) break;
    if (view.getBigUint64(row * stringBytes + 8, true) !== start + BigInt(bytes)) break;
    bytes += length;
  }
  return { bytes, next: row, inline: false };
}

function pointed(bytes: Uint8Array): ArrayBuffer {
  if (bytes.buffer instanceof ArrayBuffer) return bytes.buffer;
  throw new Error('DuckDB gave memory that is shared.');
}
