import { type FileHandle, open } from 'node:fs/promises';
import { ExternalError } from '../error.ts';
import { decodeThrift } from './decode-thrift.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';

/** A Parquet file's footer (parquet-format, `FileMetaData`) as a tree, with what splicing asks of it. Sizes are in bytes. */
export interface Footer {
  readonly tree: ThriftStruct;
  readonly rows: number;
  readonly fields: readonly RootField[];
  readonly rowGroups: readonly RowGroup[];
  /** Where the footer begins, and how long the file is. */
  readonly start: number;
  readonly bytes: number;
}

/** A top-level column: its schema elements depth first, and which of the leaves (column chunks) are its own. */
export interface RootField {
  /** Of the field itself; undefined where the file has no field ids. */
  readonly id: number | undefined;
  readonly ids: readonly number[];
  readonly elements: readonly ThriftStruct[];
  readonly firstLeaf: number;
  readonly leaves: number;
}

export interface RowGroup {
  readonly tree: ThriftStruct;
  readonly rows: number;
  readonly chunks: readonly ThriftStruct[];
}

const MAGIC = 'PAR1';
const TAIL_BYTES = 8;
const FIRST_READ_BYTES = 64 * 1024;

/** Reads the footer of a file that Hanse wrote. Throws `ExternalError` where it is damaged. */
export async function readFooter(path: string): Promise<Footer> {
  const handle = await open(path, 'r');
  try {
    return await footerOf(handle, path);
  } finally {
    await handle.close();
  }
}

async function footerOf(handle: FileHandle, path: string): Promise<Footer> {
  const { size } = await handle.stat();
  const end = await readAt(handle, Math.max(0, size - FIRST_READ_BYTES), Math.min(size, FIRST_READ_BYTES));
  const tail = end.subarray(-TAIL_BYTES);
  if (tail.length < TAIL_BYTES || tail.toString('latin1', 4) !== MAGIC) damaged(path);
  const length = tail.readUInt32LE(0);
  const start = size - TAIL_BYTES - length;
  if (start < MAGIC.length) damaged(path);
  const read = end.length - TAIL_BYTES - length;
  const bytes = read >= 0 ? end.subarray(read, -TAIL_BYTES) : await readAt(handle, start, length);
  return describe(decodeThrift(bytes), start, size);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function damaged(path: string): never {
  throw new ExternalError(`${path} is no whole Parquet file.`, { hint: 'Restore the file from a backup, or build its table again.' });
}

function describe(tree: ThriftStruct, start: number, bytes: number): Footer {
  const rowGroups = structs(tree.fields.get(4)).map((group) => ({
    tree: group,
    rows: integer(group.fields.get(3)),
    chunks: structs(group.fields.get(1)),
  }));
  return { tree, rows: integer(tree.fields.get(3)), fields: rootFields(structs(tree.fields.get(2))), rowGroups, start, bytes };
}

function rootFields([, ...elements]: readonly ThriftStruct[]): readonly RootField[] {
  const fields: RootField[] = [];
  for (let at = 0, firstLeaf = 0; at < elements.length;) {
    const own = elements.slice(at, subtreeEnd(elements, at));
    const leaves = own.filter((element) => childCount(element) === 0).length;
    const ids = own.flatMap((element) => fieldId(element) ?? []);
    fields.push({ id: own[0] && fieldId(own[0]), ids, elements: own, firstLeaf, leaves });
    at += own.length;
    firstLeaf += leaves;
  }
  return fields;
}

function subtreeEnd(elements: readonly ThriftStruct[], at: number): number {
  let end = at;
  for (let open = 1; open > 0; open -= 1) {
    const element = elements[end];
    if (element === undefined) throw new ExternalError('A Parquet footer is malformed.');
    open += childCount(element);
    end += 1;
  }
  return end;
}

function childCount(element: ThriftStruct): number {
  return element.fields.has(5) ? integer(element.fields.get(5)) : 0;
}

function fieldId(element: ThriftStruct): number | undefined {
  return element.fields.has(9) ? integer(element.fields.get(9)) : undefined;
}

/** An integer field that must be there. */
export function integer(value: ThriftValue | undefined): number {
  if (value?.kind !== 'integer') throw new ExternalError('A Parquet footer is malformed.');
  return Number(value.value);
}

/** A list of structs that may be absent. */
export function structs(value: ThriftValue | undefined): readonly ThriftStruct[] {
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'struct') : [];
}
