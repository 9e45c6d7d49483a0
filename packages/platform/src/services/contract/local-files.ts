import { glob } from 'node:fs/promises';
import type { Relation } from '../../engine/engine.ts';

const formats: Readonly<Record<string, Relation['format']>> = { parquet: 'parquet' };

/** The files that a path or glob names, and how they are read; or why they are not. */
export async function localFiles(pattern: string, format: string): Promise<Pick<Relation, 'format' | 'files'> | { readonly missing: string }> {
  const known = formats[format];
  if (known === undefined) return { missing: `the format ${format} is not read` };
  const files = (await Array.fromAsync(glob(pattern))).toSorted();
  return files.length === 0 ? { missing: 'no file is there' } : { format: known, files };
}
