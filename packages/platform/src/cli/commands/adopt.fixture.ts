import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('../../../../../test/fixtures/', import.meta.url));

export function hanse(folder: string, ...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const options = { cwd: folder, env: { PATH: process.env.PATH, PGUSER: 'hanse', NODE_COMPILE_CACHE: join(FIXTURES, '../../.cache/compiled') } };
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr });
    });
  });
}

export async function textsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.hanse')).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const)));
}

export async function planned(folder: string): Promise<string> {
  const { code, text } = await hanse(folder, 'plan');
  expect(text).not.toMatch(/error|warning/);
  expect(await readFile(join(folder, '.hanse/.gitignore'), 'utf8')).toBe('*\n');
  expect(code).toBe(0);
  return text.trimEnd().split('\n').at(-1) ?? '';
}
