import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { exportDbtTests } from './export-dbt-tests.ts';

const SHOP = join(import.meta.dirname, '../../../../../test/fixtures/dbt-shop');
const root = await mkdtemp(join(tmpdir(), 'hanse-export-dbt-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let project = '';
beforeEach(async () => {
  project = await mkdtemp(join(root, 'shop-'));
  await cp(join(SHOP, 'artifacts'), join(project, 'target'), { recursive: true });
  await cp(join(SHOP, 'dbt_project.yml'), join(project, 'dbt_project.yml'));
});

async function contract(columns: string): Promise<string> {
  const file = join(project, 'revenue.odcs.yaml');
  const text = `apiVersion: v3.2.0\nkind: DataContract\nid: r\nversion: 1.0.0\nstatus: active\nschema: [{ name: revenue, properties: [${columns}] }]\n`;
  await writeFile(file, text);
  return file;
}

const REQUIRED = '{ name: revenue, logicalType: number, required: true }';
const PATH = 'tests/hanse/revenue/hanse_revenue_revenue__required.sql';

test('a second export writes nothing, and one of a lesser contract removes what it had written', async () => {
  const file = await contract(REQUIRED);
  expect(await exportDbtTests([file], project)).toMatchObject({ written: [PATH], removed: [], unchanged: 0 });
  expect(await exportDbtTests([file], project)).toMatchObject({ written: [], removed: [], unchanged: 1 });
  await contract('{ name: revenue, logicalType: number }');
  expect(await exportDbtTests([file], project)).toMatchObject({ written: [], removed: [PATH], unchanged: 0 });
});

test('a file that Hanse did not write is neither written over nor removed', async () => {
  const file = await contract(REQUIRED);
  await exportDbtTests([file], project);
  await writeFile(join(project, PATH), 'select 1 where false\n');
  await expect(exportDbtTests([file], project)).rejects.toThrow(`${PATH} is there, and Hanse did not write it`);
  await contract('{ name: revenue, logicalType: number }');
  expect(await exportDbtTests([file], project)).toMatchObject({ removed: [] });
  expect(await readFile(join(project, PATH), 'utf8')).toBe('select 1 where false\n');
});

test('what is no dbt project is told', async () => {
  const file = await contract(REQUIRED);
  await expect(exportDbtTests([file], root)).rejects.toThrow('no dbt_project.yml is there');
});
