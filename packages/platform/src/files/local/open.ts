import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../clock.ts';
import type { FileKind, Files } from '../files.ts';
import { attempt, makeFolder, statIfThere, unlinkIfThere, walk } from './disk.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { isName, nameOf, slashes } from './name.ts';
import { type Root, STAGED, seal, stage } from './seal.ts';

export interface LocalFilesOptions {
  /** Made where it is not there; its parent must be. */
  readonly folder: string;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

/**
 * Files on the local disk: `<kind>/<ab>/<sha256>.<extension>`, mode 0444, below one folder; what is not sealed lies in
 * `staged/`. A file appears by a hard link, which never replaces one. Disk faults are `ExternalError`.
 */
export async function openLocalFiles(options: LocalFilesOptions): Promise<Files> {
  const disk = options.fileSystem ?? nodeFileSystem;
  const folder = await openFolder(disk, options.folder);
  const root: Root = { folder, disk, newId: options.newId ?? randomUUID, durable: new Set([folder]) };
  return {
    stage: (kind, extension) => stage(root, kind, extension),
    seal: (staged, name) => seal(root, staged, name),
    discard: (staged) => discard(disk, staged.path),
    open: (name) => open(root, name),
    uri: (name) => `file://${slashes(join(folder, name))}`,
    nameOf: (uri) => nameOf(folder, uri),
    list: (kind) => list(root, kind),
    remove: (name) => remove(root, name),
    sweep: (olderThanMs) => sweep(root, Date.parse((options.clock ?? systemClock).now()) - olderThanMs),
  };
}

async function openFolder(disk: FileSystem, folder: string): Promise<string> {
  return attempt('Opening the folder of files', folder, async () => {
    await makeFolder(disk, folder);
    return disk.realPath(folder);
  });
}

async function discard(disk: FileSystem, path: string): Promise<void> {
  await attempt('Discarding a staged file', path, () => unlinkIfThere(disk, path));
}

async function open({ folder, disk }: Root, name: string): Promise<string | undefined> {
  if (!isName(name)) return undefined;
  const path = join(folder, name);
  return attempt('Opening a file', path, async () => {
    const found = await statIfThere(disk, path);
    if (found?.kind !== 'file') return undefined;
    return (await disk.realPath(path)) === path ? path : undefined;
  });
}

async function remove({ folder, disk }: Root, name: string): Promise<void> {
  if (!isName(name)) throw new Error(`not a file name: ${name}`);
  const path = join(folder, name);
  await attempt('Removing a file', path, async () => {
    if (await unlinkIfThere(disk, path)) await disk.sync(dirname(path));
  });
}

async function* list({ folder, disk }: Root, kind: FileKind | typeof STAGED) {
  for await (const { path, bytes, modifiedMs } of walk(disk, join(folder, kind))) {
    yield { name: slashes(path.slice(folder.length + 1)), bytes, modifiedAt: new Date(modifiedMs).toISOString() };
  }
}

async function sweep({ folder, disk }: Root, latestMs: number): Promise<number> {
  let swept = 0;
  for await (const { path, modifiedMs } of walk(disk, join(folder, STAGED))) {
    if (modifiedMs > latestMs) continue;
    await attempt('Sweeping a staged file', path, () => unlinkIfThere(disk, path));
    swept += 1;
  }
  return swept;
}
