import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresClient } from 'hanse/source/postgres/connection.ts';
import { startPostgres } from '../test/postgres-server.ts';
import { type Benchmark, type Case, medianOf, ratioGoal, type Scale } from './benchmark.ts';
import { type OrdersServer, ordersContract } from './contract/odcs.ts';
import { orderColumns, ordersSql, type Variant, type Verdicts } from './contract/orders.ts';
import { findPeers, type Orders, type Peer } from './contract/peers.ts';
import { valuesOf, verdictsOfRules } from './contract/rule-verdicts.ts';
import { packedHanse, packHanse } from './packed-hanse.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave, type Timing } from './rounds.ts';
import { outputOfProgram } from './spawned.ts';

const limitBin = fileURLToPath(new URL('contract/limit.ts', import.meta.url));

/** How many times as long each peer is wished to take, from 10 M rows, for ten, and in PostgreSQL. */
const wishes: Readonly<Record<string, readonly [large: number, tiny: number, postgres: number]>> = {
  Soda: [2, 3, 1],
  dbt: [3, 3, 1],
  'datacontract-cli': [3.5, 10, 1],
  'Great Expectations': [5, 5, 1],
};

export const contract: Benchmark = {
  name: 'A contract of 57 rules, from process start to verdict',
  about:
    'Sixteen columns in Parquet, the same promises in the words of each tool; all on DuckDB 1.5.5 with two threads. *hanse test*: the package as users install it. *limit*: a Node process that runs the fewest statements by hand, with the knowledge of this one contract. ' +
    'No time is printed unless all verdicts on the values are equal, rule by rule.',
  run: async (scale) => {
    await packHanse();
    const peers = await findPeers('local');
    const rows = scale.quick ? 20_000 : 10_000_000;
    const [large, failing, wrong, tiny] = [
      await writeOrders(scale, 'passing', rows),
      await writeOrders(scale, 'failing', rows),
      await writeOrders(scale, 'wrong types', Math.min(rows, 1_000_000)),
      await writeOrders(scale, 'passing', 10),
    ];
    return [
      await compare({ name: `${rows.toLocaleString('en')} rows that pass`, orders: large, peers, wish: 0 }, scale),
      await compare({ name: `${rows.toLocaleString('en')} rows, some of which fail`, orders: failing, peers }, { ...scale, rounds: 1 }),
      await compare({ name: 'ten rows', orders: tiny, peers, wish: 1 }, scale),
      await findWrongTypes(wrong, peers),
      ...(await inPostgres(scale)),
    ];
  },
};

