import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checksOf } from '@hanse/core/report/contract-report.ts';
import { expect, test } from 'vitest';
import { limits, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openPostgresPlace } from '../../source/postgres/open-place.ts';
import { testContract } from './test-contract.ts';

const folder = await testFolder();
const sessions = testSessions(folder, {});

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

function contract(name: string, { server, columns, version = '1.0.0' }: { server: string; columns: string; version?: string }): string {
  return `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nversion: ${version}\nstatus: active\nservers: [${server}]\nschema:\n  - name: ${name}\n    properties:\n${columns}\n`;
}

const csv = (path: string) => `{ server: local, type: local, path: ${path}, format: csv }`;

test('a relationship to a table of another contract is judged where both lie, within a domain and beyond', async () => {
  await write('sales/domain.yaml', 'name: sales\nowner: ann\n');
  await write('people/domain.yaml', 'name: hr\nowner: bob\n');
  await write('sales/customers/customers.csv', 'id\n1\n2\n');
  await write('sales/customers/old.csv', 'id\n9\n');
  await write('people/clerks.parquet.csv', 'code\na\n');
  const id = '      - { name: id, logicalType: integer }';
  await write('sales/customers/customers.odcs.yaml', contract('customers', { server: csv('customers.csv'), columns: id, version: '2.0.0' }));
  await write('sales/customers/customers.v1.odcs.yaml', contract('customers', { server: csv('old.csv'), columns: id }));
  await write('people/clerks.odcs.yaml', contract('clerks', { server: csv('clerks.parquet.csv'), columns: '      - { name: code, logicalType: string }' }));
  await write('people/far.odcs.yaml', contract('far', { server: '{ server: w, type: snowflake, account: a, database: d, schema: s }', columns: id }));
  await write('sales/orders/orders.csv', 'customer,clerk\n1,a\n3,b\n9,a\n');
  const columns = [
    '      - { name: customer, logicalType: integer, relationships: [{ to: sales.customers.id }, { to: sales.customers__v1.id }, { to: hr.far.id }, { to: hr.nobody.id }] }',
    '      - { name: clerk, logicalType: string, relationships: [{ to: hr.clerks.code }, { to: "../../people/clerks.odcs.yaml#/schema/clerks/properties/code" }] }',
  ];
  const file = await write('sales/orders/orders.odcs.yaml', contract('orders', { server: csv('orders.csv'), columns: columns.join('\n') }));
  const report = await testContract(
    { engine: async () => sessions, openPostgres: openPostgresPlace },
    { file, variable: () => undefined, limits, id: 'run', now: '2026-06-01T00:00:00.000Z' },
  );
  const told = checksOf(report).flatMap(({ rule, status, found }) =>
    rule.test.kind === 'relationship' ? [`${rule.test.to.relation}: ${status}: ${found}`] : [],
  );
  expect(told).toEqual([
    'sales.customers: fail: 2 of 3 rows have no counterpart',
    'sales.customers__v1: fail: 2 of 3 rows have no counterpart',
    'hr.far: error: its contract has it on another server',
    'hr.nobody: error: the table hr.nobody is not at hand',
    'hr.clerks: fail: 1 of 3 rows have no counterpart',
    '../../people/clerks.odcs.yaml#clerks: fail: 1 of 3 rows have no counterpart',
  ]);
});
