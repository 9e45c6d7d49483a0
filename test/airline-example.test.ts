import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { decide } from '@hanse/core/access/decide.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { parseAgreement } from '@hanse/core/agreement/parse-agreement.ts';
import type { Contract } from '@hanse/core/contract/contract.ts';
import { parseContract } from '@hanse/core/contract/parse-contract.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import type { SourceDocument } from '@hanse/core/document/source-document.ts';
import { type Finding, formatPosition } from '@hanse/core/finding/finding.ts';
import { contractKey, type Mesh } from '@hanse/core/mesh/mesh.ts';
import { findTables, type ServedTable, servedTables } from '@hanse/core/mesh/served-table.ts';
import { parseBuild } from '@hanse/core/product/parse-build.ts';
import { parseDomain } from '@hanse/core/product/parse-domain.ts';
import { parseProduct } from '@hanse/core/product/parse-product.ts';
import { splitMajor } from '@hanse/core/ref/ref.ts';
import { compilePasses } from '@hanse/core/rule/compile-passes.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { judge, measurementKey } from '@hanse/core/rule/judge.ts';
import type { Measured } from '@hanse/core/rule/measure.ts';
import type { ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutAirlineFiles } from './fixtures/airline-cut.ts';

const AIRLINE = fileURLToPath(new URL('../examples/airline/', import.meta.url));

/** Every statement of the mesh, each after those it reads. */
const STATEMENTS = [
  'operations/flights/flights.sql',
  'operations/punctuality/punctuality__v1.sql',
  'operations/punctuality/punctuality.sql',
  'network/airports/airports.sql',
  'network/routes/routes.sql',
  'safety/bird-strikes/strikes.sql',
  'safety/strike-risk/strike_risk.sql',
  'loyalty/flyers/flyers.sql',
  'finance/bookings/bookings.sql',
  'finance/revenue/revenue.sql',
  'finance/delay-cost/delay_cost.sql',
  'finance/churn/churn.sql',
  'marketing/campaigns/campaigns.sql',
  'marketing/audiences/audiences.sql',
  'marketing/campaign-effect/campaign_effect.sql',
  'people/staffing/staff.sql',
  'people/staffing/headcount.sql',
];

/** What agreements make of a table's plain name: an older major, or the rows and columns of a role. */
const GRANTED: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'safety/strike-risk/strike_risk.sql': [['operations.punctuality', 'operations.punctuality__v1']],
  'finance/churn/churn.sql': [['loyalty.flyers', '(SELECT * EXCLUDE (name, email, phone) FROM loyalty.flyers)']],
  'marketing/audiences/audiences.sql': [['loyalty.flyers', '(SELECT * EXCLUDE (name, email, phone) FROM loyalty.flyers WHERE consented)']],
  'marketing/campaign-effect/campaign_effect.sql': [['finance.churn', '(SELECT * EXCLUDE spent_usd FROM finance.churn)']],
};

let paths: readonly string[] = [];
let mesh: Mesh;
let findings: readonly Finding[] = [];
let folder = '';
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  paths = (await readdir(AIRLINE, { recursive: true })).toSorted();
  ({ mesh, findings } = parseMesh(await Promise.all(paths.filter((path) => path.endsWith('.yaml')).map(read))));
  folder = await mkdtemp(join(tmpdir(), 'hanse-airline-'));
  await cutAirlineFiles(folder);
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  connection = await instance.connect();
  for (const schema of ['source', ...mesh.domains.keys()]) await connection.run(`CREATE SCHEMA ${schema}`);
  await connection.run(`CREATE VIEW source.flights AS FROM '${folder}/flights-*.parquet'`);
  await connection.run(`CREATE VIEW source.airports AS FROM '${folder}/airports.csv'`);
  await connection.run(`CREATE VIEW source.birdstrikes AS FROM '${folder}/birdstrikes.csv'`);
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
});

test('every document reads without a finding', () => {
  expect(findings.map((finding) => `${finding.at === undefined ? '' : formatPosition(finding.at)} ${finding.message}`)).toEqual([]);
  expect([mesh.domains.size, mesh.products.size, mesh.contracts.size, mesh.agreements.size]).toEqual([7, 15, 17, 18]);
});

