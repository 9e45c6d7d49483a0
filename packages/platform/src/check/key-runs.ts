import type { KeyMeasure } from '@hanse/core/rule/measure.ts';
import type { CheckedFile } from './check-table.ts';

/**
 * The keys of single data files, hashed and sorted: a cache, from which it is told for little that an append repeats no key. A
 * data file never changes, so its run is good as long as there is one.
 */
export interface KeyRuns {
  /** A relation of the run, quoted, with the column `k`; made by the query where there is none. Undefined where none can be had. */
  open(file: CheckedFile, measure: KeyMeasure, sql: string): Promise<string | undefined>;
}

/** The runs of all the files; undefined where one is lacking. */
export async function openRuns(
  runs: KeyRuns,
  files: readonly CheckedFile[],
  open: (file: CheckedFile) => readonly [KeyMeasure, string],
): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  for (const file of files) {
    const run = await runs.open(file, ...open(file));
    if (run === undefined) return undefined;
    found.push(run);
  }
  return found;
}
