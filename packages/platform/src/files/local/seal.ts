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
    await root.disk.protect(staged.path);
    const [, name] = await Promise.all([syncOrGiveUp(root.disk, staged.path), placeFor(root, staged, asked)]);
    await publish(root, staged.path, join(root.folder, name));
    return { name, bytes };
  });
}

/** The name that a staged file gets, in a folder that is there. */
async function placeFor(root: Root, { path, kind, extension }: Staged, asked: string | undefined): Promise<string> {
  const name = `${kind}/${asked ?? placeOf(await hash(root.disk, path))}.${extension}`;
  if (!isName(name)) throw new Error(`not a file name: ${name}`);
  await makeDurable(root, dirname(join(root.folder, name)));
  return name;
}

function placeOf(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}`;
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

async function publish(root: Root, from: string, to: string): Promise<void> {
  try {
    await root.disk.link(from, to);
  } catch (error) {
    if (diskCode(error) !== 'EEXIST') throw error;
    await expectHash(root.disk, to, await hash(root.disk, from));
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
