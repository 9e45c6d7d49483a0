import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSecret } from './secret-file.ts';

const emptyFolder = () => mkdtemp(join(tmpdir(), 'hanse-secret-'));

test('a secret is made once, whole, for its owner only', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'secret');
  const made = await Promise.all(Array.from({ length: 8 }, () => readSecret(path)));
  expect(made[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([...made, await readSecret(path)]).size).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['secret']);
});

test('another in its place is not guessed over', async () => {
  const path = join(await emptyFolder(), 'secret');
  await writeFile(path, '');
  await expect(readSecret(path)).rejects.toThrow('is damaged');
});
