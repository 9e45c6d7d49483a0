import { ExternalError } from '../error.ts';
import type { Files } from './files.ts';

/** Where a sealed file can be read; `ExternalError` where it is gone. */
export async function openSealed(files: Files, name: string): Promise<string> {
  const path = await files.open(name);
  if (path !== undefined) return path;
  throw new ExternalError(`${name} is missing.`, { hint: 'Restore the folder of files from a backup, or build the table again with --force.' });
}
