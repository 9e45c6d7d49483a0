import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksOf } from '@hanse/core/report/contract-report.ts';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { limits, testFolder } from '../../engine/duckdb/sessions.fixture.ts';
import { openPostgresPlace } from '../../source/postgres/open-place.ts';
import { type ContractTest, testContract } from './test-contract.ts';

const server = await startPostgres();
const folder = await testFolder();
afterAll(() => server?.stop());
const url = new URL(server?.url ?? 'postgres://127.0.0.1:1/none');
const file = join(folder, 'shop.odcs.yaml');

const contract = `apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
servers:
  - {server: warehouse, type: postgres, host: 127.0.0.1, port: ${url.port}, database: postgres, schema: sales}
schema:
  - name: orders
    physicalName: orders_v1
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: customer, logicalType: string, required: true, relationships: [{type: foreignKey, to: customers.name}]}
      - {name: day, logicalType: date, partitioned: true}
    quality:
      - {type: library, metric: rowCount, mustBeGreaterThan: 2}
  - name: customers
    properties:
      - {name: name, logicalType: string, unique: true}
  - name: absent
    properties:
      - {name: id, logicalType: integer}
`;

async function run(more: Partial<ContractTest> = {}) {
  const variable = (name: string) => (name === 'PGUSER' ? 'hanse' : undefined);
  const engine = () => Promise.reject(new Error('no file is to be read'));
  const report = await testContract(
    { engine, openPostgres: openPostgresPlace },
    { file, variable, limits, id: 'run', now: '2026-06-01T00:00:00.000Z', ...more },
  );
  return {
    report,
    lines: checksOf(report).flatMap(({ rule, status, found }) =>
      status === 'pass' ? [] : [`${rule.object}/${rule.id} ${status} ${found.replace(`${folder}/`, '')}`],
    ),
  };
}

test.runIf(server !== undefined)('tables in a PostgreSQL are judged where they lie, whole, without a row, and by their last part', async () => {
  await writeFile(file, contract);
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE SCHEMA sales; CREATE TABLE sales.customers (name text NOT NULL);
    CREATE TABLE sales.orders_v1 (id bigint PRIMARY KEY, customer text, day date);
    INSERT INTO sales.customers VALUES ('ann'), ('ann');
    INSERT INTO sales.orders_v1 VALUES (1, 'ann', '2026-01-01'), (2, 'bob', '2026-01-01'), (3, NULL, '2026-01-02')`);
  await client.end();
  const { report, lines } = await run();
  expect(lines).toMatchInlineSnapshot(`
    [
      "orders/customer/required fail 1 of 3 rows are null",
      "orders/customer/relationship fail 1 of 3 rows have no counterpart",
      "customers/name/unique fail 1 of 2 rows repeat a value",
      "absent/id/schema error shop.odcs.yaml: server warehouse: there is no table "sales"."absent"",
    ]
  `);
  expect(report.objects.map(({ place, rows }) => [place, rows])).toEqual([
    ['sales.orders_v1', 3],
    ['sales.customers', 2],
    ['sales.absent', undefined],
  ]);
  const proven = await run({ object: 'orders', reach: { kind: 'metadata' } });
  expect(proven.lines.filter((line) => !line.includes(' skip '))).toEqual([]);
  const last = await run({ object: 'orders', reach: { kind: 'lastPartition' } });
  expect(last.lines).toContain('orders/customer/required fail 1 of 1 rows are null (where day is 2026-01-02)');
});

test.runIf(server !== undefined)('a statement past its deadline is ended, and it is said how to go on', async () => {
  const endless = 'quality: [{type: sql, query: "SELECT count(*) FROM ${object} a, ${object} b, ${object} c", mustBe: 0}]';
  await writeFile(file, contract.replace('schema: sales', 'schema: slow').replace('  - name: absent', `    ${endless}\n  - name: absent`));
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE SCHEMA slow; CREATE TABLE slow.customers AS SELECT n::text AS name FROM generate_series(1, 20000) AS n`);
  await client.end();
  await expect(run({ object: 'customers', limits: { ...limits, deadlineMs: 1_000 } })).rejects.toMatchObject({
    message: expect.stringMatching(/server warehouse: a statement ran longer than 1 s and was ended$/),
    hint: expect.stringContaining('--test-deadline <seconds>'),
  });
});

test('a PostgreSQL that does not answer is told by the name of its server', async () => {
  await writeFile(file, contract.replace(`port: ${url.port}`, 'port: 1'));
  await expect(run()).rejects.toThrow(/server warehouse: PostgreSQL says: /);
});
