import { glob, stat } from 'node:fs/promises';
import type { Relation } from '../../engine/engine.ts';

const formats: Readonly<Record<string, Relation['format']>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  delimiter: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
};
/** What names of data files end with, by format: a folder stands for all files in it that end so. */
const endings: Readonly<Record<string, string>> = { parquet: 'parquet', csv: '{csv,tsv,txt}{,.gz,.zst}', json: '{json,jsonl,ndjson}{,.gz,.zst}' };

/** Files of text above this size are read once and kept as columns, because each pass would read them whole. */
const keptBytes = 8 * 2 ** 20;

export interface FoundFiles {
  readonly format: Relation['format'];
  readonly files: readonly string[];
  readonly large: boolean;
  /** What was named is a folder, which stands for all that is in it. */
  readonly folder: boolean;
}

/** The files that a path, a glob or a folder names; or why there are none. */
export async function localFiles(pattern: string, written: string): Promise<FoundFiles | { readonly missing: string }> {
  const format = formats[written];
  if (format === undefined) return { missing: `the format ${written} is not read; parquet, csv, json and iceberg are` };
  const found = await stat(pattern).catch(() => undefined);
  const asked = found?.isDirectory() === true ? `${pattern}/**/*.${endings[format] ?? format}` : pattern;
  const files = found?.isFile() === true ? [pattern] : (await Array.fromAsync(glob(asked))).toSorted();
  if (files.length === 0) return { missing: 'no file is there' };
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes === 0 && format === 'csv') return { missing: `${files.length === 1 ? 'the file is' : 'the files are'} empty: not even a header is there` };
  return { format, files, large: bytes > keptBytes, folder: found?.isDirectory() === true };
}
