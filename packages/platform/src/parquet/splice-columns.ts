import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Extent, copyExtents } from './copy-extents.ts';
import { type Footer, integer, type RootField, structs } from './footer.ts';
import { frameFooter } from './rewrite-footer.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';

export interface ParquetSource {
  readonly path: string;
  readonly footer: Footer;
}

/** One top-level column of the new file, and the file that its bytes come from. */
export interface SplicedColumn {
  readonly source: ParquetSource;
  readonly field: RootField;
}

/** True where both files cut the same rows at the same places, so that their columns can stand in one file. */
export function sameRowGroups(a: Footer, b: Footer): boolean {
  return a.rowGroups.length === b.rowGroups.length && a.rowGroups.every(({ rows }, index) => rows === b.rowGroups[index]?.rows);
}

/**
 * Makes a Parquet file at `path` of whole columns of files that Hanse wrote, whose row groups must be the same. Column
 * chunks and Bloom filters are copied byte for byte; of the footers only what describes these columns goes along:
 * no key-value metadata, no page index, no sort order, nothing unknown. Returns the SHA-256 of all that precedes the footer, in hex.
 */
export async function spliceColumns(path: string, columns: readonly [SplicedColumn, ...SplicedColumn[]]): Promise<string> {
  const layout: Layout = { extents: [], blooms: [], at: MAGIC.length };
  const { footer } = columns[0].source;
  const groups = footer.rowGroups.map((_, index) => placeRowGroup(layout, columns, index));
  const placed = groups.map((group) => placeBlooms(layout, group));
  const bytes = frameFooter(newFooter(columns, placed));
  const hash = createHash('sha256').update(MAGIC);
  const handle = await open(path, 'w');
  try {
    await handle.write(MAGIC);
    await copyExtents({ handle, position: MAGIC.length, see: (part) => void hash.update(part) }, [...layout.extents, ...layout.blooms]);
    await handle.write(bytes, 0, bytes.length, layout.at);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

const MAGIC = 'PAR1';

interface Layout {
  readonly extents: Extent[];
  readonly blooms: Extent[];
  at: number;
}

interface PlacedChunk {
  readonly meta: ThriftStruct;
  readonly bloom: Extent | undefined;
}

interface PlacedGroup {
  readonly tree: ThriftStruct;
  readonly start: number;
  readonly chunks: readonly PlacedChunk[];
}

function placeRowGroup(layout: Layout, columns: readonly [SplicedColumn, ...SplicedColumn[]], index: number): PlacedGroup {
  const start = layout.at;
  const chunks = columns.flatMap(({ source, field }) => {
    const group = source.footer.rowGroups[index];
    const own = group?.chunks.slice(field.firstLeaf, field.firstLeaf + field.leaves) ?? [];
    return own.map((chunk) => placeChunk(layout, source.path, chunk));
  });
  const tree = columns[0].source.footer.rowGroups[index]?.tree ?? struct([]);
  return { tree, start, chunks };
}

/** Of `ColumnMetaData` all but key-value metadata (8) and, where its place is not known, the Bloom filter (14, 15). */
const metaFields: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 12, 13, 16];
const pageOffsets: readonly number[] = [9, 10, 11];

function placeChunk(layout: Layout, path: string, chunk: ThriftStruct): PlacedChunk {
  const meta = chunk.fields.get(3);
  if (meta?.kind !== 'struct' || chunk.fields.has(1) || chunk.fields.has(8)) throw new Error('not a file that Hanse wrote');
  const offsets = pageOffsets.flatMap((id) => (meta.fields.has(id) ? [[id, integer(meta.fields.get(id))] as const] : []));
  const position = Math.min(...offsets.map(([, offset]) => offset));
  const length = integer(meta.fields.get(7));
  const moved = offsets.map(([id, offset]) => [id, long(offset - position + layout.at)] as const);
  layout.extents.push({ path, position, length });
  layout.at += length;
  return { meta: struct([...only(meta, metaFields), ...moved]), bloom: bloomOf(path, meta) };
}

function bloomOf(path: string, meta: ThriftStruct): Extent | undefined {
  if (!meta.fields.has(14) || !meta.fields.has(15)) return undefined;
  return { path, position: integer(meta.fields.get(14)), length: integer(meta.fields.get(15)) };
}

/** Bloom filters follow all data, so that a scan reads data in one run. */
function placeBlooms(layout: Layout, { tree, start, chunks }: PlacedGroup): ThriftStruct {
  const metas = chunks.map(({ meta, bloom }) => {
    if (bloom === undefined) return meta;
    const at = layout.at;
    layout.blooms.push(bloom);
    layout.at += bloom.length;
    return struct([...meta.fields, [14, long(at)], [15, { kind: 'integer', type: 5, value: BigInt(bloom.length) }]]);
  });
  const sum = (id: number) => long(metas.reduce((total, meta) => total + integer(meta.fields.get(id)), 0));
  const columns = metas.map((meta) =>
    struct([
      [2, long(0)],
      [3, meta],
    ]),
  );
  return struct([...only(tree, [3, 7]), [1, list(columns)], [2, sum(6)], [5, long(start)], [6, sum(7)]]);
}

function newFooter(columns: readonly [SplicedColumn, ...SplicedColumn[]], groups: readonly ThriftStruct[]): ThriftStruct {
  const { tree } = columns[0].source.footer;
  const [root] = structs(tree.fields.get(2));
  const named = struct([...(root?.fields ?? []), [5, { kind: 'integer', type: 5, value: BigInt(columns.length) }]]);
  const schema = [named, ...columns.flatMap(({ field }) => field.elements)];
  const orders = columns.flatMap(({ source, field }) => structs(source.footer.tree.fields.get(7)).slice(field.firstLeaf, field.firstLeaf + field.leaves));
  const leaves = columns.reduce((total, { field }) => total + field.leaves, 0);
  const ordered: readonly Entry[] = orders.length === leaves ? [[7, list(orders)]] : [];
  return struct([...only(tree, [1, 3, 6]), [2, list(schema)], [4, list(groups)], ...ordered]);
}

type Entry = readonly [number, ThriftValue];

function struct(entries: readonly Entry[]): ThriftStruct {
  return { kind: 'struct', fields: new Map(entries) };
}

function only(tree: ThriftStruct, ids: readonly number[]): readonly Entry[] {
  return [...tree.fields].filter(([id]) => ids.includes(id));
}

function list(items: readonly ThriftStruct[]): ThriftValue {
  return { kind: 'list', type: 9, element: 12, items };
}

function long(value: number): ThriftValue {
  return { kind: 'integer', type: 6, value: BigInt(value) };
}
