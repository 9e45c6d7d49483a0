import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../../../../test/fixtures/', import.meta.url));

function hanse(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { cwd, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr });
    });
  });
}

it('adopted contracts are tested by what dbt said, each by its model; without results nothing is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanse-test-dbt-'));
  try {
    const artifacts = join(FIXTURES, 'dbt-shop/artifacts');
    await hanse(folder, 'adopt', 'dbt', artifacts);
    const { code, text } = await hanse(folder, 'test', '--from', artifacts);
    expect(code).toBe(1);
    expect(text.match(/^\d+ rules: .*(?= in )/gm)).toEqual(['11 rules: 11 pass', '13 rules: 11 pass, 1 fail, 1 warn', '9 rules: 7 pass, 1 fail, 1 warn']);
    expect(await hanse(folder, 'test', '--from', join(FIXTURES, 'standards/dbt/openlineage-duckdb'))).toMatchObject({
      code: 1,
      text: expect.stringContaining('no run_results.json is there, so dbt has said nothing of its tests'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('results of a command that only compiled say nothing of tests', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanse-test-dbt-'));
  try {
    const target = join(folder, 'target');
    await cp(join(FIXTURES, 'dbt-shop/artifacts'), target, { recursive: true });
    const file = join(target, 'run_results.json');
    const written: unknown = JSON.parse(await readFile(file, 'utf8'), (key, value: unknown) =>
      key === 'which' ? 'generate' : key === 'status' && value === 'fail' ? 'success' : value,
    );
    await writeFile(file, JSON.stringify(written));
    await hanse(folder, 'adopt', 'dbt', target);
    expect(await hanse(folder, 'test', '--from', target)).toMatchObject({
      code: 1,
      text: expect.stringContaining('run_results.json is of `dbt docs generate`, so dbt has said nothing of its tests'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
