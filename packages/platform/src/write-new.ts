import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExternalError } from './error.ts';

/** Writes a file that is not there yet, with its folders; `ExternalError` where it is there or cannot be written. */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new ExternalError(`${path}: cannot be written (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
      hint: 'Name another folder, or correct its permissions.',
    });
  }
}
