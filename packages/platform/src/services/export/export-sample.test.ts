import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openPostgresPlace } from '../../source/postgres/open-place.ts';
import { testContract } from '../contract/test-contract.ts';
import { exportSample } from './export-sample.ts';

const folder = await testFolder();
const sessions = testSessions(folder, {});
const file = join(folder, 'shop.odcs.yaml');
await writeFile(
  file,
  `apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
servers: [{server: here, type: local, path: "out/{model}.csv", format: csv}]
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true, required: true}
      - {name: mail, logicalType: string, required: true, logicalTypeOptions: {format: email}}
      - {name: day, logicalType: date, logicalTypeOptions: {minimum: 2026-01-01, maximum: 2026-01-31}}
  - name: lines
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1, relationships: [{to: orders.order_id}]}
      - {name: line, logicalType: integer, primaryKey: true, primaryKeyPosition: 2, logicalTypeOptions: {minimum: 1, maximum: 9}}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(9,2)", logicalTypeOptions: {multipleOf: 0.05}}
`,
);

const run = (out: string, seed: number) =>
  exportSample([file], { engine: async () => sessions, limits, out: join(folder, out), format: 'csv', rows: 40, seed, signal: AbortSignal.timeout(60_000) });
const text = (out: string) => readFile(join(folder, out, 'lines.csv'), 'utf8');

test('rows keep the contract, and are the same for the same seed alone', async () => {
  expect(await run('out', 1)).toEqual({
    files: [
      { name: 'orders.csv', rows: 40 },
      { name: 'lines.csv', rows: 40 },
    ],
    left: [],
  });
  const report = await testContract(
    { engine: async () => sessions, openPostgres: openPostgresPlace },
    { file, variable: () => undefined, limits, id: 'run', now: '2026-06-01T00:00:00.000Z' },
  );
  expect(report.objects.flatMap(({ rules }) => rules.filter(({ check }) => check.status !== 'pass'))).toEqual([]);
  await run('same', 1);
  await run('other', 2);
  expect(await text('same')).toBe(await text('out'));
  expect(await text('other')).not.toBe(await text('out'));
});

test('a file that is there stays', async () => {
  await run('twice', 1);
  const before = await text('twice');
  await expect(run('twice', 2)).rejects.toThrow('cannot be written');
  expect(await text('twice')).toBe(before);
});
