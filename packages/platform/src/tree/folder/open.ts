import { execFile } from 'node:child_process';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { ExternalError, UserError } from '../../error.ts';
import type { Tree } from '../tree.ts';

const MAX_FILES = 50_000;
const DOCUMENT = /(^|\/)(hanse|domain|build)\.yaml$|\.(odps|odcs|oaas)\.(yaml|yml|json)$|\.sql$/;
const IGNORED = new Set(['node_modules', '.git', '.hanse', '.cache']);

/** The documents below a folder. Symbolic links are not followed, so nothing outside the folder is read. */
export async function openFolderTree(folder: string, repository?: string): Promise<Tree> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new UserError('missing', `${resolve(folder)}: no such folder (${cause instanceof Error ? cause.message : String(cause)})`, 'Name the folder that holds the mesh: --folder PATH.');
  });
  return {
    home: repository ?? (await firstCommit(root)) ?? `folder:${root}`,
    formerHomes: [`folder:${root}`],
    list: async () => (await listDocuments(root)).toSorted(),
    read: (path, limit) => readUpTo(join(root, path), limit),
  };
}

async function listDocuments(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !IGNORED.has(entry.name)) pending.push(path);
      const name = relative(root, path).split(sep).join('/');
      if (entry.isFile() && DOCUMENT.test(name)) found.push(name);
    }
    if (found.length > MAX_FILES) throw new UserError('limit', `${root}: more than ${MAX_FILES} documents`, 'Apply a folder of fewer domains at a time.');
  }
  return found;
}

async function readUpTo(path: string, limit: number): Promise<Uint8Array | undefined> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new ExternalError(`${path}: cannot be read (${cause.message})`, { cause, hint: "Check the file's permissions." });
  });
  if (file === undefined) return undefined;
  await using handle = file;
  const { size } = await handle.stat();
  const bytes = new Uint8Array(Math.min(size, limit + 1));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  return bytes.subarray(0, bytesRead);
}

/** The id of a repository's first commit is the same in every clone, and another in every other repository. */
async function firstCommit(root: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'rev-list', '--max-parents=0', '--reverse', 'HEAD'], { timeout: 5_000 });
    const id = stdout.split('\n')[0]?.trim();
    return id === undefined || id === '' ? undefined : `git:${id}`;
  } catch {
    return undefined;
  }
}
