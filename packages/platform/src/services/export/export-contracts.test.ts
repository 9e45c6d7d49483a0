import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTree } from '@hanse/core/plan/parse-tree.ts';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { exportContracts } from './export-contracts.ts';

const AIRLINE = new URL('../../../../../examples/airline/', import.meta.url).pathname;
const server = await startPostgres();
const folder = await mkdtemp(join(tmpdir(), 'hanse-export-'));
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
const contracts = globSync('**/*.odcs.yaml', { cwd: AIRLINE }).toSorted();
const paths = globSync('**/*.{odcs,odps}.yaml', { cwd: AIRLINE }).concat(globSync('**/domain.yaml', { cwd: AIRLINE }));
const ground = { folder: AIRLINE, tree: parseTree(await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(AIRLINE, path), 'utf8') })))) };
const one = (name: string) => join(AIRLINE, contracts.find((path) => path.endsWith(name)) ?? '');

test.runIf(server !== undefined)('PostgreSQL takes the tables of every contract of the airline, with keys and checks', async () => {
  const client = new Client({ connectionString: server?.url ?? '' });
  await client.connect();
  for (const [index, path] of contracts.entries()) {
    const { files } = await exportContracts([join(AIRLINE, path)], { format: 'sql', ground });
    await client.query(`CREATE SCHEMA s${index}; SET search_path = s${index}; ${files.map(({ text }) => text).join('\n')}`);
  }
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM pg_constraint WHERE contype IN ('p', 'c') AND connamespace::regnamespace::text LIKE 's%'");
  await client.end();
  expect(Number(rows[0]?.count)).toBeGreaterThan(50);
});

test('a product is told with its owner, and files that are there stay', async () => {
  const { files } = await exportContracts([one('churn.odcs.yaml')], { format: 'dprod', ground });
  expect(JSON.parse(files[0]?.text ?? '{}')).toMatchObject({ title: 'churn', domain: 'finance', dataProductOwner: 'urn:hanse:person:femi', lifecycleStatus: 'Consume' });
  await exportContracts([one('churn.odcs.yaml')], { format: 'odcs', ground, out: folder });
  expect(await readFile(join(folder, 'churn.odcs.yaml'), 'utf8')).toBe(await readFile(one('churn.odcs.yaml'), 'utf8'));
  await expect(exportContracts([one('churn.odcs.yaml')], { format: 'odcs', ground, out: folder })).rejects.toThrow('cannot be written');
  await expect(exportContracts([one('churn.odcs.yaml'), one('staff.odcs.yaml')], { format: 'html', ground })).rejects.toThrow('that is 2 files: churn.html, staff.html');
});
