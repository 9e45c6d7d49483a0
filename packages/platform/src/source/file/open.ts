import { glob, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { JsonObject } from '@hanse/core/document/document.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Source } from '../source.ts';
import { domainsOfFiles } from './domain-of-file.ts';
import { isBelow } from './is-below.ts';

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
  readonly repository: string;
  /** Whose files of the repository may be read. */
  readonly domain: string;
  /** Other folders that may be read; relative ones start at the repository. */
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
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => '')));
  if (real.length === 0 || !(await admit(real, options))) throw refusal(options);
  const files = await Promise.all(real.map(describeFile));
  const format = options.format ?? FORMATS[/\.(\w+)(?:\.(?:gz|zst))?$/.exec(files[0]?.path ?? '')?.[1]?.toLowerCase() ?? ''];
  if (format === undefined)
    throw new UserError(
      'invalid',
      `${options.label}: the format of ${options.written} cannot be told from its name`,
      'Say it in build.yaml: format: csv, json or parquet.',
    );
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

/** One text for a file that is not there and one that is not theirs: nobody learns by asking which files the machine has. */
function refusal({ label, written, domain }: FileSourceOptions): UserError {
  return new UserError(
    'missing',
    `${label}: ${written} names no file, or one that builds of ${domain} may not read`,
    `Put it into the folder of ${domain}. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.${domain}.folders; tables are read as domain.object, under an agreement.`,
  );
}

/** True where all lie in the domain's folder or in one of the roots, and none in the mesh's own. */
async function admit(paths: readonly string[], options: FileSourceOptions): Promise<boolean> {
  const real = (folder: string) => realpath(folder).catch(() => resolve(folder));
  const [closed, repository, roots] = await Promise.all([
    real(options.closed),
    real(options.repository),
    Promise.all(options.roots.map((root) => real(resolve(options.repository, root)))),
  ]);
  const domainOf = domainsOfFiles(repository);
  const mayRead = async (path: string) => !isBelow(path, closed) && (roots.some((root) => isBelow(path, root)) || (await domainOf(path)) === options.domain);
  return (await Promise.all(paths.map(mayRead))).every(Boolean);
}

async function describeFile(path: string) {
  const { size, mtime } = await stat(path);
  return { path, bytes: size, modifiedAt: mtime.toISOString() };
}
