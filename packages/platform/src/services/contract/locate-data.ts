import { realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { Server } from '@hanse/core/contract/parse-servers.ts';
import { listOf, objectOf, textOf } from '@hanse/core/document/json.ts';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { localFiles } from './local-files.ts';
import { textFits } from './text-fits.ts';

export interface Whereabouts {
  readonly server: Server;
  /** The contract's folder: relative paths start here. */
  readonly folder: string;
  /** The contract's file, for messages. */
  readonly file: string;
  readonly variable: (name: string) => string | undefined;
}

/** Where the rows of an object lie, or why they cannot be had. */
export type Located = Found | { readonly place: string; readonly table: string } | { readonly place: string; readonly missing: string };

export interface Found {
  /** As a person says it. */
  readonly place: string;
  /** What a person reads it with in DuckDB's own shell, started in the contract's folder. */
  readonly shown: string;
  readonly relation: Relation;
}

/** Finds the files of each object on a server; a `UserError` for a server that cannot be reached at all. */
export async function locateFiles(where: Whereabouts, objects: readonly SchemaObject[]): Promise<readonly Located[]> {
  switch (where.server.type) {
    case 'local':
      return Promise.all(objects.map((object) => locateLocal(where, object)));
    case 'duckdb':
      return Promise.all(objects.map((object) => locateTable(where, object)));
    default:
      throw unreachable(where);
  }
}

async function locateLocal(where: Whereabouts, object: SchemaObject): Promise<Located> {
  const place = serverText(where, 'path').replaceAll(/\$?\{(?:model|object)\}/g, () => object.name);
  const path = isAbsolute(place) ? place : join(where.folder, place);
  const format = serverText(where, 'format').toLowerCase();
  if (format === 'iceberg') {
    const { icebergTable } = await import('./iceberg-table.ts');
    const table = await icebergTable(path);
    return 'missing' in table
      ? { place, missing: table.missing }
      : { place, shown: `iceberg_scan(${quoteText(place)})`, relation: { schema: 'main', name: object.name, format: 'parquet', foreign: true, ...table } };
  }
  const found = await localFiles(path, format);
  if ('missing' in found) return { place, missing: found.missing };
  const relation: Relation = { schema: 'main', name: object.name, format: found.format, files: found.files };
  const csv = found.format === 'csv' ? { csv: csvOptions(where, format) } : {};
  const delimiter = csv.csv?.delimiter === undefined ? '' : `, delim = ${quoteText(csv.csv.delimiter)}`;
  const shown = `read_${found.format}(${quoteText(found.folder ? `${place}/**/*` : place)}${delimiter})`;
  if (found.format === 'parquet') return { place, shown, relation };
  return { place, shown, relation: { ...relation, ...csv, fits: textFits(object), ...(found.large && { kept: true }) } };
}

function csvOptions(where: Whereabouts, format: string): NonNullable<Relation['csv']> {
  const delimiter = format === 'tsv' ? '\t' : optionalText(where, 'delimiter');
  const encoding = optionalText(where, 'encoding')
    ?.toLowerCase()
    .replace(/^iso-?8859-1$/, 'latin-1')
    .replace(/^utf-?(8|16)$/, 'utf-$1');
  return { ...(delimiter !== undefined && { delimiter }), ...(encoding !== undefined && encoding !== 'ascii' && { encoding }) };
}

async function locateTable(where: Whereabouts, object: SchemaObject): Promise<Located> {
  const written = serverText(where, 'database');
  const path = await realpath(isAbsolute(written) ? written : join(where.folder, written)).catch(() => undefined);
  if (path === undefined) return { place: written, missing: 'no file is there' };
  const table = { schema: optionalText(where, 'schema') ?? 'main', name: object.physicalName ?? object.name };
  const shown = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  return { place: `${written}: ${table.schema}.${table.name}`, shown, relation: { schema: 'main', name: object.name, format: 'duckdb', files: [path], table } };
}

/** A text of the server, or of its `customProperties`, with its `${VAR}` resolved. */
export function optionalText(where: Whereabouts, key: string): string | undefined {
  const { written } = where.server;
  const custom = listOf(written['customProperties'])
    .map(objectOf)
    .find(({ property }) => property === key);
  const text = textOf(written[key]) ?? textOf(custom?.['value']);
  return text === undefined ? undefined : resolved(where, key, text);
}

/** A text that the server must have, with its `${VAR}` resolved. */
export function serverText(where: Whereabouts, key: string): string {
  const { server, file } = where;
  const written = textOf(server.written[key]);
  if (written === undefined)
    throw new UserError('invalid', `${file}: the server ${server.name} has no \`${key}\``, `A server of type ${server.type} needs it.`);
  return resolved(where, key, written);
}

function resolved({ server, file, variable }: Whereabouts, key: string, written: string): string {
  const { text, finding } = resolveVariables(written, (name) => (name === 'model' || name === 'object' ? `{${name}}` : variable(name)));
  if (finding === undefined) return text;
  throw new UserError('usage', `${file}: server ${server.name}: ${key}: ${finding.message}`, 'Give it with --var NAME=VALUE, or in the environment.');
}

const reached = 'Reached are `local` (Parquet, CSV, JSON, Iceberg tables), `duckdb` and `postgres`: export the data, and name the copy as such a server.';
const ways: Readonly<Record<string, string>> = Object.fromEntries([
  ...['s3', 'azure', 'sftp'].map((type) => [type, 'Files are read from this machine’s disk: copy or mount them, and name them as a `local` server.'] as const),
  ['iceberg', 'Tables are read from the disk, without a catalog: name the table’s folder as a `local` server with `format: iceberg`.'],
  ['kafka', 'A stream has no end to judge: land its messages in files, and name them as a `local` server.'],
]);

function unreachable({ server, file }: Whereabouts): UserError {
  return new UserError(
    'invalid',
    `${file}: the server ${server.name} is of type ${server.type}, which is not read here`,
    ways[server.type] ?? `Nothing here speaks to ${server.type}. ${reached}`,
  );
}
