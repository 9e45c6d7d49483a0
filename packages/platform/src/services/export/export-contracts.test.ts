import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draftAvro } from '@hanse/core/adopt/file/draft-avro.ts';
import { exporters } from '@hanse/core/export/exporters.ts';
import { parseTree } from '@hanse/core/plan/parse-tree.ts';
import { contractColumns } from '@hanse/core/table/contract-columns.ts';
import avro from 'avsc';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { readContract } from '../contract/read-contract.ts';
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
const ground = {
  folder: AIRLINE,
  tree: parseTree(await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(AIRLINE, path), 'utf8') })))),
};
const one = (name: string) => join(AIRLINE, contracts.find((path) => path.endsWith(name)) ?? '');

test.runIf(server !== undefined)('PostgreSQL takes the tables of every contract of the airline, with keys and checks', async () => {
  const client = new Client({ connectionString: server?.url ?? '' });
  await client.connect();
  for (const [index, path] of contracts.entries()) {
    const { files } = await exportContracts([join(AIRLINE, path)], { format: 'sql', ground });
    await client.query(`CREATE SCHEMA s${index}; SET search_path = s${index}; ${files.map(({ text }) => text).join('\n')}`);
  }
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) FROM pg_constraint WHERE contype IN ('p', 'c') AND connamespace::regnamespace::text LIKE 's%'",
  );
  await client.end();
  expect(Number(rows[0]?.count)).toBeGreaterThan(50);
});

test('Avro takes the schemas of every example, and what is adopted from them has the same columns', async () => {
  const standards = new URL('../../../../../test/fixtures/standards/odcs/', import.meta.url).pathname;
  const examples = globSync('examples-*/*.odcs.yaml', { cwd: standards }).map((path) => join(standards, path));
  const read = await Promise.all([...contracts.map((path) => join(AIRLINE, path)), ...examples].map((path) => readContract(path).catch(() => undefined)));
  const told = read.filter((one) => one !== undefined);
  expect(told.length).toBeGreaterThan(30);
  for (const { contract, document } of told)
    for (const [index, { text }] of exporters.avro({ contract, text: document.text, file: 'c.odcs.yaml', at: '' }).files.entries()) {
      expect(() => avro.Type.forSchema(JSON.parse(text) as avro.Schema), text).not.toThrow();
      const object = contract.objects[index];
      const columns = object === undefined ? [] : contractColumns(object).columns;
      const drafted = draftAvro(JSON.parse(text) as never, { path: 'x.avsc', name: 'x' });
      const expected = columns.map(({ name, required }) => [name.replaceAll(/[^A-Za-z0-9_]/g, '_'), required]);
      expect(drafted?.columns.map(({ name, required = false }) => [name, required])).toEqual(expected);
    }
});

test('a table’s name leads to no other folder', async () => {
  const path = join(folder, 'away.odcs.yaml');
  const text =
    'apiVersion: v3.2.0\nkind: DataContract\nid: e\nversion: 1.0.0\nstatus: active\nschema: [{ name: ../../.github/evil, properties: [{ name: a, logicalType: string }] }]\n';
  await writeFile(path, text);
  const { files } = await exportContracts([path], { format: 'dbt', ground, out: join(folder, 'in', 'here') });
  expect(files.map(({ name }) => name)).toEqual(['__.._.github_evil.yml']);
  expect(await readFile(join(folder, 'in', 'here', '__.._.github_evil.yml'), 'utf8')).toContain('models:');
});

test('a product is told with its owner, and files that are there stay', async () => {
  const { files } = await exportContracts([one('churn.odcs.yaml')], { format: 'dprod', ground });
  expect(JSON.parse(files[0]?.text ?? '{}')).toMatchObject({
    title: 'churn',
    domain: 'finance',
    dataProductOwner: 'urn:hanse:person:femi',
    lifecycleStatus: 'Consume',
  });
  await exportContracts([one('churn.odcs.yaml')], { format: 'odcs', ground, out: folder });
  expect(await readFile(join(folder, 'churn.odcs.yaml'), 'utf8')).toBe(await readFile(one('churn.odcs.yaml'), 'utf8'));
  await expect(exportContracts([one('churn.odcs.yaml')], { format: 'odcs', ground, out: folder })).rejects.toThrow('cannot be written');
  await expect(exportContracts([one('churn.odcs.yaml'), one('staff.odcs.yaml')], { format: 'html', ground })).rejects.toThrow(
    'that is 2 files: churn.html, staff.html',
  );
});
