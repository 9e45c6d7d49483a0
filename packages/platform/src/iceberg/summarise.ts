import type { FileEntry } from './manifest.ts';
import type { Snapshot } from './metadata.ts';
import type { ManifestPlan } from './plan-manifests.ts';

/** The counts of a snapshot's summary (Iceberg table spec, Appendix F), totals from those of its parent. */
export function summarise(parent: Snapshot | undefined, { addedFiles, removedFiles }: ManifestPlan): Readonly<Record<string, string>> {
  const [added, removed] = [sum(addedFiles), sum(removedFiles)];
  const total = (key: string, change: number) => String(Number(parent?.summary[key] ?? 0) + change);
  return {
    'added-data-files': String(added.files),
    'added-records': String(added.rows),
    'added-files-size': String(added.bytes),
    'deleted-data-files': String(removed.files),
    'deleted-records': String(removed.rows),
    'removed-files-size': String(removed.bytes),
    'total-data-files': total('total-data-files', added.files - removed.files),
    'total-records': total('total-records', added.rows - removed.rows),
    'total-files-size': total('total-files-size', added.bytes - removed.bytes),
    'total-delete-files': '0',
    'total-position-deletes': '0',
    'total-equality-deletes': '0',
  };
}

function sum(files: readonly FileEntry[]) {
  const add = (size: (file: FileEntry) => number) => files.reduce((total, file) => total + size(file), 0);
  return { files: files.length, rows: add((file) => file.rows), bytes: add((file) => file.bytes) };
}
