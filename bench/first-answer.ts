import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Case, type Goal, medianOf, ratioGoal, type Scale } from './benchmark.ts';
import { meshDocuments, readerOf, writeDocuments, type WrittenTable } from './mesh-documents.ts';
import { type Contender, interleave, type Timing } from './rounds.ts';
import { type Environment, outputOf, startUntil } from './spawned.ts';

const hanse = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));
const duckdbCount = fileURLToPath(new URL('duckdb-count.ts', import.meta.url));
const launcher = fileURLToPath(new URL('../tools/node24.mjs', import.meta.url));
const starter = fileURLToPath(new URL('../tools/start.ts', import.meta.url));
const vega = fileURLToPath(new URL('../node_modules/vega-datasets/data', import.meta.url));
const rows = 1_000;
const roles = { west: { rows: "region = 'west'" } };

export const firstAnswer: Benchmark = {
  name: 'From process start to an answer',
  about: `A mesh with one table of ${rows} rows, and another person’s count under a row filter. *duckdb*: a Node process that loads DuckDB and counts the same rows of the file. All processes are counted, also workers.`,
  run: async (scale) => {
    const tiny = await writeTinyMesh(join(scale.work, 'tiny'));
    const cases = [await fromEmpty(tiny, scale), await fromBuilt(tiny, scale)];
    return scale.quick ? cases : [...cases, await warmStart(scale)];
  },
};

interface Tiny {
  readonly folder: string;
  readonly csv: string;
  /** The rows that the reader may see, as a file. */
  readonly visible: string;
}

async function writeTinyMesh(folder: string): Promise<Tiny> {
  await mkdir(folder, { recursive: true });
  const [csv, visible] = [join(folder, 'sales.csv'), join(folder, 'visible.csv')];
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row % 3 === 0 ? 'west' : 'east'},${row * 7}`);
  await writeFile(csv, ['id,region,amount', ...lines, ''].join('\n'));
  await writeFile(visible, ['id,region,amount', ...lines.filter((line) => line.includes('west')), ''].join('\n'));
  const sales: WrittenTable = {
    name: 'sales',
    columns: [
      { name: 'id', logicalType: 'integer', physicalType: 'BIGINT', required: true },
      { name: 'region', logicalType: 'string', physicalType: 'VARCHAR' },
      { name: 'amount', logicalType: 'integer', physicalType: 'BIGINT' },
    ],
    roles,
    sql: 'SELECT * FROM source.sales',
    build: { sources: { sales: { file: csv } } },
  };
  await writeDocuments(folder, meshDocuments([sales], [folder]));
  return { folder, csv, visible };
}

function surroundings({ folder }: Tiny, storage: string): Environment {
  return { HANSE_FOLDER: folder, HANSE_STORAGE: join(folder, storage) };
}

const queryArgs = [hanse, 'query', 'SELECT count(*) AS n FROM air.sales', '--format', 'csv', '--as', readerOf('west')];

async function countAs(environment: Environment): Promise<number> {
  return Number((await outputOf(queryArgs, environment)).split('\n')[1]);
}

function duckdb({ visible }: Tiny): Contender {
  return { name: 'duckdb', run: async () => Number(await outputOf([duckdbCount, visible])) };
}

async function build(environment: Environment): Promise<void> {
  await outputOf([hanse, 'apply'], environment);
  await outputOf([hanse, 'build'], environment);
}

async function fromEmpty(tiny: Tiny, { rounds }: Scale): Promise<Case> {
  const environment = surroundings(tiny, 'fresh');
  const ours: Contender = {
    name: 'apply, build, query',
    prepare: () => rm(join(tiny.folder, 'fresh'), { recursive: true, force: true }),
    run: async () => {
      await build(environment);
      return countAs(environment);
    },
  };
  const timings = await interleave([duckdb(tiny), ours], { rounds, watch: 'started' });
  return {
    name: 'an empty folder, three commands',
    timings,
    limit: 'duckdb',
    goals: [secondsGoal(timings, ours.name, 3), memoryGoal(timings, ours.name, 250)],
  };
}

async function fromBuilt(tiny: Tiny, { rounds }: Scale): Promise<Case> {
  const [alone, served] = [surroundings(tiny, 'alone'), surroundings(tiny, 'served')];
  for (const environment of [alone, served]) await build(environment);
  const server = await startUntil([hanse, 'up', '--listen', '127.0.0.1:0', '--json'], served, /"url":"([^"]+)"/);
  try {
    const contenders: readonly Contender[] = [
      duckdb(tiny),
      { name: 'query, in process', run: () => countAs(alone) },
      { name: 'query, server running', run: () => countAs(served) },
      { name: '--version', run: async () => void (await outputOf([hanse, '--version'])) },
      { name: '--help', run: async () => void (await outputOf([hanse, '--help'])) },
    ];
    const timings = await interleave(contenders, { rounds, watch: 'started' });
    const goals = [ratioGoal(timings, ['query, in process', 'duckdb'], 3), secondsGoal(timings, '--help', 0.15)];
    return {
      name: 'a built mesh, one command',
      timings,
      limit: 'duckdb',
      goals,
      notes: ['The CPU of *query, server running* includes the server’s, its memory does not.'],
    };
  } finally {
    await server.stop();
  }
}

/** The airline is built once and kept, as on a developer's machine. */
async function warmStart({ cache, rounds }: Scale): Promise<Case> {
  const environment = { HANSE_STORAGE: join(cache, 'airline'), HANSE_LISTEN: '127.0.0.1:0', VEGA_DATASETS: vega };
  const upAndDown = async () => {
    const server = await startUntil([launcher, starter], environment, /up at (\S+)/);
    return server.stop;
  };
  await upAndDown().then((stop) => stop());
  let stop: () => Promise<void> = async () => {};
  const start: Contender = { name: 'npm start, built before', prepare: () => stop(), run: async () => void (stop = await upAndDown()) };
  try {
    const timings = await interleave([start], { rounds, watch: 'started' });
    return { name: 'the sample airline, 17 tables, nothing to build', timings, goals: [secondsGoal(timings, start.name, 3)] };
  } finally {
    await stop();
  }
}

function secondsGoal(timings: readonly Timing[], name: string, atMost: number): Goal {
  return { text: `median of ${name} at most ${atMost} s`, found: medianOf(timings, name) / 1_000, atMost };
}

function memoryGoal(timings: readonly Timing[], name: string, atMost: number): Goal {
  return { text: `memory of ${name} at most ${atMost} MiB`, found: timings.find((timing) => timing.name === name)?.peakMiB ?? NaN, atMost };
}
