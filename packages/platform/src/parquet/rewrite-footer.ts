import { open } from 'node:fs/promises';
import { encodeThrift } from './encode-thrift.ts';
import type { Footer } from './footer.ts';
import type { ThriftStruct } from './thrift.ts';

const MAGIC = 'PAR1';

/** A footer as it stands at the end of a file: the struct, its length, the mark. */
export function frameFooter(tree: ThriftStruct): Buffer {
  const bytes = encodeThrift(tree);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(bytes.length, 0);
  tail.write(MAGIC, 4, 'latin1');
  return Buffer.concat([bytes, tail]);
}

/** Puts another footer at the end of a file that nobody reads yet. */
export async function rewriteFooter(path: string, { start }: Footer, tree: ThriftStruct): Promise<void> {
  const framed = frameFooter(tree);
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(start);
    await handle.write(framed, 0, framed.length, start);
  } finally {
    await handle.close();
  }
}
