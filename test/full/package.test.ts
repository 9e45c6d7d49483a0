import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';

const full = process.env.HANSE_FULL === '1';
const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
let folder = '';
let tarball = '';

/** The PATH of somebody whose own Node is an older one, where this machine has such a Node. */
const paths = (process.env.PATH ?? '').split(delimiter).filter((path) => path !== dirname(process.execPath) && !path.includes('node_modules'));
const PATH = (paths.some((path) => existsSync(join(path, 'node'))) ? paths : [dirname(process.execPath), ...paths]).join(delimiter);

beforeAll(async () => {
  if (!full) return;
  folder = await mkdtemp(join(tmpdir(), 'hanse-installed-'));
  const { stdout } = await run(process.execPath, ['tools/node24.mjs', 'tools/pack.ts'], { cwd: root });
  tarball = `hanse-${JSON.parse(await readFile(join(root, 'packages/platform/package.json'), 'utf8')).version}.tgz`;
  expect(stdout).toBe(`dist/${tarball}\n`);
  await cp(join(root, 'dist', tarball), join(folder, tarball));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function shell(command: string, args: readonly string[], cwd: string): Promise<Ran> {
  return run(command, [...args], { cwd, env: { PATH, HOME: process.env.HOME, npm_config_update_notifier: 'false' } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ran) => ({ code, stdout, stderr }),
  );
}

test.runIf(full)('installed in a folder that has never seen Hanse, it does all that a newcomer does', async () => {
  const place = join(folder, 'own');
  await mkdir(place);
  await writeFile(join(place, 'package.json'), '{ "private": true }\n');
  const npm = await shell('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join('..', tarball)], place);
  expect([npm.code, npm.stderr.match(/EBADENGINE/)]).toEqual([0, null]);
  const hanse = async (...args: string[]) => shell(join(place, 'node_modules/.bin/hanse'), args, place);
  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await hanse(...args);
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
  expect(await done('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await done('--help')).toContain('adopt');
  await done('init', 'mesh');
  expect(await done('plan', '--folder', 'mesh')).toContain('nobody is touched');
  await done('apply', '--folder', 'mesh', '--reason', 'first');
  expect(await done('build', '--folder', 'mesh')).toContain('published sales/orders:orders');
  const answer = await done('query', 'select count(*) as n from sales.orders', '--as', 'mia', '--folder', 'mesh', '--format', 'csv');
  expect(answer.split(/\s+/)).toEqual(['n', '5', '']);

  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT range AS id, range % 3 AS kind FROM range(10)) TO '${join(place, 'things.parquet')}' (FORMAT parquet)`);
  connection.closeSync();
  await done('adopt', 'parquet', 'things.parquet', '--folder', place, '--domain', 'sales', '--owner', 'ann');
  await writeFile(join(place, 'things.odcs.yaml'), thingsContract);
  const judged = await hanse('test', 'things.odcs.yaml', '--json');
  const { objects } = JSON.parse(judged.stdout);
  const results = Object.fromEntries(objects[0].rules.map(({ rule, result }: Readonly<Record<string, string>>) => [rule, result]));
  const expected = { 'id/schema': 'pass', 'id/required': 'pass', 'id/unique': 'pass', 'kind/schema': 'pass', 'kind/unique': 'fail' };
  expect([judged.code, results]).toEqual([1, expected]);

  await cp(join(root, 'test/fixtures/dbt-shop'), join(place, 'shop'), { recursive: true });
  const adopted = await shell(join(place, 'node_modules/.bin/hanse'), ['adopt', 'dbt', 'artifacts', '--owner', 'ann', '--json'], join(place, 'shop'));
  expect([adopted.code, JSON.parse(adopted.stdout).written.length > 0]).toEqual([0, true]);
});

test.runIf(full)('npx runs the file itself, and names it in what it tells to do next', async () => {
  const place = join(folder, 'npx');
  await mkdir(place);
  await cp(join(folder, tarball), join(place, tarball));
  const npx = (...args: string[]) => shell('npx', ['--yes', '--prefer-offline', '--cache', join(folder, 'cache'), `./${tarball}`, ...args], place);
  const helped = await npx('--help');
  expect([helped.code, helped.stdout.split('\n')[0]]).toEqual([0, 'Hanse makes promises between data teams real.']);
  const wrote = await npx('init', 'mesh');
  expect([wrote.code, wrote.stdout]).toEqual([0, expect.stringContaining(`  npx ./${tarball} apply --folder mesh\n`)]);
});

const thingsContract = `apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
servers: [{ server: here, type: local, path: things.parquet, format: parquet }]
schema:
  - name: things
    properties:
      - { name: id, logicalType: integer, required: true, unique: true }
      - { name: kind, logicalType: integer, unique: true }
`;
