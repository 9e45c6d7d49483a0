import { dirname, join } from 'node:path';
import { ExternalError } from '../../error.ts';
import type { FileKind, SealedFile, Staged } from '../files.ts';
import { attempt, hash, makeFolder, notOurs, regularFile, unlinkIfThere } from './disk.ts';
import { diskCode } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import { isName } from './name.ts';

export interface Root {
  readonly folder: string;
  readonly disk: FileSystem;
  readonly newId: () => string;
  /** Folders that are there and whose entry in their parent is on the disk. */
  readonly durable: Set<string>;
}

export const STAGED = 'staged';

export async function stage(root: Root, kind: FileKind, extension: string): Promise<Staged> {
  const folder = join(root.folder, STAGED);
  const path = join(folder, `${kind}-${root.newId()}.${extension}`);
  await attempt('Staging a file', path, () => makeDurable(root, folder));
  return { path, kind, extension };
}

export async function seal(root: Root, staged: Staged, asked?: string): Promise<SealedFile> {
  if (dirname(staged.path) !== join(root.folder, STAGED)) throw new Error(`not staged here: ${staged.path}`);
  return attempt('Sealing a file', staged.path, async () => {
    const { bytes } = await regularFile(root.disk, staged.path);
    const sha256 = await hash(root.disk, staged.path);
    const name = `${staged.kind}/${asked ?? `${sha256.slice(0, 2)}/${sha256}`}.${staged.extension}`;
    if (!isName(name)) throw new Error(`not a file name: ${name}`);
    await root.disk.protect(staged.path);
    await syncOrGiveUp(root.disk, staged.path);
    await publish(root, staged.path, join(root.folder, name), sha256);
    return { name, sha256, bytes };
  });
}

/** After a failed sync the system may forget the lost pages and let the next sync succeed, so the file must not be tried again. */
async function syncOrGiveUp(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.sync(path);
  } catch (error) {
    await disk.unlink(path).catch(() => undefined);
    throw error;
  }
}

async function publish(root: Root, from: string, to: string, sha256: string): Promise<void> {
  await makeDurable(root, dirname(to));
  try {
    await root.disk.link(from, to);
  } catch (error) {
    if (diskCode(error) !== 'EEXIST') throw error;
    await expectHash(root.disk, to, sha256);
  }
  await root.disk.sync(dirname(to));
  await unlinkIfThere(root.disk, from);
}

async function expectHash(disk: FileSystem, path: string, sha256: string): Promise<void> {
  await regularFile(disk, path);
  const found = await hash(disk, path);
  if (found === sha256) return;
  throw new ExternalError(`Sealing a file failed at ${path}: other bytes are there already (SHA-256 ${found}, wanted ${sha256}).`, {
    hint: 'A sealed file is never overwritten. If the file was damaged, restore it from a backup.',
  });
}

async function makeDurable(root: Root, folder: string): Promise<void> {
  if (root.durable.has(folder)) return;
  const parent = dirname(folder);
  await makeDurable(root, parent);
  await makeFolder(root.disk, folder);
  if ((await root.disk.stat(folder)).kind !== 'folder') throw notOurs(folder);
  await root.disk.sync(parent);
  root.durable.add(folder);
}