test('every port has its contract, and every product may read its inputs, under one agreement each where they are of another domain', () => {
  const ports = [...mesh.products.values()].flatMap(({ outputPorts }) => outputPorts);
  expect(servedTables(mesh).length).toBe(ports.length);
  const inputs = [...mesh.products.values()].flatMap((product) =>
    product.inputPorts.map((input) => {
      const table = servedTables(mesh).find(({ contract, port }) => contract.id === input.contractId && port.version === input.version);
      return `${product.domain}/${product.name} <- ${table?.domain}.${input.name}: ${table && answer({ kind: 'product', productId: product.id, domain: product.domain }, [table])}`;
    }),
  );
  expect(inputs).toMatchInlineSnapshot(`
    [
      "finance/bookings <- operations.flights: full",
      "finance/churn <- loyalty.flyers: no-identifiers",
      "finance/churn <- finance.bookings: owner",
      "finance/delay-cost <- operations.flights: full",
      "finance/delay-cost <- network.airports: full",
      "finance/revenue <- finance.bookings: owner",
      "marketing/audiences <- loyalty.flyers: consented",
      "marketing/audiences <- marketing.campaigns: owner",
      "marketing/campaign-effect <- marketing.audiences: owner",
      "marketing/campaign-effect <- marketing.campaigns: owner",
      "marketing/campaign-effect <- finance.churn: scores",
      "network/routes <- operations.flights: full",
      "network/routes <- network.airports: owner",
      "operations/punctuality <- operations.flights: owner",
      "safety/strike-risk <- safety.strikes: owner",
      "safety/strike-risk <- operations.punctuality: full",
      "safety/strike-risk <- network.airports: full",
    ]
  `);
});

test.each([
  ['ann', 'operations.flights', 'owner'],
  ['ann', 'people.staff', 'colleagues'],
  ['ann', 'finance.delay_cost', 'access.none'],
  ['mia', 'operations.flights', 'west-coast'],
  ['mia', 'operations.punctuality', 'full'],
  ['mia', 'loyalty.flyers', 'eu-no-identifiers'],
  ['mia', 'finance.bookings', 'access.none'],
  ['fred', 'finance.delay_cost', 'owner'],
  ['fred', 'operations.punctuality', 'full'],
  ['fred', 'operations.flights', 'access.none'],
])('%s reads %s as %s', (username, name, expected) => {
  const [schema = '', table = ''] = name.split('.');
  const [newest, ...older] = findTables(servedTables(mesh), { schema, name: table });
  expect(newest && answer({ kind: 'person', username }, [newest, ...older])).toBe(expected);
});

test('the builds give what the contracts promise, but for the bird strikes', { timeout: 120_000 }, async () => {
  expect(STATEMENTS.toSorted()).toEqual(paths.filter((path) => path.endsWith('.sql')));
  const outcomes: string[] = [];
  for (const path of STATEMENTS) outcomes.push(...(await outcomesOf(path)));
  expect(outcomes).toMatchInlineSnapshot(`
    [
      "operations.flights: 20000 rows",
      "operations.punctuality__v1: 218 rows",
      "operations.punctuality: 1059 rows",
      "network.airports: 3376 rows",
      "network.routes: 2964 rows",
      "safety.strikes: 1000 rows",
      "  fail damage/enum: 15 of 1,000 rows are something else",
      "  fail quality/no_damage_no_repair: it is 2",
      "safety.strike_risk: 47 rows",
      "loyalty.flyers: 50000 rows",
      "finance.bookings: 3234 rows",
      "finance.revenue: 2902 rows",
      "finance.delay_cost: 1059 rows",
      "finance.churn: 195 rows",
      "marketing.campaigns: 10 rows",
      "marketing.audiences: 39861 rows",
      "marketing.campaign_effect: 9 rows",
      "people.staff: 4000 rows",
      "people.headcount: 72 rows",
    ]
  `);
});

/** The role in which somebody reads a table, or why not. */
function answer(principal: Principal, tables: readonly [ServedTable, ...ServedTable[]]): string {
  const decision = decide(mesh, { principal, tables, now: '2026-11-22T00:00:00.000Z' });
  return decision.kind === 'allow' ? decision.role.name : decision.finding.code;
}

