import type { Revisions, TreeFiles } from '@hanse/core/api/shapes.ts';

/** The desired files of one repository: a folder, or a revision of one. Paths are relative, with `/`. */
export interface Tree {
  /** The repository's stable id: `repository` in hanse.yaml, else its first commit, else its folder. */
  readonly home: string;
  /** What its home was while it had less to tell it by: the folder, before the first commit. */
  readonly formerHomes: readonly string[];
  list(): Promise<TreeListing>;
  /** A file's bytes; undefined where there is none. At most `limit` bytes plus one. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
}

export interface TreeListing {
  /** Paths of documents, in code-point order. */
  readonly documents: readonly string[];
  /** Files that are not read although they seem to be meant for documents. */
  readonly ignored: readonly { readonly path: string; readonly why: string; readonly hint: string }[];
}

/** The documents before and after, and what stands beside them. */
export interface RevisionFiles {
  readonly base: TreeFiles;
  readonly head: TreeFiles;
  /** `consumers.lock.yaml` of the head; undefined where there is none. */
  readonly lock?: string;
  readonly revisions: Revisions;
}
