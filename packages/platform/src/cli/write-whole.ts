import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ExternalError, UserError } from '../error.ts';

/** Writes to a file that appears whole or not at all; to a pipe or a device as it comes. */
export async function writeWhole(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const known = await stat(path).catch(() => undefined);
  const isFile = known === undefined || known.isFile();
  const place = isFile ? `${path}.part` : path;
  try {
    // Opened before anything is read: a stream that opens by itself may make the file after it was taken away.
    const file = await open(place, 'w');
    await pipeline(body, file.createWriteStream());
    if (isFile) await rename(place, path);
  } catch (error) {
    if (isFile) await rm(place, { force: true }).catch(() => {});
    if (error instanceof UserError || error instanceof ExternalError) throw error;
    throw new ExternalError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
      hint: 'Name another place with --out, or correct its permissions.',
    });
  }
}