/** Builds one statement and judges it: its number of rows, and each promise that does not hold. */
async function outcomesOf(path: string): Promise<readonly string[]> {
  const [domain = ''] = path.split('/');
  const table = `${domain}.${basename(path, '.sql')}`;
  await connection.run(`CREATE TABLE ${table} AS ${asGranted(path, await readFile(join(AIRLINE, path), 'utf8'))}`);
  const checks = await judgeTable(table, contractOf(path));
  const rows = checks.find(({ totalRows }) => totalRows !== undefined)?.totalRows;
  const broken = checks.filter(({ rule, status }) => status !== 'pass' && rule.test.kind !== 'text');
  return [`${table}: ${rows} rows`, ...broken.map(({ rule, status, found }) => `  ${status} ${rule.id}: ${found}`)];
}

function asGranted(path: string, sql: string): string {
  return (GRANTED[path] ?? []).reduce((text, [table, shown]) => text.replace(table, shown), sql);
}

async function judgeTable(table: string, contract: Contract) {
  const rules = contract.objects.flatMap((object) => compileRules(object));
  const described = await connection.runAndReadAll(`DESCRIBE ${table}`);
  const columns = described.getRowsJson().map(([name, type]) => ({ name: String(name), type: columnType(String(type)) }));
  const measurements = new Map<string, Measured>();
  for (const pass of compilePasses(rules, columns, table)) {
    const [row = {}] = (await connection.runAndReadAll(pass.sql)).getRowObjectsJson();
    for (const [index, measure] of pass.measures.entries()) {
      const value = pass.kind === 'sql' ? Object.values(row)[0] : row[`m${index}`];
      measurements.set(measurementKey(measure), typeof value === 'object' ? { error: 'the query gives no single value' } : { value: value ?? null });
    }
  }
  return judge(rules, columns, measurements);
}

function contractOf(path: string): Contract {
  const [domain = '', name = ''] = path.split('/');
  const object = splitMajor(basename(path, '.sql'));
  const tables = findTables(servedTables(mesh), { schema: domain, name: basename(path, '.sql') });
  const table = tables.find(({ product, major }) => product.name === name && major === (object.major ?? tables[0]?.major));
  if (table === undefined) throw new Error(`${path} has no contract`);
  return table.contract;
}

async function read(path: string): Promise<SourceDocument> {
  const { document, findings: problems } = readYaml(path, await readFile(join(AIRLINE, path)));
  if (document === undefined) throw new Error(`${path}: ${problems.map(({ message }) => message).join(', ')}`);
  return document;
}

/** The documents by identity, and whatever the parsers find. */
function parseMesh(documents: readonly SourceDocument[]): { readonly mesh: Mesh; readonly findings: readonly Finding[] } {
  const of = (ending: string) => documents.filter(({ file }) => file.endsWith(ending));
  const domains = of('domain.yaml').map((document) => parseDomain(document));
  const products = of('.odps.yaml').map((document) => parseProduct(document));
  const contracts = of('.odcs.yaml').map((document) => parseContract(document));
  const agreements = of('.oaas.yaml').map((document) => parseAgreement(document));
  const builds = of('build.yaml').map((document) => parseBuild(document));
  return {
    mesh: {
      domains: byKey(
        domains.map(({ domain }) => domain),
        ({ name }) => name,
      ),
      products: byKey(
        products.map(({ product }) => product),
        ({ id }) => id,
      ),
      contracts: byKey(
        contracts.map(({ contract }) => contract),
        contractKey,
      ),
      agreements: byKey(
        agreements.map(({ agreement }) => agreement),
        ({ id }) => id,
      ),
      builds: new Map(),
    },
    findings: [domains, products, contracts, agreements, builds].flat().flatMap((parsed) => parsed.findings),
  };
}

function byKey<T>(values: readonly (T | undefined)[], key: (value: T) => string): ReadonlyMap<string, T> {
  return new Map(values.flatMap((value) => (value === undefined ? [] : [[key(value), value] as const])));
}

function columnType(name: string): ColumnType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(name) ?? [];
  if (precision !== undefined) return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
  const kind = KINDS[name];
  if (kind === undefined) throw new Error(`the sample uses ${name}, which this test does not know`);
  return { kind };
}

const KINDS: Readonly<Record<string, PrimitiveKind>> = {
  BIGINT: 'long',
  BOOLEAN: 'boolean',
  DATE: 'date',
  DOUBLE: 'double',
  INTEGER: 'int',
  TIMESTAMP: 'timestamp',
  VARCHAR: 'string',
};
