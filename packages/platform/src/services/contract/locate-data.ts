import { isAbsolute, join } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { Server } from '@hanse/core/contract/parse-servers.ts';
import { textOf } from '@hanse/core/document/json.ts';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { localFiles } from './local-files.ts';

export interface Whereabouts {
  readonly server: Server;
  /** The contract's folder: relative paths start here. */
  readonly folder: string;
  /** The contract's file, for messages. */
  readonly file: string;
  readonly variable: (name: string) => string | undefined;
}

/** Where the rows of an object lie, or why they cannot be had. */
export type Located = { readonly place: string; readonly relation: Relation } | { readonly place: string; readonly missing: string };

/** Finds the data of each object on a server; a `UserError` for a server that cannot be reached at all. */
export async function locateData(where: Whereabouts, objects: readonly SchemaObject[]): Promise<readonly Located[]> {
  switch (where.server.type) {
    case 'local':
      return Promise.all(objects.map((object) => locateLocal(where, object)));
    default:
      throw unreachable(where);
  }
}

async function locateLocal(where: Whereabouts, object: SchemaObject): Promise<Located> {
  const path = serverText(where, 'path').replaceAll(/\{model\}/g, () => object.name);
  const pattern = isAbsolute(path) ? path : join(where.folder, path);
  const found = await localFiles(pattern, serverText(where, 'format').toLowerCase());
  if ('missing' in found) return { place: path, missing: found.missing };
  return { place: path, relation: { schema: 'main', name: object.name, ...found } };
}

/** A text of the server with its `${VAR}` resolved. */
export function serverText({ server, file, variable }: Whereabouts, key: string): string {
  const written = textOf(server.written[key]);
  if (written === undefined) throw new UserError('invalid', `${file}: the server ${server.name} has no \`${key}\``, `A server of type ${server.type} needs it.`);
  const resolved = resolveVariables(written.replaceAll('${model}', '{model}'), variable);
  if (resolved.finding === undefined) return resolved.text;
  throw new UserError('usage', `${file}: server ${server.name}: ${key}: ${resolved.finding.message}`, 'Give it with --var NAME=VALUE, or in the environment.');
}

function unreachable({ server, file }: Whereabouts): UserError {
  return new UserError('invalid', `${file}: the server ${server.name} is of type ${server.type}, which is not read here`, needs[server.type] ?? 'Reached are local files (Parquet, CSV, JSON, Iceberg tables) and DuckDB files.');
}

const needs: Readonly<Record<string, string>> = {
  postgres: 'Judging inside PostgreSQL is not there yet; export the tables to Parquet and name them as a local server.',
  postgresql: 'Judging inside PostgreSQL is not there yet; export the tables to Parquet and name them as a local server.',
};
