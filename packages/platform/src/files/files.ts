export type FileKind = 'data' | 'slice' | 'metadata' | 'keys';

/** A place to write one file, seen by nobody until it is sealed. */
export interface Staged {
  readonly path: string;
  readonly kind: FileKind;
  readonly extension: string;
}

export interface SealedFile {
  /** Its name for good: `<kind>/<ab>/<sha256>.<extension>`, or as asked. */
  readonly name: string;
  readonly bytes: number;
}

/**
 * Immutable files by name. `seal` has synced and renamed the file and synced its folder when it returns; a sealed
 * file is never overwritten: sealing equal bytes under the same name is no change, other bytes an error.
 */
export interface Files {
  stage(kind: FileKind, extension: string): Promise<Staged>;
  /** `name` without kind and extension; the file's hash where absent. */
  seal(staged: Staged, name?: string): Promise<SealedFile>;
  discard(staged: Staged): Promise<void>;
  /** A local copy to read; undefined where no such file is. */
  open(name: string): Promise<string | undefined>;
  /** The address that other engines use for a file: `file:///...`. `nameOf` is its inverse. */
  uri(name: string): string;
  nameOf(uri: string): string | undefined;
  /** Sealed files of a kind, or those that are staged now. */
  list(kind: FileKind | 'staged'): AsyncIterable<{ readonly name: string; readonly bytes: number; readonly modifiedAt: string }>;
  remove(name: string): Promise<void>;
  /** Removes staged files older than the age: what killed processes left. Returns how many. */
  sweep(olderThanMs: number): Promise<number>;
}
