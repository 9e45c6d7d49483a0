import type { FileEntry, ManifestEntry } from './manifest.ts';
import type { ManifestFile } from './manifest-list.ts';

/** A manifest of the snapshot that a commit builds on; entries where `needsEntries` asked for them. */
export interface CurrentManifest {
  readonly file: ManifestFile;
  readonly entries?: readonly ManifestEntry[];
}

export interface ManifestPlan {
  /** Manifests that go into the new list as they are. */
  readonly kept: readonly ManifestFile[];
  /** Entries of each manifest to write. */
  readonly written: readonly (readonly ManifestEntry[])[];
  readonly addedFiles: readonly FileEntry[];
  readonly removedFiles: readonly FileEntry[];
}

/** From this many manifests on the small ones are merged into one. */
const MERGE_FROM = 32;
/** A manifest with this many files or more is left alone by a merge. */
const SMALL_FILES = 2_000;

/** Whether a commit has to read the current manifests: it removes files, merges, or writes them anew. */
export function needsEntries(rewrites: boolean, manifests: number): boolean {
  return rewrites || manifests >= MERGE_FROM;
}

/**
 * Says which manifests stay and what new ones hold. `added` in, `isRemoved` out; a file that is both stays as it is, so
 * that a rebuild with equal bytes changes nothing.
 */
export function planManifests(
  current: readonly CurrentManifest[],
  added: readonly FileEntry[],
  isRemoved: (uri: string) => boolean,
  commit: { readonly snapshotId: string; readonly sequence: number; readonly mergeAll: boolean },
): ManifestPlan {
  const left = [...added];
  const removedFiles: FileEntry[] = [];
  const kept: CurrentManifest[] = [];
  const written: (readonly ManifestEntry[])[] = [];
  const settle = (entry: ManifestEntry): ManifestEntry => {
    if (!isRemoved(entry.file.uri)) return { ...entry, status: 'existing' };
    const again = left.findIndex((file) => file.uri === entry.file.uri);
    if (again >= 0) {
      left.splice(again, 1);
      return { ...entry, status: 'existing' };
    }
    removedFiles.push(entry.file);
    return { ...entry, status: 'deleted', snapshotId: commit.snapshotId };
  };
  for (const manifest of current) {
    if (manifest.file.added.files + manifest.file.existing.files === 0) continue;
    const live = manifest.entries?.filter((entry) => entry.status !== 'deleted');
    const settled = live?.map(settle);
    if (settled?.some((entry) => entry.status === 'deleted') === true) written.push(settled);
    else kept.push({ file: manifest.file, ...(live !== undefined && { entries: live }) });
  }
  const merged = commit.mergeAll ? mergeAll(kept) : mergeSmall(kept);
  const entry = { status: 'added', snapshotId: commit.snapshotId, sequence: commit.sequence, fileSequence: commit.sequence } as const;
  const fresh = left.map((file): ManifestEntry => ({ ...entry, file }));
  return {
    kept: merged.kept.map((manifest) => manifest.file),
    written: [fresh, ...written, merged.entries].filter((entries) => entries.length > 0),
    addedFiles: left,
    removedFiles,
  };
}

function mergeSmall(manifests: readonly CurrentManifest[]) {
  const small = manifests.filter(({ file, entries }) => entries !== undefined && file.added.files + file.existing.files < SMALL_FILES);
  if (manifests.length < MERGE_FROM || small.length < 2) return { kept: manifests, entries: [] };
  return { ...mergeAll(small), kept: manifests.filter((manifest) => !small.includes(manifest)) };
}

function mergeAll(manifests: readonly CurrentManifest[]) {
  const entries = manifests.flatMap((manifest) => manifest.entries ?? []);
  return { kept: [], entries: entries.map((entry): ManifestEntry => ({ ...entry, status: 'existing' })) };
}
