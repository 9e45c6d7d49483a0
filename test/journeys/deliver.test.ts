import { join } from 'node:path';
import { operations } from '@hanse/core/api/operations.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { askDuckdb } from './duckdb.ts';
import { masked, type MeshFolder, openAirline } from './mesh-folder.ts';

const answerShape = z.object({ rows: z.array(z.record(z.string(), z.unknown())) });

let mesh: MeshFolder;
let delivery = '';

beforeAll(async () => {
  mesh = await openAirline();
  delivery = join(mesh.inputs, 'delivery.parquet');
  const airports = `SELECT iata AS airport, name, nullif(city, 'NA') AS city, nullif(state, 'NA') AS state, country, latitude, longitude FROM '${mesh.inputs}/airports.csv'`;
  await askDuckdb(`COPY (${airports} UNION ALL SELECT 'sea!', 'Nowhere', 'Nowhere', 'WA', 'USA', 1, 1) TO '${delivery}' (FORMAT parquet)`);
  await mesh.serve();
  await mesh.done('apply');
  await Promise.all(['network/airports', 'operations/flights'].map((ref) => mesh.done('build', ref)));
}, 120_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('one violating row: the build exits 1, names rule and sample, and the version before still answers', async () => {
  const [before, asked] = [await snapshotOf('network/airports:airports'), 'select count(*) as airports from network.airports'];
  const { code, stdout } = await mesh.hanse('build', 'network/airports', '--from', delivery);
  expect(code).toBe(1);
  expect(masked(mesh, stdout)).toMatchInlineSnapshot(`
    "blocked   network/airports:airports: 1 of 26 rules fail; snapshot <snapshot> stays, the new files are in quarantine
        fail network/airports:airports: airport must match /^[0-9A-Z]{3,4}$/: 1 of 3,377 rows do not match; e.g. 'sea!' [airport/pattern]
          {"airport":"sea!"}"
  `);
  expect(await snapshotOf('network/airports:airports')).toBe(before);
  expect((await mesh.json(answerShape, 'query', asked, '--as', 'mia')).rows).toEqual([{ airports: 3376 }]);
  expect((await mesh.json(operations.status.output, 'status')).incidents).toMatchObject([{ ref: 'network/airports:airports', open: true }]);
});

test('at level observe the same file is published, and the failure is on record until a good version comes', async () => {
  await mesh.edit('network/airports/build.yaml', /^/, 'level: observe\n');
  await mesh.done('apply');
  const { runs } = await mesh.json(operations.build.output, 'build', 'network/airports', '--from', delivery);
  expect(runs).toMatchObject([{ outcome: 'published', rows: 3377 }]);
  expect(runs[0]?.checks.filter(({ result }) => result === 'fail')).toMatchObject([
    { rule: 'airport/pattern', result: 'fail', failing: 1, sample: [{ airport: 'sea!' }] },
  ]);
  const status = await mesh.json(operations.status.output, 'status');
  expect(status.incidents).toMatchObject([{ ref: 'network/airports:airports', open: true }]);
  expect(status.tables.find(({ ref }) => ref === 'network/airports:airports')?.contract.state).toBe('breached');
  const tested = await mesh.hanse('test', 'network/airports');
  expect([tested.code, masked(mesh, tested.stdout)]).toMatchInlineSnapshot(`
    [
      1,
      "network/airports:airports: 24 pass, 1 fail, 0 warn, 0 error, 1 skip
        fail network/airports:airports: airport must match /^[0-9A-Z]{3,4}$/: 1 of 3,377 rows do not match; e.g. 'sea!' [airport/pattern]
          {"airport":"sea!"}",
    ]
  `);
  expect(await mesh.json(operations.build.output, 'build', 'network/airports')).toMatchObject({ runs: [{ outcome: 'published', rows: 3376 }] });
  expect((await mesh.json(operations.status.output, 'status')).incidents).toMatchObject([{ open: false }]);
});

test('a month that arrives is appended: only its file is written, checked and sliced', async () => {
  const arrived = join(mesh.inputs, 'flights-2001-07.parquet');
  await askDuckdb(`
    COPY (
      SELECT TIMESTAMP '2001-07-01 12:00:00' + to_minutes(i % 600) AS date, (i % 30)::SMALLINT AS delay, 700::SMALLINT AS distance,
        CASE WHEN i % 2 = 0 THEN 'SEA' ELSE 'ORD' END AS origin, 'DEN' AS destination
      FROM range(200) AS r(i)
    ) TO '${arrived}' (FORMAT parquet)`);
  const { runs } = await mesh.json(operations.build.output, 'build', 'operations/flights');
  expect(runs).toMatchObject([{ outcome: 'published', mode: 'append', rows: 20_200, filesWritten: 1, filesChecked: 1, filesSliced: 1 }]);
  const [plain] = await askDuckdb(
    `SELECT count(*)::INTEGER AS flights FROM '${mesh.inputs}/flights-*.parquet' WHERE origin IN ('BUR', 'LAX', 'OAK', 'ONT', 'PDX', 'SAN', 'SEA', 'SFO', 'SJC', 'SMF', 'SNA')`,
  );
  const query = ['query', 'select count(*) as flights from operations.flights', '--as', 'mia'];
  expect((await mesh.json(answerShape, ...query)).rows).toEqual([plain]);
  expect(await mesh.json(operations.build.output, 'build', 'operations/flights')).toMatchObject({ runs: [{ outcome: 'unchanged' }] });
});

async function snapshotOf(ref: string): Promise<string | null | undefined> {
  const { products } = await mesh.json(operations.products.output, 'products');
  return products.flatMap(({ tables }) => tables).find((table) => table.ref === ref)?.snapshot;
}
