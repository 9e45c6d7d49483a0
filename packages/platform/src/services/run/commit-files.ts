import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import type { TransactResult } from '../../store/store.ts';
import { expectFiles } from '../collect/collection.ts';
import type { Platform } from '../platform.ts';
import type { RunCommit, RunRecord } from './run-record.ts';

export interface FilesCommit extends RunCommit {
  readonly answer: RunAnswer;
  /** Sealed files that the writes refer to for the first time. */
  readonly files: readonly string[];
}

/** Commits a run's outcome that refers to new files; again where a collection of garbage, which may meet them, began or ended meanwhile. */
export async function commitFiles(
  platform: Pick<Platform, 'store' | 'files' | 'holder' | 'newId'>,
  run: RunRecord,
  { answer, files, ...commit }: FilesCommit,
): Promise<TransactResult> {
  for (;;) {
    const result = await run.commit(answer, { ...commit, expect: [...commit.expect, await expectFiles(platform, files)] });
    if (result.kind !== 'conflict' || result.key.kind !== 'collection') return result;
  }
}
