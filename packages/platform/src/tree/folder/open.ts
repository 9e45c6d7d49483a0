import type { Dirent } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isDocumentName, mayBeDocument, meantName } from '@hanse/core/plan/document-name.ts';
import { ExternalError, UserError } from '../../error.ts';
import { askGit } from '../git/run-git.ts';
import type { Tree, TreeListing } from '../tree.ts';
import { HEAD_BYTES, MAX_FILES, SKIPPED_FOLDERS } from '../tree-limits.ts';

/** The documents below a folder. Symbolic links are not followed, so nothing outside the folder is read. */
export async function openFolderTree(folder: string, repository?: string): Promise<Tree> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new UserError(
      'missing',
      `${resolve(folder)}: no such folder (${cause instanceof Error ? cause.message : String(cause)})`,
      'Name the folder that holds the mesh: --folder PATH.',
    );
  });
  return {
    home: repository ?? (await firstCommit(root)) ?? `folder:${root}`,
    formerHomes: [`folder:${root}`],
    list: () => listDocuments(root),
    read: inLanes((path, limit) => readUpTo(join(root, path), limit)),
  };
}

/** A process may have so many files open; reads beyond these wait for one before them. */
const LANES = 64;

function inLanes(read: Tree['read']): Tree['read'] {
  const lanes: Promise<unknown>[] = [];
  let asked = 0;
  return (path, limit) => {
    const lane = asked++ % LANES;
    const turn = (lanes[lane] ?? Promise.resolve()).then(() => read(path, limit));
    lanes[lane] = turn.catch(() => undefined);
    return turn;
  };
}

async function listDocuments(root: string): Promise<TreeListing> {
  const documents: string[] = [];
  const ignored: TreeListing['ignored'][number][] = [];
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join('/');
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) pending.push(path);
      if (entry.isFile() && isDocumentName(name)) documents.push(name);
      else ignored.push(...(await whyIgnored(root, name, entry)));
    }
    if (documents.length > MAX_FILES) throw new UserError('limit', `${root}: more than ${MAX_FILES} documents`, 'Apply a folder of fewer domains at a time.');
  }
  return { documents: documents.toSorted(), ignored: ignored.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new ExternalError(`${folder}: cannot be read (${cause.message})`, { cause, hint: "Check the folder's permissions." });
  });
}

async function whyIgnored(root: string, path: string, entry: Dirent): Promise<TreeListing['ignored']> {
  if (entry.isSymbolicLink() && isDocumentName(path)) return [{ path, why: 'symbolic links are not followed', hint: 'Put the file itself here.' }];
  if (!entry.isFile() || !mayBeDocument(path)) return [];
  // What cannot be read is no document of ours.
  const head = await readUpTo(join(root, path), HEAD_BYTES).catch(() => undefined);
  const meant = head === undefined ? undefined : meantName(path, new TextDecoder().decode(head));
  return meant === undefined ? [] : [{ path, why: 'documents of its kind have other names', hint: `Did you mean \`${meant}\`? Then rename it.` }];
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
  // Without git there is no repository.
  const commits = await askGit(root, ['rev-list', '--max-parents=0', '--reverse', 'HEAD']).catch(() => undefined);
  const [id = ''] = commits?.split('\n') ?? [];
  return id === '' ? undefined : `git:${id}`;
}
