import type { Files } from '../files/files.ts';
import type { TableMetadata } from './metadata.ts';

type Addresses = Pick<Files, 'uri' | 'nameOf'>;

/**
 * The name of the file that a table's metadata calls `uri`. Metadata holds absolute addresses; for a table that we wrote,
 * whose folder of files was moved since, the part from the kind of file on says which it is.
 */
export function nameIn(files: Addresses, metadata: TableMetadata, uri: string): string | undefined {
  const name = files.nameOf(uri);
  if (name !== undefined || !metadata.location.endsWith(`/metadata/${metadata['table-uuid']}`)) return name;
  const [, moved] = /^.*\/((?:data|metadata)\/.+)$/.exec(uri) ?? [];
  return moved === undefined ? undefined : files.nameOf(files.uri(moved));
}

/** The address that a file of a table has now; `uri` itself where the file is none of ours. */
export function addressIn(files: Addresses, metadata: TableMetadata, uri: string): string {
  const name = nameIn(files, metadata, uri);
  return name === undefined ? uri : files.uri(name);
}

/** True for a table that we wrote into a folder of files that lay elsewhere. */
export function wasMoved(files: Addresses, metadata: TableMetadata): boolean {
  const folder = `metadata/${metadata['table-uuid']}`;
  return metadata.location.endsWith(`/${folder}`) && metadata.location !== files.uri(folder);
}
