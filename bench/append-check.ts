import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { buildAll, openBenchMesh, reopenBenchMesh } from './bench-mesh.ts';
import { type Benchmark, type Case, ratioGoal, type Scale } from './benchmark.ts';
import { type Arrived, arriveFrom, judgeArrived, publishedTable } from './contract/judge-arrived.ts';
import { limitVerdicts } from './contract/limit-verdicts.ts';
import { property } from './contract/odcs.ts';
import { orderColumns, ordersSql, type Variant, type Verdicts } from './contract/orders.ts';
import { findPeers, type Orders, type Peer } from './contract/peers.ts';
import { valuesOf } from './contract/rule-verdicts.ts';
import type { WrittenTable } from './mesh-documents.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';
import { outputOf } from './spawned.ts';

const limitBin = fileURLToPath(new URL('contract/limit.ts', import.meta.url));
/** As the program's own starter does. */
const environment = { NODE_COMPILE_CACHE: fileURLToPath(new URL('../.cache/compiled/', import.meta.url)) };
const judgeBin = fileURLToPath(new URL('contract/judge-append.ts', import.meta.url));

export const appendCheck: Benchmark = {
  name: 'The check of an append of one percent',
  about:
    'A data file with 1 % more rows was sealed for a table with the 56 rules on values of the contract below, and is judged before it is published. *limit*: the fewest statements by hand over the new file, and over what its keys touch of the old one. ' +
    'Verdicts are compared. Soda has no memory: it reads everything again. HANSE_BENCH_ROWS names other sizes than 1 and 10 million; 100 million take ten minutes and 10 GB of disk.',
  run: async (scale) => {
    const sizes = scale.quick ? [20_000] : (process.env.HANSE_BENCH_ROWS ?? '1000000,10000000').split(',').map(Number);
    const cases: Case[] = [];
    for (const rows of sizes) cases.push(...(await appended(scale, 'passing', rows)));
    return [...cases, ...(await appended(scale, 'scattered', scale.quick ? 20_000 : 10_000_000))];
  },
};

interface Arrival {
  readonly file: string;
  readonly sealed: Arrived;
}

interface Grown {
  readonly what: string;
  readonly folder: string;
  /** The published data file. */
  readonly first: string;
  /** New files, one for each round and contender that keeps something of it. */
  readonly arrivals: readonly Arrival[];
}

async function appended(scale: Scale, variant: Variant, rows: number): Promise<readonly Case[]> {
  const grown = await grow(scale, variant, rows);
  const peers = variant === 'passing' && rows <= 10_000_000 ? (await findPeers('local')).filter(({ name }) => name.startsWith('Soda')) : [];
  const cases = [await withProcessStart(grown, peers, scale), await inRunningProcess(grown, scale)];
  await rm(grown.folder, { recursive: true });
  return cases;
}

/** Publishes the rows, and seals what arrives after them. */
async function grow({ work, rounds }: Scale, variant: Variant, rows: number): Promise<Grown> {
  const folder = join(work, `append-check-${variant}-${rows}`);
  const inputs = join(folder, 'inputs');
  await mkdir(inputs, { recursive: true });
  const write = async (file: string, range: readonly [number, number]) => {
    using duckdb = await openRawDuckDb(4_096, 2);
    await duckdb.run(`COPY (${ordersSql(range, variant)}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
    return file;
  };
  await write(join(inputs, 'first.parquet'), [0, rows]);
  await using mesh = await openBenchMesh(folder, [ordersTable(join(inputs, '*.parquet'))], [inputs]);
  await buildAll(mesh);
  const { files } = await publishedTable(mesh.platform);
  const first = (await mesh.platform.files.open(files[0]?.name ?? '')) ?? '';
  const added = Math.ceil(rows / 100);
  const arrivals: Arrival[] = [];
  for (let index = 0; index < 2 * (rounds + 1); index += 1) {
    const file = await write(join(folder, `arrived-${index}.parquet`), [rows + index * added, rows + (index + 1) * added]);
    arrivals.push({ file, sealed: await arriveFrom(mesh.platform, file) });
  }
  return { what: `1 % of ${rows.toLocaleString('en')} rows${variant === 'scattered' ? ', text keys in no order' : ''}`, folder, first, arrivals };
}

function ordersTable(pattern: string): WrittenTable {
  return {
    name: 'orders',
    columns: orderColumns.map((column) => property(column)),
    roles: {},
    sql: 'SELECT * FROM source.orders',
    build: { sources: { orders: { file: pattern } }, objects: { orders: { mode: 'append', cursor: 'order_id' } } },
  };
}

async function withProcessStart({ what, folder, first, arrivals }: Grown, peers: readonly Peer[], { rounds }: Scale): Promise<Case> {
  const limit: Contender = {
    name: 'limit',
    run: async (round) => judged(JSON.parse(await outputOf([limitBin, arrivals[round]?.file ?? '', first], environment))),
  };
  const ours: Contender = {
    name: 'hanse',
    run: async (round) => {
      const { name = '', bytes = 0 } = arrivals[round]?.sealed ?? {};
      return judged(JSON.parse(await outputOf([judgeBin, folder, name, String(bytes)], environment)));
    },
  };
  const orders = await wholeOrders(folder, [first, arrivals[0]?.file ?? '']);
  const others = peers.map(({ name, judge }): Contender => ({ name, run: async () => judged(await judge(orders)) }));
  const timings = await interleave([limit, ours, ...others], { rounds, watch: 'started' });
  const goals = [ratioGoal(timings, ['hanse', 'limit'], 1.3), ...others.map(({ name }) => ratioGoal(timings, ['hanse', name], 1 / 15))];
  return { name: `${what}, from process start`, timings, limit: 'limit', goals };
}

async function inRunningProcess({ what, folder, first, arrivals }: Grown, { rounds }: Scale): Promise<Case> {
  await using mesh = await reopenBenchMesh(folder);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '400MB', preserve_insertion_order: 'false' });
  const connection = await instance.connect();
  await connection.run('SET parquet_metadata_cache = true');
  const arrived = (round: number): Arrival => arrivals[rounds + 1 + round] ?? { file: '', sealed: { name: '', bytes: 0 } };
  const limit: Contender = { name: 'limit', run: async (round) => judged(await limitVerdicts(connection, arrived(round).file, first)) };
  const scanned: number[] = [];
  const ours: Contender = {
    name: 'hanse',
    run: async (round) => {
      const { verdicts, filesScanned } = await judgeArrived(mesh.platform, arrived(round).sealed);
      scanned.push(filesScanned);
      return judged(verdicts);
    },
  };
  const timings = await interleave([limit, ours], { rounds, watch: 'all' });
  const notes = [`${scanned.every((files) => files === 1) ? 'one file' : `${scanned.join(', ')} files`} scanned in each round`];
  return { name: `${what}, in a running process`, timings, limit: 'limit', goals: [ratioGoal(timings, ['hanse', 'limit'], 1.3)], notes };
}

/** What a tool without memory has to read. */
async function wholeOrders(folder: string, files: readonly string[]): Promise<Orders> {
  const database = join(folder, 'orders.duckdb');
  using duckdb = await openRawDuckDb(1_024, 1);
  await duckdb.run(`ATTACH '${database}' AS orders; CREATE VIEW orders.main.orders AS FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}])`);
  return { folder, contract: '', server: { type: 'local', path: '', format: 'parquet' }, database };
}

/** Whether there are rows is no promise of the mesh's contract. */
function judged(verdicts: Verdicts): Verdicts {
  return Object.fromEntries(Object.entries(valuesOf(verdicts)).filter(([name]) => name !== ' rows'));
}
