import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { canonicalJson } from '@hanse/core/document/document.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { UserError } from '../../error.ts';
import { parseMetadata } from '../../iceberg/metadata.ts';
import { formatNameMapping, NAME_MAPPING } from '../../iceberg/name-mapping.ts';
import { readTable } from '../../iceberg/table.ts';
import { openTableFiles, type ReadFiles } from '../../iceberg/table-files.ts';
import { readFooter } from '../../parquet/footer.ts';

export interface FoundTable {
  /** Absent where the files have no field ids, and are read by the names of their fields. */
  readonly columns?: readonly Column[];
  readonly files: readonly string[];
}

/** An Iceberg table on the disk, as its newest metadata has it: its folder, its metadata folder or one metadata file. */
export async function icebergTable(path: string): Promise<FoundTable | { readonly missing: string }> {
  try {
    const metadata = await newestMetadata(path);
    if (metadata === undefined) return { missing: 'no Iceberg table is there: no *.metadata.json in it or in its folder metadata' };
    const table = await readTable(openTableFiles(await filesOf(metadata)), metadata);
    const files = [...new Set((await table.dataFiles()).map(({ name }) => name))];
    const unnumbered = await filesWithoutIds(files);
    if (unnumbered.length === 0) return { columns: table.columns, files };
    const byName = unnumbered.length === files.length && namesAreFirst(table.metadata.properties?.[NAME_MAPPING], table.columns);
    return byName ? { files } : { missing: `its file ${unnumbered[0] ?? ''} has no field ids, and by names alone its columns cannot be told` };
  } catch (error) {
    if (error instanceof UserError) return { missing: error.message };
    throw error;
  }
}

async function filesWithoutIds(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) if ((await readFooter(path)).fields.every(({ id }) => id === undefined)) found.push(path);
  return found;
}

/** Whether the mapping of names gives each column the one name that it has now: then files of any age may be read by name. */
function namesAreFirst(mapping: string | undefined, columns: readonly Column[]): boolean {
  return mapping !== undefined && canonicalJson(JSON.parse(mapping)) === canonicalJson(JSON.parse(formatNameMapping(columns)));
}

async function newestMetadata(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return found && path;
  for (const folder of [join(path, 'metadata'), path]) {
    const names: readonly string[] = await readdir(folder).catch(() => []);
    const hinted = names.includes('version-hint.text') ? (await readFile(join(folder, 'version-hint.text'), 'utf8')).trim() : undefined;
    const byHint = names.find((name) => hinted !== undefined && (name === `v${hinted}.metadata.json` || name === `${hinted}.metadata.json` || name === hinted));
    const newest = names.filter((name) => name.endsWith('.metadata.json')).toSorted((a, b) => versionIn(b) - versionIn(a) || (a < b ? 1 : -1))[0];
    if (byHint !== undefined || newest !== undefined) return join(folder, byHint ?? newest ?? '');
  }
  return undefined;
}

function versionIn(name: string): number {
  return Number(/^v?(\d+)/.exec(name)?.[1] ?? -1);
}

/**
 * Files by their path. A table that was moved with its warehouse calls them by where they were: what its location and the folder
 * in which its metadata was found end with alike says what became of the beginning.
 */
async function filesOf(metadataFile: string): Promise<ReadFiles> {
  const { location } = parseMetadata(await readFile(metadataFile, 'utf8'), metadataFile);
  const was = location.replace(/\/+$/, '').split('/');
  const is = dirname(dirname(resolve(metadataFile))).split('/');
  const differs = was.toReversed().findIndex((part, index) => part !== is.at(-1 - index) || index === was.length - 1 || index === is.length - 1);
  const [from, to] = [was, is].map((parts) => parts.slice(0, parts.length - differs).join('/'));
  const before = `${from}/`;
  return {
    open: async (name) => ((await stat(name).catch(() => undefined))?.isFile() === true ? name : undefined),
    uri: (name) => pathToFileURL(name).href,
    nameOf: (uri) => (uri.startsWith(before) ? join(to ?? '', '/', decodeURIComponent(uri.slice(before.length))) : localPath(uri)),
  };
}

function localPath(uri: string): string | undefined {
  if (uri.startsWith('/')) return uri;
  return uri.startsWith('file:') ? fileURLToPath(uri.replace(/^file:\/*/, 'file:///')) : undefined;
}
