import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../test/python.ts';
import { outputOfProgram } from '../spawned.ts';
import { datacontractVerdicts } from './datacontract.ts';
import { dbtProject, dbtVerdicts } from './dbt.ts';
import { ordersExpectations } from './expectations.ts';
import type { OrdersServer } from './odcs.ts';
import type { Verdicts } from './orders.ts';
import { ordersSodaContract, sodaVerdicts } from './soda.ts';

/** The orders to be judged, and the contract, in a folder of their own. */
export interface Orders {
  readonly folder: string;
  readonly contract: string;
  readonly server: OrdersServer;
  /** A DuckDB database with the view `orders` of local files. */
  readonly database: string;
}

/** A tool that judges the orders from process start to verdict. */
export interface Peer {
  readonly name: string;
  readonly judge: (orders: Orders) => Promise<Verdicts>;
}

interface PeerSource {
  readonly name: string;
  readonly packages: readonly string[];
  readonly judge: (python: string, orders: Orders) => Promise<Verdicts>;
}

const duckdb = 'duckdb==1.5.5';
const soda = { name: 'Soda', judge: judgeWithSoda };
const datacontract = { name: 'datacontract-cli', judge: judgeWithDatacontract };
const sources: Readonly<Record<OrdersServer['type'], readonly PeerSource[]>> = {
  local: [
    { ...soda, packages: ['soda-core==4.28.0', 'soda-duckdb==4.28.0', duckdb] },
    { name: 'dbt', packages: ['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', duckdb], judge: judgeWithDbt },
    { ...datacontract, packages: ['datacontract-cli[duckdb]==1.2.8', duckdb] },
    {
      name: 'Great Expectations',
      packages: ['great_expectations==1.24.1', 'sqlalchemy==2.0.58', 'duckdb-engine==0.17.0', duckdb],
      judge: judgeWithExpectations,
    },
  ],
  postgres: [
    { ...soda, packages: ['soda-core==4.28.0', 'soda-postgres==4.28.0'] },
    { ...datacontract, packages: ['datacontract-cli[postgres]==1.2.8'] },
  ],
};

/** Those for this kind of place that can be had here; the others are said to be missing and are not run. */
export async function findPeers(type: OrdersServer['type']): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  for (const { name, packages, judge } of sources[type]) {
    const python = await pythonWith(packages);
    if (python !== undefined) peers.push({ name: `${name} ${packages[0]?.split('==')[1]}`, judge: (orders) => judge(python, orders) });
  }
  return peers;
}

const environment = {
  SODA_CORE_TELEMETRY_ENABLED: 'false',
  GX_ANALYTICS_ENABLED: 'false',
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  DATACONTRACT_POSTGRES_USERNAME: 'hanse',
  DATACONTRACT_POSTGRES_PASSWORD: 'none',
};

async function judgeWithSoda(python: string, { folder, database, server }: Orders): Promise<Verdicts> {
  const postgres = server.type === 'postgres';
  const connection = postgres
    ? { host: server.host, port: server.port, database: server.database, user: 'hanse', password: 'none' }
    : { database, read_only: true, configuration: { threads: '2' } };
  const files = await writeFiles(join(folder, 'soda'), {
    'source.yml': JSON.stringify({ type: postgres ? 'postgres' : 'duckdb', name: 'bench', connection }),
    'orders.yml': ordersSodaContract(postgres ? `bench/${server.database}/${server.schema}/orders` : 'bench/main/orders'),
  });
  return sodaVerdicts(await run([python, beside('verify-soda.py'), join(files, 'source.yml'), join(files, 'orders.yml')], files));
}

async function judgeWithDbt(python: string, { folder, database }: Orders): Promise<Verdicts> {
  const project = await writeFiles(join(folder, 'dbt'), dbtProject(database));
  await run([python, '-m', 'dbt.cli.main', 'test', '--quiet', '--profiles-dir', project], project);
  return dbtVerdicts(project);
}

async function judgeWithDatacontract(python: string, { folder, contract }: Orders): Promise<Verdicts> {
  const written = join(folder, 'datacontract.json');
  await rm(written, { force: true });
  await run([python, '-c', 'from datacontract.cli import app; app()', 'test', contract, '--output', written, '--output-format', 'json'], folder);
  return datacontractVerdicts(await readFile(written, 'utf8'));
}

async function judgeWithExpectations(python: string, { folder, database }: Orders): Promise<Verdicts> {
  const expectations = ordersExpectations();
  const files = await writeFiles(join(folder, 'expectations'), { 'orders.json': JSON.stringify(expectations) });
  const printed = await run([python, beside('validate-expectations.py'), database, join(files, 'orders.json')], files);
  const failed: readonly string[] = JSON.parse(printed);
  return Object.fromEntries(Object.keys(expectations).map((name) => [name, failed.includes(name) ? 'fail' : 'pass']));
}

/** A tool that finds violations ends with 1. */
function run(words: readonly [string, ...string[]], cwd: string): Promise<string> {
  return outputOfProgram(words, { environment, cwd, codes: [0, 1] });
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
