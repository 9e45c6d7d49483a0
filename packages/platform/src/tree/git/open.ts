import { isDocumentName, mayBeDocument, meantName } from '@hanse/core/plan/document-name.ts';
import { ExternalError, UserError } from '../../error.ts';
import type { Tree, TreeListing } from '../tree.ts';
import { HEAD_BYTES, MAX_FILES, SKIPPED_FOLDERS } from '../tree-limits.ts';
import type { Clone } from './clone.ts';
import { readBlobs } from './read-blobs.ts';
import { runGit } from './run-git.ts';

/** The documents of one commit, below the folder that a clone is looked at from; nothing is checked out. */
export interface GitTree extends Tree {
  /** Blob ids by path: what has the same id has the same bytes. */
  readonly documents: ReadonlyMap<string, string>;
  /** Submodules, which belong to other repositories. */
  readonly modules: readonly string[];
}

export async function openGitTree(clone: Clone, commit: string, home: string): Promise<GitTree> {
  const entries = await listEntries(clone, commit);
  const documents = new Map(entries.filter(({ kind, path }) => kind === 'file' && isDocumentName(path)).map(({ path, id }) => [path, id]));
  if (documents.size > MAX_FILES)
    throw new UserError('limit', `${clone.folder}: more than ${MAX_FILES} documents in ${commit.slice(0, 12)}`, 'Plan a folder of fewer domains at a time.');
  const ids = new Map(entries.filter(({ kind }) => kind === 'file').map(({ path, id }) => [path, id]));
  return {
    home,
    formerHomes: [`folder:${clone.folder}`],
    documents,
    modules: entries.filter(({ kind }) => kind === 'submodule').map(({ path }) => path),
    list: async () => ({ documents: [...documents.keys()].toSorted(), ignored: await whyIgnored(clone, entries) }),
    read: batched(clone.folder, (path) => ids.get(path)),
  };
}

interface Entry {
  readonly kind: 'file' | 'link' | 'submodule';
  readonly path: string;
  readonly id: string;
}

const KINDS: Readonly<Record<string, Entry['kind']>> = { '100644': 'file', '100755': 'file', '120000': 'link', '160000': 'submodule' };

async function listEntries({ folder, prefix }: Clone, commit: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let rest = Buffer.alloc(0);
  const take = (bytes: Buffer) => {
    const whole = Buffer.concat([rest, bytes]);
    let from = 0;
    for (let end = whole.indexOf(0); end >= 0; end = whole.indexOf(0, from)) {
      const entry = entryOf(whole.toString('utf8', from, end), prefix);
      if (entry !== undefined) entries.push(entry);
      from = end + 1;
    }
    rest = whole.subarray(from);
  };
  const below = prefix === '' ? [] : [prefix];
  const { code, stderr } = await runGit(folder, ['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', commit, '--', ...below], { take });
  if (code === 0) return entries;
  throw new ExternalError(`${folder}: git cannot list ${commit.slice(0, 12)} (${stderr.split('\n')[0]})`, { hint: 'See what `git fsck` says.' });
}

/** `100644 blob 83baae6...\tfinance/domain.yaml`, where it may be a document or is said not to be read. */
function entryOf(line: string, prefix: string): Entry | undefined {
  const [, mode = '', id = '', full = ''] = /^(\d{6}) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
  const path = full.slice(prefix.length);
  const kind = KINDS[mode];
  if (
    kind === undefined ||
    !full.startsWith(prefix) ||
    path
      .split('/')
      .slice(0, -1)
      .some((folder) => SKIPPED_FOLDERS.has(folder))
  )
    return undefined;
  return kind === 'submodule' || isDocumentName(path) || mayBeDocument(path) ? { kind, path, id } : undefined;
}

async function whyIgnored({ folder }: Clone, entries: readonly Entry[]): Promise<TreeListing['ignored']> {
  const links = entries.filter(({ kind, path }) => kind === 'link' && isDocumentName(path));
  const modules = entries.filter(({ kind }) => kind === 'submodule');
  const others = entries.filter(({ kind, path }) => kind === 'file' && !isDocumentName(path));
  const heads = await readBlobs(
    folder,
    others.map(({ id }) => id),
    HEAD_BYTES,
  );
  const misnamed = others.flatMap(({ path }, index) => {
    const meant = meantName(path, new TextDecoder().decode(heads[index]));
    return meant === undefined ? [] : [{ path, why: 'documents of its kind have other names', hint: `Did you mean \`${meant}\`? Then rename it.` }];
  });
  return [
    ...links.map(({ path }) => ({ path, why: 'symbolic links are not followed', hint: 'Put the file itself here.' })),
    ...modules.map(({ path }) => ({ path, why: 'submodules are not read', hint: 'Plan in a clone of its own repository.' })),
    ...misnamed,
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Reads that are asked for together are one run of git. */
function batched(folder: string, idOf: (path: string) => string | undefined): Tree['read'] {
  let waiting: { readonly ids: string[]; readonly limit: number; readonly blobs: Promise<readonly Uint8Array[]> } | undefined;
  return async (path, limit) => {
    const id = idOf(path);
    if (id === undefined) return undefined;
    if (waiting?.limit !== limit) {
      const ids: string[] = [];
      const blobs = Promise.resolve().then(() => {
        waiting = undefined;
        return readBlobs(folder, ids, limit);
      });
      waiting = { ids, limit, blobs };
    }
    const { ids, blobs } = waiting;
    const index = ids.push(id) - 1;
    return (await blobs)[index];
  };
}
