import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@hanse/core/api/operations.ts';
import { provenanceShape } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { askDuckdb } from './duckdb.ts';
import { masked, type MeshFolder, openAirline, type ServedFolder } from './mesh-folder.ts';

const WEST_COAST = "origin IN ('BUR', 'LAX', 'OAK', 'ONT', 'PDX', 'SAN', 'SEA', 'SFO', 'SJC', 'SMF', 'SNA')";
const answerShape = z.object({ rows: z.array(z.record(z.string(), z.unknown())), provenance: z.array(provenanceShape) });
const refusalShape = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }) });

let mesh: MeshFolder;
let served: ServedFolder;
let original = '';
const tokens = new Map<string, string>();

beforeAll(async () => {
  mesh = await openAirline();
  original = `'${mesh.inputs}/flights-3m.parquet'`;
  served = await mesh.serve();
  await mesh.done('apply');
  await mesh.done('build', 'operations/flights');
  for (const name of ['ann', 'mia', 'fred']) tokens.set(name, (await mesh.json(operations.createToken.output, 'token', 'create', name)).token);
}, 120_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test("the owner's count is the file's, an analyst's that of plain DuckDB under her role's predicate", async () => {
  const sql = 'select count(*) as flights, sum(delay_minutes) as delay, min(departed_at) as first from operations.flights';
  const plain = "SELECT count(*)::INTEGER AS flights, sum(delay)::INTEGER AS delay, strftime(min(date), '%Y-%m-%d %H:%M:%S') AS first FROM";
  expect(await rowsOf('ann', sql)).toEqual(await askDuckdb(`${plain} ${original}`));
  expect(await rowsOf('mia', sql)).toEqual(await askDuckdb(`${plain} ${original} WHERE ${WEST_COAST}`));
});

test('group by group, an analyst sees what plain DuckDB sees under her role', async () => {
  const sql = 'select origin, destination, count(*) as flights, max(delay_minutes) as worst from operations.flights group by all order by all';
  const plain = `SELECT origin, destination, count(*)::INTEGER AS flights, max(delay)::INTEGER AS worst FROM ${original} WHERE ${WEST_COAST} GROUP BY ALL ORDER BY ALL`;
  expect(await rowsOf('mia', sql)).toEqual(await askDuckdb(plain));
});

test('a dropped column fails by name, with a hint', async () => {
  const { code, stdout, stderr } = await mesh.hanse('query', 'select distance_miles from operations.flights', '--as', 'mia');
  expect([code, stdout, stderr]).toMatchInlineSnapshot(`
    [
      1,
      "",
      "error: column distance_miles of operations.flights is not visible in role west-coast
      Leave it out, or request another role: hanse access request operations/flights:flights --role full --purpose <why> --until <date>.
    ",
    ]
  `);
  for (const clause of ['where distance_miles > 100', 'order by Distance_Miles', 'group by origin having max(flights.distance_miles) > 1'])
    expect(await refusalOf('mia', `select count(*) from operations.flights ${clause}`)).toContain(
      'column distance_miles of operations.flights is not visible in role west-coast',
    );
});

test('a table shows its rows, then where they come from', async () => {
  const { stdout } = await mesh.hanse(
    'query',
    'select origin, count(*) as flights from operations.flights group by origin order by flights desc limit 3',
    '--as',
    'mia',
  );
  expect(masked(mesh, stdout)).toMatchInlineSnapshot(`
    "origin  flights
    ------  -------
    LAX         778
    SFO         392
    SEA         339
    operations.flights__v1: operations/flights 1.0.0, snapshot <snapshot>, role west-coast, contract holds"
  `);
});

test('json tells product, version, snapshot, role, agreement and contract state', async () => {
  const { provenance } = await mesh.json(answerShape, 'query', 'select 1 as one from operations.flights limit 1', '--as', 'mia');
  const [table] = (await mesh.json(operations.products.output, 'products', 'operations')).products.flatMap(({ tables }) => tables);
  expect(provenance).toEqual([
    {
      table: 'operations.flights__v1',
      product: 'operations/flights',
      version: '1.0.0',
      snapshot: table?.snapshot,
      role: 'west-coast',
      agreement: 'mia-reads-flights',
      contractState: 'holds',
      slice: 'kept',
    },
  ]);
});

test('each format gives the same rows', async () => {
  const sql = 'select origin, departed_at, delay_minutes, \'says "hi", twice\' as said, null as nothing from operations.flights order by all limit 3';
  const query = ['query', sql, '--as', 'mia'];
  const json: unknown = JSON.parse((await mesh.hanse(...query, '--format', 'json')).stdout);
  const lines = (await mesh.hanse(...query, '--format', 'jsonl')).stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const csv = (await mesh.hanse(...query, '--format', 'csv')).stdout;
  const file = join(mesh.inputs, 'answer.parquet');
  expect(await mesh.hanse(...query, '--format', 'parquet', '--out', file)).toEqual({ code: 0, stdout: '', stderr: '' });
  const inFile = await askDuckdb(`SELECT * REPLACE (strftime(departed_at, '%Y-%m-%d %H:%M:%S') AS departed_at) FROM '${file}'`);
  expect(lines).toEqual(json);
  expect(inFile).toEqual(json);
  expect(csv).toMatchInlineSnapshot(`
    "origin,departed_at,delay_minutes,said,nothing
    BUR,2001-01-03 13:18:00,32,"says ""hi"", twice",
    BUR,2001-01-04 11:27:00,24,"says ""hi"", twice",
    BUR,2001-01-06 12:05:00,-2,"says ""hi"", twice",
    "
  `);
  expect(json).toMatchInlineSnapshot(`
    [
      {
        "delay_minutes": 32,
        "departed_at": "2001-01-03 13:18:00",
        "nothing": null,
        "origin": "BUR",
        "said": "says "hi", twice",
      },
      {
        "delay_minutes": 24,
        "departed_at": "2001-01-04 11:27:00",
        "nothing": null,
        "origin": "BUR",
        "said": "says "hi", twice",
      },
      {
        "delay_minutes": -2,
        "departed_at": "2001-01-06 12:05:00",
        "nothing": null,
        "origin": "BUR",
        "said": "says "hi", twice",
      },
    ]
  `);
});

test('parquet needs a file to go to', async () => {
  expect(await mesh.hanse('query', 'select 1', '--format', 'parquet', '--as', 'mia')).toMatchInlineSnapshot(`
    {
      "code": 2,
      "stderr": "error: --format is "parquet"
      It is table, json, jsonl or csv; parquet goes with --out <file>.
    ",
      "stdout": "",
    }
  `);
});

test('an answer to a file is whole, and nothing of it is on the terminal', async () => {
  const file = join(mesh.inputs, 'answer.csv');
  const ran = await mesh.hanse('query', 'select count(*) as flights from operations.flights', '--as', 'ann', '--format', 'csv', '--out', file);
  expect([ran, await readFile(file, 'utf8')]).toEqual([{ code: 0, stdout: '', stderr: '' }, 'flights\r\n20000\r\n']);
});

test('over HTTP: rows in the body, provenance in a header, the read on record before the rows', async () => {
  const response = await served.fetch('/api/query', {
    token: tokens.get('mia') ?? '',
    body: { sql: "select 'read by mia' as said, count(*) as flights from operations.flights", format: 'csv' },
  });
  const reads = await mesh.json(operations.reads.output, 'reads', '--limit', '1');
  expect(reads.reads).toMatchObject([{ principal: 'mia', statement: expect.stringContaining('count_star() AS flights FROM operations.flights') }]);
  expect(JSON.stringify(reads)).not.toContain('read by mia');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(z.array(provenanceShape).parse(JSON.parse(decodeURIComponent(response.headers.get('x-hanse-provenance') ?? '')))).toMatchObject([
    { role: 'west-coast' },
  ]);
  expect(await response.text()).toBe('said,flights\r\nread by mia,2997\r\n');
});

test('a refusal says what is wrong and what to do', async () => {
  const refusals = await Promise.all([
    refusalOf('fred', 'select count(*) from operations.flights'),
    refusalOf('mia', 'select count(*) from operations.flight'),
    refusalOf('mia', 'select count(*) from finance.bookings'),
    refusalOf('mia', 'select count(*) from loyalty.flyers'),
    refusalOf('mia', 'selec 1'),
    refusalOf('mia', 'select 1; select 2'),
    refusalOf('mia', 'create table t as select 1'),
    refusalOf('mia', "select * from read_csv('/etc/passwd')"),
    refusalOf('mia', 'select no_such_column from operations.flights'),
  ]);
  expect(refusals.join('\n\n')).toMatchInlineSnapshot(`
    "403 operations/flights:flights: you hold no agreement
      Request a role (full, west-coast): hanse access request operations/flights:flights --role <role> --purpose <why> --until <date>.

    404 there is no table operations.flight
      Did you mean \`operations.flights\`?

    403 finance/bookings:bookings: agreement marketing-reads-bookings is requested and not answered yet
      finance answers it: hanse access approve marketing-reads-bookings.

    404 loyalty.flyers has not been published yet
      Build it with: hanse build loyalty/flyers:flyers.

    400 The statement cannot be parsed: syntax error at or near "selec" (line 1, column 1).

    400 There are 2 statements in the text.
      Send one SELECT at a time.

    403 Only one SELECT can be run here. CREATE is not allowed.
      Products are changed by building and publishing them.

    403 Table function read_csv is not allowed: it reads files (line 1, column 15).
      Name a table as domain.object; files enter the mesh as a source of a build.

    400 Binder Error: Referenced column "no_such_column" not found in FROM clause!
    Candidate bindings: "destination"

    LINE 1: SELECT no_such_column FROM operations.flights
                   ^"
  `);
});

async function rowsOf(who: string, sql: string): Promise<unknown> {
  const response = await served.fetch('/api/query', { token: tokens.get(who) ?? '', body: { sql } });
  return response.json();
}

async function refusalOf(who: string, sql: string): Promise<string> {
  const response = await served.fetch('/api/query', { token: tokens.get(who) ?? '', body: { sql } });
  const { error } = refusalShape.parse(await response.json());
  return `${response.status} ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`;
}
