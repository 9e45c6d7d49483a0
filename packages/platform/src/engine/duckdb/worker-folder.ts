import { chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerIdentity } from './worker-process.ts';

/** A folder for what one worker spills, for its eyes only. Its name says which process will remove it. */
export async function makeWorkerFolder(parent: string, identity?: WorkerIdentity): Promise<string> {
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, `worker-${process.pid}-`));
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
  return folder;
}

/** Removes the folders that killed processes left. */
export async function sweepWorkerFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const owner = /^worker-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || (await isInUse(join(parent, name), Number(owner)))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** In a container each life of the server has the same number: what is older than this process was made by another. */
async function isInUse(folder: string, owner: number): Promise<boolean> {
  if (owner !== process.pid) return isAlive(owner);
  const made = await stat(folder).catch(() => undefined);
  return made === undefined || made.mtimeMs >= performance.timeOrigin;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
