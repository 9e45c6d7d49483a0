import { createHash } from 'node:crypto';
import type { TreeFiles } from '@hanse/core/api/shapes.ts';
import { documentLimits } from '@hanse/core/document/limits.ts';
import { LOCK_FILE } from '@hanse/core/lock/consumers-lock.ts';
import { openFolderTree } from '../folder/open.ts';
import { readTreeFiles } from '../read-tree-files.ts';
import type { RevisionFiles, Tree } from '../tree.ts';
import { type Clone, findClone, findCommit, findMergeCommit } from './clone.ts';
import { type GitTree, openGitTree } from './open.ts';

/**
 * Reads two revisions as a pull request compares them: from the newest commit that base and head have in common to the head, or to the
 * folder as it stands where no head is named.
 */
export async function readRevisions(asked: {
  readonly folder: string;
  readonly base: string;
  readonly head?: string;
  readonly repository?: string;
}): Promise<RevisionFiles> {
  const clone = await findClone(asked.folder);
  const folder = await openFolderTree(clone.folder, asked.repository);
  const named = await findCommit(clone, asked.base, '--base');
  const headCommit = await findCommit(clone, asked.head ?? 'HEAD', '--head');
  const commit = await findMergeCommit(clone, named, headCommit);
  const [before, after] = await Promise.all([openGitTree(clone, commit, folder.home), openGitTree(clone, headCommit, folder.home)]);
  const headTree = asked.head === undefined ? withoutModules(folder, after) : after;
  const head = await readTreeFiles(headTree);
  const lock = await headTree.read(LOCK_FILE, documentLimits.bytes);
  return {
    head,
    base: await readBefore(clone, before, head),
    ...(lock !== undefined && { lock: new TextDecoder().decode(lock) }),
    revisions: {
      base: { revision: asked.base, commit, isMergeBase: commit !== named },
      head: asked.head === undefined ? null : { revision: asked.head, commit: headCommit },
    },
  };
}

/** A submodule is a folder on the disk: what is not read of one side is not read of the other. */
function withoutModules(folder: Tree, { modules }: GitTree): Tree {
  if (modules.length === 0) return folder;
  const isInside = (path: string) => modules.some((module) => path.startsWith(`${module}/`));
  return {
    ...folder,
    list: async () => {
      const { documents, ignored } = await folder.list();
      const said = modules.map((path) => ({ path, why: 'submodules are not read', hint: 'Plan in a clone of its own repository.' }));
      return { documents: documents.filter((path) => !isInside(path)), ignored: [...ignored.filter(({ path }) => !isInside(path)), ...said] };
    },
  };
}

/** What has the same hash as the file of now has the same text: only the others are read. */
async function readBefore({ hash }: Clone, before: GitTree, head: TreeFiles): Promise<TreeFiles> {
  const now = new Map(head.files.map((file) => [file.path, file]));
  const read = await Promise.all(
    [...before.documents].map(async ([path, id]) => {
      const same = now.get(path);
      if (same !== undefined && blobId(hash, same.text) === id) return same;
      const bytes = await before.read(path, documentLimits.bytes);
      return { path, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) };
    }),
  );
  return { home: before.home, formerHomes: [...before.formerHomes], files: read.toSorted((a, b) => (a.path < b.path ? -1 : 1)), ignored: [] };
}

/** How git names the bytes of a file (gitformat-pack, "blob"). A text that was not UTF-8 has another name, and is read. */
function blobId(hash: Clone['hash'], text: string): string {
  const bytes = Buffer.from(text);
  return createHash(hash).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
