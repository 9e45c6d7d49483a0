import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programName } from './program-name.ts';

test('a person is told the words that they used', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hanse-program-'));
  try {
    const installed = join(root, '_npx', 'c94f39a45a5e960b');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'package.json'), JSON.stringify({ _npx: { packages: ['./hanse-0.1.0.tgz'] } }));
    const script = (folder: string) => join(folder, 'node_modules', '.bin', 'hanse');
    expect(programName({}, script(installed))).toBe('hanse');
    expect(programName({ npm_command: 'exec' }, script(installed))).toBe('npx ./hanse-0.1.0.tgz');
    expect(programName({ npm_command: 'exec' }, script(join(root, '_npx', 'gone')))).toBe('npx hanse');
    expect(programName({ npm_command: 'exec' }, script(root))).toBe('npx hanse');
  } finally {
    await rm(root, { recursive: true });
  }
});