async function writeOrders(scale: Scale, variant: Variant, rows: number): Promise<Orders> {
  const orders = await writeContract(scale, `${variant.replace(' ', '-')}-${rows}`, { type: 'local', path: 'orders.parquet', format: 'parquet' });
  const file = join(orders.folder, 'orders.parquet');
  using duckdb = await openRawDuckDb(4_096, 2);
  await duckdb.run(`COPY (${ordersSql([0, rows], variant)}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  await duckdb.run(`ATTACH '${orders.database}' AS orders; CREATE OR REPLACE VIEW orders.main.orders AS FROM '${file}'`);
  return orders;
}

async function writeContract({ work }: Scale, name: string, server: OrdersServer): Promise<Orders> {
  const folder = join(work, `orders-${name}`);
  const orders = { folder, contract: join(folder, 'orders.odcs.json'), server, database: join(folder, 'orders.duckdb') };
  await mkdir(folder, { recursive: true });
  await writeFile(orders.contract, ordersContract(server));
  return orders;
}

async function inPostgres(scale: Scale): Promise<readonly Case[]> {
  const postgres = await startPostgres();
  if (postgres === undefined) return [];
  try {
    const rows = scale.quick ? 20_000 : 5_000_000;
    const { hostname, port } = new URL(postgres.url);
    const orders = await writeContract(scale, 'postgres', { type: 'postgres', host: hostname, port: Number(port), database: 'postgres', schema: 'public' });
    await loadPostgres(postgres.url, rows);
    return [
      await compare({ name: `PostgreSQL, ${rows.toLocaleString('en')} rows, some of which fail`, orders, peers: await findPeers('postgres'), wish: 2 }, scale),
    ];
  } finally {
    await postgres.stop();
  }
}

/** The file lies where the server's own user can read it. */
async function loadPostgres(url: string, rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hanse-bench-'));
  await chmod(folder, 0o711);
  const file = join(folder, 'orders.csv');
  const client = postgresClient({ connection: url, label: 'the benchmark' });
  try {
    using duckdb = await openRawDuckDb(4_096, 2);
    await duckdb.run(`COPY (${ordersSql([0, rows], 'failing')}) TO '${file}' (FORMAT csv, HEADER)`);
    await client.connect();
    const columns = orderColumns.map(({ name, type }) => `${name} ${type === 'DOUBLE' ? 'double precision' : type}`);
    await client.query(`CREATE TABLE orders (${columns.join(', ')})`);
    await client.query(`COPY orders FROM '${file}' (FORMAT csv, HEADER)`);
    await client.query('VACUUM ANALYZE orders');
  } finally {
    await client.end();
    await rm(folder, { recursive: true });
  }
}

interface Comparison {
  readonly name: string;
  readonly orders: Orders;
  readonly peers: readonly Peer[];
  /** Which of the wishes there are; none where it is absent. */
  readonly wish?: 0 | 1 | 2;
}

async function compare({ name, orders, peers, wish }: Comparison, { rounds }: Scale): Promise<Case> {
  const limit: Contender = {
    name: 'limit',
    run: async () => JSON.parse(await outputOfProgram([process.execPath, limitBin, join(orders.folder, 'orders.parquet')], {})),
  };
  const limits = orders.server.type === 'local' ? [limit] : [];
  const ours: Contender = { name: 'hanse test', run: async () => valuesOf(await judgeWithHanse(orders)) };
  const others = peers.map(({ name: peer, judge }): Contender => ({ name: peer, run: async () => valuesOf(await judge(orders)) }));
  const timings = await interleave([...limits, ours, ...others], { rounds, watch: 'started' });
  return { name, timings, limit: limits[0]?.name ?? ours.name, goals: wish === undefined ? [] : goalsOf(timings, wish) };
}

function goalsOf(timings: readonly Timing[], wish: 0 | 1 | 2) {
  const tiny = { text: 'median of hanse test at most 0.4 s', found: medianOf(timings, 'hanse test') / 1_000, atMost: 0.4 };
  const limit = [[ratioGoal(timings, ['hanse test', 'limit'], 1.2)], [tiny], []][wish] ?? [];
  const memory = timings.find((timing) => timing.name === 'hanse test')?.peakMiB ?? NaN;
  return [
    ...limit,
    ...(wish === 0 ? [{ text: 'memory of hanse test at most 400 MiB', found: memory, atMost: 400 }] : []),
    ...timings.flatMap(({ name }) => {
      const times = wishes[name.split(' ').slice(0, -1).join(' ')]?.[wish];
      return times === undefined ? [] : [ratioGoal(timings, ['hanse test', name], 1 / times)];
    }),
  ];
}

async function judgeWithHanse({ contract: file, folder }: Orders): Promise<Verdicts> {
  const printed = await outputOfProgram([process.execPath, packedHanse, 'test', file, '--json'], {
    cwd: folder,
    environment: { PGUSER: 'hanse' },
    codes: [0, 1],
  });
  const { objects }: { objects: readonly { rules: readonly { rule: string; result: string }[] }[] } = JSON.parse(printed);
  return verdictsOfRules(objects.flatMap(({ rules }) => rules));
}

/** Which tools see that a column is of another type than promised, though all values keep their promises. */
async function findWrongTypes(orders: Orders, peers: readonly Peer[]): Promise<Case> {
  const retyped = orderColumns.filter(({ wrongType }) => wrongType !== undefined).map(({ name }) => name);
  const notes: string[] = [];
  for (const { name, judge } of [{ name: 'hanse test', judge: judgeWithHanse }, ...peers]) {
    const verdicts = await judge(orders).catch((error: unknown) => String(error));
    notes.push(
      typeof verdicts === 'string'
        ? `${name}: ended with an error`
        : `${name}: ${retyped.filter((column) => verdicts[`${column} type`] === 'fail').length} of ${retyped.length} columns`,
    );
  }
  return { name: `${retyped.length} columns of another type than promised: who sees it`, timings: [], goals: [], notes };
}
