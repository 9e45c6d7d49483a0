import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pythonWith } from '../python.ts';

const MAIN = join(import.meta.dirname, '../../packages/platform/src/main.ts');
const PROJECT = join(import.meta.dirname, '../fixtures/dbt-shop');

it('a project that dbt built is adopted, and hanse test says of it what dbt says', async ({ skip }) => {
  const python = await pythonWith(['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.5']);
  if (python === undefined) return skip();
  const root = await mkdtemp(join(tmpdir(), 'hanse-adopt-dbt-'));
  try {
    const [project, mesh] = [join(root, 'shop'), join(root, 'mesh')];
    await cp(PROJECT, project, { recursive: true, filter: (path) => !path.includes('artifacts') });
    await mkdir(mesh);
    await dbt(python, project, 'docs', 'generate');
    await dbt(python, project, 'build');
    await dbt(python, project, 'docs', 'generate', '--target-path', 'catalog');
    await cp(join(project, 'catalog/catalog.json'), join(project, 'target/catalog.json'));
    expect(await hanse(mesh, 'adopt', 'dbt', join(project, 'target'))).toMatchObject({ code: 0 });
    expect(await hanse(mesh, 'plan')).toMatchObject({ code: 0 });
    const stored = await readFile(join(PROJECT, 'artifacts/catalog.json'), 'utf8');
    expect(columnsIn(await readFile(join(project, 'target/catalog.json'), 'utf8'))).toEqual(columnsIn(stored));
    expect(await hanse(mesh, 'test', 'shop/customers/customers.odcs.yaml')).toMatchObject({ code: 0 });
    const orders = await hanse(mesh, 'test', 'shop/orders/orders.odcs.yaml');
    expect(orders.code).toBe(1);
    expect(orders.text.split('\n').filter((line) => line.includes('✗'))).toEqual([
      expect.stringContaining("must be one of 'placed', 'shipped', 'returned': 1 of 4 rows"),
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 600_000);

/** A failed test of the project is a failure of dbt, and what is expected. */
async function dbt(python: string, cwd: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(python, ['-m', 'dbt.cli.main', ...args], { cwd, env: { ...process.env, DBT_PROFILES_DIR: cwd } }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error;
  });
}

function hanse(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { cwd, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr });
    });
  });
}

function columnsIn(catalog: string): unknown {
  const { nodes } = JSON.parse(catalog);
  return Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, Reflect.get(Object(node), 'columns')]));
}
