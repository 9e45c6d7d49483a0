import type { TreeFiles } from '@hanse/core/api/shapes.ts';
import { documentLimits } from '@hanse/core/document/limits.ts';
import type { Tree } from './tree.ts';

/** All documents of a tree as text, as plan takes them. A file past the size limit is cut: parsing it says so. */
export async function readTreeFiles(tree: Tree): Promise<TreeFiles> {
  const { documents, ignored } = await tree.list();
  const files = await Promise.all(
    documents.map(async (path) => {
      const bytes = await tree.read(path, documentLimits.bytes);
      return bytes === undefined ? [] : [{ path, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }];
    }),
  );
  return { home: tree.home, formerHomes: [...tree.formerHomes], files: files.flat(), ignored: [...ignored] };
}
