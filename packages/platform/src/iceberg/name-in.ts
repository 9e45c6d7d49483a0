import type { Files } from '../files/files.ts';
import type { TableMetadata } from './metadata.ts';

/**
 * The name of the file that a table's metadata calls `uri`. Metadata holds absolute addresses; where the whole folder of
 * files was moved, the part of the table's location before `metadata/<uuid>` says where it was.
 */
export function nameIn(files: Files, metadata: TableMetadata, uri: string): string | undefined {
  const name = files.nameOf(uri);
  if (name !== undefined) return name;
  const folder = `metadata/${metadata['table-uuid']}`;
  if (!metadata.location.endsWith(`/${folder}`)) return undefined;
  const before = metadata.location.slice(0, -folder.length);
  return uri.startsWith(before) ? files.nameOf(files.uri(uri.slice(before.length))) : undefined;
}
