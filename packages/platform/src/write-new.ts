import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExternalError, UserError } from './error.ts';

/** Writes a file that is not there yet, with its folders; `ExternalError` where it is there or cannot be written. One that was begun does not stay. */
export async function writeNew(path: string, content: string | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx' });
  } catch (cause) {
    if (!isThere(cause)) await rm(path, { force: true }).catch(() => {});
    if (cause instanceof UserError || cause instanceof ExternalError) throw cause;
    throw new ExternalError(`${path}: cannot be written (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
      hint: 'Name another folder, or correct its permissions.',
    });
  }
}

function isThere(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}
