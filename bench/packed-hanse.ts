import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePackage } from '../tools/package/write-package.ts';

const folder = fileURLToPath(new URL('../.cache/bench/package/', import.meta.url));

/** What users run: the package as npm installs it, with the workspace's DuckDB beside it. */
export const packedHanse = join(folder, 'bin/hanse.mjs');

/** Makes it anew. */
export async function packHanse(): Promise<void> {
  await writePackage(folder);
}
