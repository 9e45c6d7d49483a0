import { glob, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { JsonObject } from '@hanse/core/document/document.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Source } from '../source.ts';

export interface FileSourceOptions {
  /** The path or glob as build.yaml has it: what messages name, because a variable may hold a secret. */
  readonly written: string;
  /** The same with `${VAR}` resolved. */
  readonly pattern: string;
  readonly format?: Relation['format'];
  readonly columns?: Relation['columns'];
  readonly csv?: Relation['csv'];
  /** The product's folder: relative patterns start here. */
  readonly folder: string;
  /** Folders that may be read: the repository and those that hanse.yaml names. */
  readonly roots: readonly string[];
  /** A folder that is not read, wherever it lies. */
  readonly closed: string;
  /** How messages name the source: `operations/flights: source flights`. */
  readonly label: string;
}

const FORMATS: Readonly<Record<string, Relation['format']>> = { parquet: 'parquet', csv: 'csv', tsv: 'csv', json: 'json', jsonl: 'json', ndjson: 'json' };

/** Local files: read where they lie, so landing them copies nothing. Their sizes and times are the position. */
export function openFileSource(options: FileSourceOptions): Source {
  return { land: () => landFiles(options) };
}

async function landFiles(options: FileSourceOptions) {
  const pattern = isAbsolute(options.pattern) ? options.pattern : join(options.folder, options.pattern);
  const paths = (await Array.fromAsync(glob(pattern))).toSorted();
  if (paths.length === 0)
    throw new UserError('missing', `${options.label}: no file matches ${options.written}`, 'Put the file there, or correct the path in build.yaml; variables come from the environment.');
  const files = await Promise.all(paths.map((path) => admit(path, options)));
  const format = options.format ?? FORMATS[/\.(\w+)(?:\.(?:gz|zst))?$/.exec(files[0]?.path ?? '')?.[1]?.toLowerCase() ?? ''];
  if (format === undefined) throw new UserError('invalid', `${options.label}: the format of ${options.written} cannot be told from its name`, 'Say it in build.yaml: format: csv, json or parquet.');
  const position: JsonObject = { files: files.map(({ path, bytes, modifiedAt }) => ({ path, bytes, modifiedAt })) };
  return {
    relation: {
      format,
      files: files.map(({ path }) => path),
      ...(options.columns !== undefined && { columns: options.columns }),
      ...(options.csv !== undefined && { csv: options.csv }),
    },
    position,
    staged: [],
  };
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function admit(path: string, options: FileSourceOptions) {
  const real = await realpath(path);
  const [closed = '', ...roots] = await Promise.all([options.closed, ...options.roots].map((root) => realpath(root).catch(() => resolve(root))));
  if (isBelow(real, closed)) throw new UserError('denied', `${options.label}: ${options.written} is the mesh's own`, 'Read a table as domain.object, under an agreement.');
  if (!roots.some((root) => isBelow(real, root)))
    throw new UserError('denied', `${options.label}: ${options.written} lies outside the repository`, 'Name its folder under files.roots in hanse.yaml to let sources read it.');
  const { size, mtime } = await stat(real);
  return { path: real, bytes: size, modifiedAt: mtime.toISOString() };
}
