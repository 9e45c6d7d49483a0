import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksOf } from '@hanse/core/report/contract-report.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { limits, plain, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openPostgresPlace } from '../../source/postgres/open-place.ts';
import { type ContractTest, testContract } from './test-contract.ts';

const server = await startPostgres();
const folder = await testFolder();
const sessions = testSessions(folder, {});
const url = new URL(server?.url ?? 'postgres://127.0.0.1:1/none');
afterAll(() => server?.stop());

const promised = (name: string, value: string) => `{type: text, description: ${name}, customProperties: [{property: ${name}, value: ${value}}]}`;

const schema = `schema:
  - name: orders
    relationships:
      - {type: foreignKey, from: [orders.region, orders.customer], to: [customers.region, customers.id]}
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: customer, logicalType: integer, relationships: [{to: customers.id}]}
      - {name: region, logicalType: string}
      - {name: day, logicalType: date, partitioned: true}
      - name: tags
        logicalType: array
        items: {logicalType: string, relationships: [{to: tags.name}]}
      - name: place
        logicalType: object
        properties: [{name: city, logicalType: string, relationships: [{to: schema/cities/properties/city_name}]}]
    quality:
      - {type: sql, name: known, query: "SELECT count(*) FROM \${object} AS o JOIN customers AS c ON c.id = o.customer", mustBe: 2}
      - ${promised('history', '{of: rowCount}')}
      - ${promised('change', '{rowsLost: 0, keysVanished: 0, lateUpdates: {column: day, after: 30 d}}')}
      - ${promised('reconciliation', '{rows: true, with: customers}')}
  - name: customers
    physicalName: clients
    properties: [{name: id, logicalType: integer}, {name: region, logicalType: string}]
  - name: tags
    properties: [{name: name, logicalType: string}]
  - id: cities
    name: cities
    properties: [{id: city_name, name: name, logicalType: string}]
slaProperties:
  - {property: freshness, value: 2, unit: d, element: orders.day}
  - {property: retention, value: 1, unit: y, element: orders.day}
  - {property: frequency, value: 1, unit: d, element: orders.day}
  - {property: frequency, value: 1, unit: d}
  - {property: timeOfAvailability, value: "09:00"}
`;

const rows = (structs: (city: string) => string, texts: string) => `SELECT * FROM (VALUES
  (1, 1, 'EU', DATE '2026-05-30', ARRAY['a', 'b']::${texts}[], ${structs("'Rome'")}), (2, 1, 'US', DATE '2026-05-31', ARRAY['x', NULL]::${texts}[], ${structs("'Oslo'")}),
  (3, 7, 'EU', DATE '2026-05-31', ARRAY[]::${texts}[], ${structs('NULL')}), (4, NULL, NULL, DATE '2026-05-30', NULL, NULL)) AS t(id, customer, region, day, tags, place)`;
const others = [
  ['clients', "SELECT * FROM (VALUES (1, 'EU'), (2, 'US')) AS t(id, region)"],
  ['tags', "SELECT * FROM (VALUES ('a'), ('b'), (NULL)) AS t(name)"],
  ['cities', "SELECT 'Rome' AS name"],
] as const;

const verdicts = [
  'fail customer/relationship: 1 of 4 rows have no counterpart',
  'fail tags/items/relationship: 1 of 4 rows have no counterpart',
  'fail place/city/relationship: 1 of 4 rows have no counterpart',
  'pass primaryKey: 0 of 4 rows repeat a value',
  'pass quality/known: it is 2',
  'skip quality/text/history: it compares published versions, which are known in a mesh only',
  'skip quality/text/rowsLost: it compares published versions, which are known in a mesh only',
  'skip quality/text/keysVanished: it compares published versions, which are known in a mesh only',
  'skip quality/text/lateUpdates: it compares published versions, which are known in a mesh only',
  'fail quality/text/reconciliation: it is 4, there 2: 2 apart',
  'fail relationship: 2 of 4 rows have no counterpart',
  'pass sla/freshness: it is 2026-05-31T00:00:00Z, 1 d 12 h ago',
  'pass sla/retention: it is 2026-05-30T00:00:00Z, 2 d 12 h ago',
  'fail sla/frequency: it is 2026-05-31T00:00:00Z, 1 d 12 h ago',
  'skip sla/frequency~2: only words: here nothing says when it was published',
  'skip sla/timeOfAvailability: only words: here nothing says when it was published',
];

async function judged(servers: string, more: Partial<ContractTest> = {}) {
  const file = join(folder, `${servers.length}-${Object.keys(more).join('-')}.odcs.yaml`);
  await writeFile(file, `apiVersion: v3.2.0\nkind: DataContract\nid: shop\nversion: 1.0.0\nstatus: active\nservers:\n  - ${servers}\n${schema}`);
  const report = await testContract(
    { engine: async () => sessions, openPostgres: openPostgresPlace },
    { file, variable: (name) => (name === 'PGUSER' ? 'hanse' : undefined), limits, id: 'run', now: '2026-06-01T12:00:00.000Z', object: 'orders', ...more },
  );
  return checksOf(report)
    .filter(({ rule }) => rule.test.kind !== 'schema')
    .map(({ rule, status, found }) => `${status} ${rule.id}: ${found}`);
}

describe('relationships, service levels and promises of a contract without a mesh', () => {
  test('on files', async () => {
    for (const [name, select] of [['orders', rows((city) => `{'city': ${city}::VARCHAR}`, 'VARCHAR')], ...others] as const) {
      await plain(`COPY (${select}) TO '${join(folder, `${name === 'clients' ? 'customers' : name}.parquet`)}' (FORMAT parquet)`);
    }
    expect(await judged(`{server: disk, type: local, path: "${folder}/{model}.parquet", format: parquet}`)).toEqual(verdicts);
  });
});

describe.runIf(server !== undefined)('the same in a PostgreSQL', () => {
  const place = `{server: warehouse, type: postgres, host: 127.0.0.1, port: ${url.port}, database: postgres, schema: shop}`;
  beforeAll(async () => {
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query(`CREATE SCHEMA shop; SET search_path = shop; CREATE TYPE label AS ENUM ('a', 'b', 'x'); CREATE TYPE spot AS (city text);`);
    await client.query(`CREATE TABLE orders AS ${rows((city) => `ROW(${city})::spot`, 'label')}`);
    for (const [name, select] of others) await client.query(`CREATE TABLE ${name} AS ${select}`);
    await client.end();
  });

  test('on the whole table', async () => {
    expect(await judged(place)).toEqual(verdicts);
  });

  test('on the last part of it', async () => {
    const checks = await judged(place, { reach: { kind: 'lastPartition' } });
    expect(checks.filter((check) => /relationship|history|reconciliation/.test(check))).toEqual([
      'fail customer/relationship: 1 of 2 rows have no counterpart (where day is 2026-05-31)',
      'fail tags/items/relationship: 1 of 2 rows have no counterpart (where day is 2026-05-31)',
      'fail place/city/relationship: 1 of 2 rows have no counterpart (where day is 2026-05-31)',
      'skip quality/text/history: it compares published versions, which are known in a mesh only',
      'skip quality/text/reconciliation: it is asked of all rows, and rows were read only where day is 2026-05-31',
      'fail relationship: 2 of 2 rows have no counterpart (where day is 2026-05-31)',
    ]);
  });
});
