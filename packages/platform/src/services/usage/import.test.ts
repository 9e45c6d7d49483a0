import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DialectName } from '@hanse/core/use/dialects.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { importDbt } from './import-dbt.ts';
import { importLog } from './import-log.ts';
import { knownColumns, readLog } from './read-log.ts';

let mesh: OpenMesh;
let folder: string;
const { signal } = new AbortController();
const TABLE = 'metrics@1/metrics';
const served = contractText('metrics').replace(
  'schema:',
  'servers:\n  - {server: lake, type: bigquery, project: acme, dataset: gold}\n  - {server: dwh, type: snowflake, database: wh, schema: pub, account: x}\nschema:',
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-usage-'));
  mesh = await openMesh({
    texts: { ...smallTexts, 'finance/churn/metrics.odcs.yaml': served, 'finance/churn/metrics.sql': "select 'a' as customer, 1 as amount" },
  });
  await mesh.apply({ 'marketing/spend/spend.sql': undefined });
});

afterAll(async () => {
  await mesh[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function imported(name: string, text: string, { dialect = 'postgres' as DialectName, without = 'nobody else', columns = {} } = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  return importLog(mesh.api('femi'), {
    origin: name,
    dialect,
    statements: readLog(path, { ...knownColumns, ...columns }),
    consumerOf: (user) => (user === without ? undefined : user === '' ? 'nobody' : user),
    signal,
  });
}

async function told(part: string) {
  const { tables } = await mesh.api('femi').consumers({ domains: 'finance' });
  const found = (tables[TABLE]?.consumers ?? []).filter(({ evidence }) => evidence.includes(part));
  return found.map(({ consumer, columns, evidence }) => `${consumer}: ${columns?.join(' ') ?? 'unknown'} (${evidence})`);
}

const csv = (...fields: readonly string[]) => fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
const csvlogRow = (at: string, user: string, message: string) =>
  csv(
    at,
    user,
    'dwh',
    '77',
    '10.0.0.1:1',
    '65.1',
    '1',
    'SELECT',
    at,
    '3/4',
    '0',
    'LOG',
    '00000',
    message,
    ...Array.from({ length: 9 }, () => ''),
    'psql',
    'client backend',
    '',
    '0',
  );

test('a csvlog of PostgreSQL: statements of several lines, prepared ones, and what is none', async () => {
  const text = [
    csvlogRow('2026-01-02 10:00:00.000 UTC', 'bi', 'statement: select sum(amount)\nfrom finance.metrics where customer = \'x, "y"\''),
    csvlogRow('2026-01-03 10:00:00.000 UTC', 'bi', 'duration: 12.3 ms  execute <unnamed>: select sum(amount) from finance.metrics where customer = $1'),
    csvlogRow('2026-01-03 10:00:00.000 UTC', 'bi', 'checkpoint complete'),
    csvlogRow('2026-01-04 10:00:00.000 UTC', 'etl', 'statement: insert into finance.metrics values (1, 2)'),
    csvlogRow('2026-01-04 10:00:00.000 UTC', 'ann', 'statement: vacuum finance.metrics'),
    csvlogRow('2026-01-04 10:00:00.000 UTC', 'ann', 'statement: select 1'),
  ].join('\n');
  expect(await imported('pg.csv', text)).toEqual({ isNew: true, uses: 1, left: 0, origin: 'pg.csv', consumers: 1 });
  expect(await imported('pg.csv', text)).toMatchObject({ isNew: false });
  expect(await told('pg.csv')).toEqual(['bi: customer amount (2 statements in the query log pg.csv, the last on 2026-01-03; without an agreement)']);
});

test('a log on standard error, with its user in the prefix; users may be left out', async () => {
  const text = `2026-02-01 09:00:00.123 UTC [7] bi@dwh LOG:  duration: 3.1 ms  statement: select customer
\tfrom finance.metrics
2026-02-01 09:00:01.123 UTC [7] loader@dwh LOG:  statement: delete from finance.metrics
2026-02-01 09:00:02.123 UTC [8] [user=ann,db=dwh] LOG:  statement: select m from finance.metrics m
`;
  await imported('postgres.log', text, { without: 'loader' });
  expect(await told('postgres.log')).toEqual([
    expect.stringMatching(/^bi: .*1 statement in the query log postgres.log/),
    'ann: customer amount (1 statement in the query log postgres.log, the last on 2026-02-01; without an agreement)',
  ]);
});

test('histories of Snowflake and BigQuery, and columns with names of their own', async () => {
  const snowflake = `${csv('QUERY_ID', 'QUERY_TEXT', 'USER_NAME', 'START_TIME')}\n${csv('1', 'select AMOUNT from WH.PUB.METRICS qualify row_number() over (order by CUSTOMER) = 1', 'LOOKER', '2026-03-01 10:00:00.000')}\n`;
  await imported('snowflake.csv', snowflake, { dialect: 'snowflake' });
  expect(await told('snowflake.csv')).toEqual([
    'LOOKER: customer amount (1 statement in the query log snowflake.csv, the last on 2026-03-01; without an agreement)',
  ]);
  const bigquery = `${csv('creation_time', 'user_email', 'query')}\n${csv('2026-03-02T10:00:00Z', 'a@x.example', 'select * except (customer) from `acme.gold.metrics`')}\n`;
  await imported('bigquery.csv', bigquery, { dialect: 'bigquery' });
  expect(await told('bigquery.csv')).toEqual([
    'a@x.example: customer amount (1 statement in the query log bigquery.csv, the last on 2026-03-02; without an agreement)',
  ]);
  const own = `${csv('WHAT', 'WHO', 'AT')}\n${csv('select customer from pub.metrics', 'x', '2026-03-03')}\n`;
  await expect(imported('own.csv', own)).rejects.toThrow('own.csv has no column query_text, query, statement');
  await imported('own.csv', own, { columns: { sql: ['what'], user: ['WHO'], time: ['at'] } });
  expect(await told('own.csv')).toEqual(['x: customer (1 statement in the query log own.csv, the last on 2026-03-03; without an agreement)']);
});

test('JSON Lines with counts, and SQL alone; a statement that cannot be read makes its user unknown', async () => {
  const lines = [
    { sql: 'select amount from finance.metrics limit 5', user: 'app', time: '2026-04-01T00:00:00Z', calls: 40 },
    { sql: 'select amount from finance.metrics limit 6', user: 'app', time: '2026-04-02T00:00:00Z', calls: 2 },
    { sql: 'selec amount frm finance.metrics', user: 'odd', time: '2026-04-02T00:00:00Z' },
  ];
  await imported('app.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(await told('app.jsonl')).toEqual([
    'app: amount (42 statements in the query log app.jsonl, the last on 2026-04-02; without an agreement)',
    'odd: unknown (1 statement in the query log app.jsonl, the last on 2026-04-02, whose columns cannot be told: the statement could not be parsed; without an agreement)',
  ]);
  await imported('some.sql', 'select amount\nfrom finance.metrics;\nselect 2;\nselect customer from finance.metrics');
  expect(await told('some.sql')).toEqual([expect.stringMatching(/^nobody: customer amount \(2 statements/)]);
  await expect(imported('bad.jsonl', 'x')).rejects.toThrow('bad.jsonl:1 is no JSON object');
  await expect(imported('late.jsonl', JSON.stringify({ sql: 'select 1', time: 'noon' }))).rejects.toThrow('"noon" is no time');
});

test('no statement and no literal of a log is kept', async () => {
  const kept = JSON.stringify(await mesh.platform.store.list('usage'));
  expect(kept).not.toMatch(/select|limit|x, /i);
});

const model = (name: string, sql: string | undefined, nodes: readonly string[], more: object = {}) => ({
  [`model.m.${name}`]: {
    name,
    resource_type: 'model',
    database: 'wh',
    schema: 'mart',
    alias: name,
    depends_on: { nodes },
    ...(sql !== undefined && { compiled_code: sql }),
    ...more,
  },
});
const manifest = (version: string, nodes: object) => ({
  metadata: {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/manifest/${version}.json`,
    project_name: 'campaigns',
    adapter_type: 'snowflake',
    generated_at: '2026-05-01T10:00:00.123456Z',
  },
  nodes,
  sources: { 'source.m.fin.metrics': { name: 'metrics', database: 'WH', schema: 'PUB', identifier: 'METRICS' } },
  exposures: { 'exposure.m.weekly': { name: 'weekly', type: 'dashboard', depends_on: { nodes: ['model.m.mart'] } } },
});
const source = 'source.m.fin.metrics';

test.each(['v10', 'v11', 'v12'])('a dbt project of manifest %s: which models, tests and exposures use which columns', async (version) => {
  const nodes = {
    ...model('stg', 'with source as (select * from WH.PUB.METRICS), renamed as (select AMOUNT as spent from source) select * from renamed', [source]),
    ...model('mart', 'select spent from WH.MART.STG', ['model.m.stg']),
    'test.m.t': {
      name: 'positive',
      resource_type: 'test',
      database: 'wh',
      schema: 'x',
      alias: 'positive',
      depends_on: { nodes: [source] },
      compiled_code: 'select AMOUNT from WH.PUB.METRICS where AMOUNT < 0',
    },
  };
  const path = join(folder, `${version}.json`);
  await writeFile(path, JSON.stringify(manifest(version, nodes)));
  expect(await importDbt(mesh.api('max'), { place: path, consumer: 'marketing', signal })).toMatchObject({ origin: 'marketing/campaigns', uses: 2, left: 0 });
  expect(await told('campaigns')).toEqual([
    'marketing: amount (dbt project marketing/campaigns: model stg (shown by weekly), test positive, as of 2026-05-01; without an agreement)',
  ]);
});

test('a model that was not compiled, one in Python and an exposure of the table itself are unknown; a project that stops reading is no consumer', async () => {
  const path = join(folder, 'manifest.json');
  const write = (nodes: object) => writeFile(path, JSON.stringify(manifest('v12', nodes)));
  await write({ ...model('raw', undefined, [source]), ...model('py', 'def model(dbt, session): ...', [source], { language: 'python' }) });
  await importDbt(mesh.api('max'), { place: folder, consumer: 'marketing', signal });
  expect(await told('campaigns')).toEqual([
    expect.stringMatching(/^marketing: unknown \(dbt project marketing\/campaigns: model raw, model py, as of .*\(model raw\): dbt did not compile it/),
  ]);
  await write(model('other', 'select 1 as a', []));
  await importDbt(mesh.api('max'), { place: folder, consumer: 'marketing', signal });
  expect(await told('campaigns')).toEqual([]);
  await expect(importDbt(mesh.api('max'), { place: join(folder, 'nowhere'), consumer: 'marketing', signal })).rejects.toThrow('no manifest.json is there');
});
