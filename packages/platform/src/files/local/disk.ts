import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ExternalError } from '../../error.ts';
import { diskCode, diskError } from './disk-error.ts';
import type { FileStat, FileSystem } from './file-system.ts';

/** Runs `act`; what the disk says against it becomes an `ExternalError` that names `what` and `path`. */
export async function attempt<T>(what: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && diskCode(error) === undefined) throw error;
    throw diskError(what, path, error);
  }
}

async function orMissing<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (diskCode(error) === 'ENOENT' || diskCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

export const statIfThere = (disk: FileSystem, path: string) => orMissing(disk.stat(path));
export const entriesIfThere = async (disk: FileSystem, path: string) => (await orMissing(disk.entries(path))) ?? [];
export const unlinkIfThere = async (disk: FileSystem, path: string) => (await orMissing(disk.unlink(path).then(() => true))) ?? false;

export async function makeFolder(disk: FileSystem, folder: string): Promise<void> {
  try {
    await disk.makeFolder(folder);
  } catch (error) {
    if (diskCode(error) !== 'EEXIST') throw error;
  }
}

export async function* walk(disk: FileSystem, folder: string): AsyncGenerator<FileStat & { readonly path: string }> {
  for (const entry of await attempt('Listing files', folder, () => entriesIfThere(disk, folder))) {
    const path = join(folder, entry);
    const found = await attempt('Listing files', path, () => statIfThere(disk, path));
    if (found?.kind === 'file') yield { ...found, path };
    if (found?.kind === 'folder') yield* walk(disk, path);
  }
}

export async function hash(disk: FileSystem, path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of disk.read(path)) sum.update(chunk);
  return sum.digest('hex');
}

export async function regularFile(disk: FileSystem, path: string): Promise<FileStat> {
  const found = await disk.stat(path);
  if (found.kind !== 'file') throw notOurs(path);
  return found;
}

/** A link, device or folder lies where only Hanse's own file or folder may be. */
export function notOurs(path: string): ExternalError {
  return new ExternalError(`Something that Hanse did not put there is at ${path}.`, {
    hint: 'Nothing but Hanse may write into its folder of files: remove what is in the way.',
  });
}
