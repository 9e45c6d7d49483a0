import { createHash, createHmac } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ExternalError } from '../error.ts';
import { encodeThrift } from '../parquet/encode-thrift.ts';
import { type Footer, readFooter, structs } from '../parquet/footer.ts';
import { rewriteFooter } from '../parquet/rewrite-footer.ts';
import type { ThriftStruct, ThriftValue } from '../parquet/thrift.ts';

/**
 * The proof that a slice is what a builder made under this key, in its own footer, because a cache is on no other record: the
 * hash of its data, and a keyed hash of the footer that nobody without the secret can make.
 */
export interface SliceSeal {
  readonly key: string;
  readonly secret: string;
}

const DATA = 'hanse.sha256';
const SEAL = 'hanse.seal';
const READ_BYTES = 1 << 20;

/** Seals a staged slice. Replaces all key-value metadata. `hash`: the SHA-256 of what precedes the footer, where it is known. */
export async function sealSlice(path: string, seal: SliceSeal, hash?: string): Promise<void> {
  const footer = await readFooter(path);
  const tree = withMetadata(footer.tree, [[DATA, hash ?? (await hashData(path, footer))]]);
  await rewriteFooter(path, footer, withMetadata(tree, [...metadata(tree), [SEAL, sealOf(tree, footer.start, seal)]]));
}

/** The rows of a sealed slice; undefined where it is not what was sealed under this key. `whole` reads all of it, else the footer alone. */
export async function checkSlice(path: string, seal: SliceSeal, whole: boolean): Promise<number | undefined> {
  const footer = await footerOf(path);
  if (footer === undefined) return undefined;
  const [data, sealed, ...more] = metadata(footer.tree);
  if (data === undefined || sealed === undefined || more.length > 0) return undefined;
  if (data[0] !== DATA || sealed[0] !== SEAL || sealed[1] !== sealOf(withMetadata(footer.tree, [data]), footer.start, seal)) return undefined;
  return !whole || data[1] === (await hashData(path, footer)) ? footer.rows : undefined;
}

async function footerOf(path: string): Promise<Footer | undefined> {
  try {
    return await readFooter(path);
  } catch (error) {
    if (error instanceof ExternalError) return undefined;
    throw error;
  }
}

function sealOf(tree: ThriftStruct, start: number, { key, secret }: SliceSeal): string {
  const own = createHmac('sha256', secret).update('slice seal').digest();
  return createHmac('sha256', own).update(`${key} ${start} `).update(encodeThrift(tree)).digest('hex');
}

async function hashData(path: string, { start }: Footer): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, start));
  const handle = await open(path, 'r');
  try {
    for (let at = 0; at < start;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, start - at), at);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

type Entry = readonly [string, string];

/** `key_value_metadata` is field 5 of the footer, its entries are key (1) and value (2). */
function metadata(tree: ThriftStruct): readonly Entry[] {
  return structs(tree.fields.get(5)).map(({ fields }) => [textOf(fields.get(1)), textOf(fields.get(2))]);
}

function withMetadata(tree: ThriftStruct, entries: readonly Entry[]): ThriftStruct {
  const items = entries.map(([key, value]): ThriftStruct => ({
    kind: 'struct',
    fields: new Map([
      [1, bytesOf(key)],
      [2, bytesOf(value)],
    ]),
  }));
  return { kind: 'struct', fields: new Map([...tree.fields, [5, { kind: 'list', type: 9, element: 12, items }]]) };
}

function textOf(value: ThriftValue | undefined): string {
  return value?.kind === 'bytes' ? Buffer.from(value.value).toString('utf8') : '';
}

function bytesOf(text: string): ThriftValue {
  return { kind: 'bytes', type: 8, value: Buffer.from(text) };
}
