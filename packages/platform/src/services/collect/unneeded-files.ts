import type { FileKind } from '../../files/files.ts';
import type { Platform } from '../platform.ts';
import { dataOfRun } from '../product/kept-runs.ts';

/** A sealed file that nothing needs. */
export interface UnneededFile {
  readonly name: string;
  readonly bytes: number;
}

/** Slices are a cache with a budget of its own, and go with their data files; so do kept keys. */
const KINDS: readonly FileKind[] = ['data', 'metadata', 'keys'];

/** Sealed files that are not among the kept ones and were there before a time (ISO 8601 in UTC). */
export async function unneededFiles({ files }: Pick<Platform, 'files'>, kept: ReadonlySet<string>, before: string): Promise<readonly UnneededFile[]> {
  const found: UnneededFile[] = [];
  for (const kind of KINDS) {
    for await (const { name, bytes, modifiedAt } of files.list(kind)) {
      if (!kept.has(kind === 'keys' ? dataOfRun(name) : name) && modifiedAt <= before) found.push({ name, bytes });
    }
  }
  return found;
}
