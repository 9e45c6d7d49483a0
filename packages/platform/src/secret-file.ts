import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExternalError } from './error.ts';

/** A secret of 256 bits in hex, made on first use and readable by its owner only. A file appears whole, whoever is killed meanwhile. */
export async function readSecret(path: string): Promise<string> {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ExternalError(`${path}: cannot be read (${error.message})`, { cause: error, hint: 'Let the user who runs Hanse read it.' });
  });
  if (found !== undefined && /^[0-9a-f]{64}$/.test(found)) return found;
  if (found !== undefined) throw new ExternalError(`${path} is damaged`, { hint: 'Restore it from a backup: keyed hashes are made with it.' });
  await writeOnce(path, randomBytes(32).toString('hex'));
  return readSecret(path);
}

async function writeOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await unlink(draft);
  }
  if (process.platform === 'win32') return;
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}
