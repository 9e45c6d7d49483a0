import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Case, medianOf, type Scale } from './benchmark.ts';
import { ordersContract } from './contract/odcs.ts';
import { ordersSql } from './contract/orders.ts';
import { packedHanse, packHanse } from './packed-hanse.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';
import { type Environment, outputOfProgram } from './spawned.ts';

const sourceHanse = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));
const airline = fileURLToPath(new URL('../examples/airline/', import.meta.url));
const vega = fileURLToPath(new URL('../node_modules/vega-datasets/data', import.meta.url));

export const startUp: Benchmark = {
  name: 'From the command line to the end of a command',
  about:
    '*packed*: the package that `npm run pack` makes. *source*: the repository, whose TypeScript Node strips. Both have run before, so that compiled code is kept. ' +
    '*node*: a process of Node 24 that does nothing, the floor. All processes are counted, also workers.',
  run: async (scale) => {
    await packHanse();
    const orders = await writeTenRows(scale);
    return [
      await compare({ name: 'hanse --version', args: ['--version'], atMost: 0.15 }, scale),
      await compare({ name: 'hanse plan, the sample airline, 17 tables', args: ['plan'], atMost: 1, read: () => undefined }, scale),
      await compare({ name: 'hanse test, 57 rules on ten rows', args: ['test', orders, '--json'], atMost: 0.4, read: resultsIn }, scale),
    ];
  },
};

async function writeTenRows({ work }: Scale): Promise<string> {
  const folder = join(work, 'ten-orders');
  await mkdir(folder, { recursive: true });
  using duckdb = await openRawDuckDb(512, 1);
  await duckdb.run(`COPY (${ordersSql([0, 10], 'passing')}) TO '${join(folder, 'orders.parquet')}' (FORMAT parquet)`);
  await writeFile(join(folder, 'orders.odcs.json'), ordersContract({ type: 'local', path: 'orders.parquet', format: 'parquet' }));
  return join(folder, 'orders.odcs.json');
}

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  /** Seconds. */
  readonly atMost: number;
  /** What of the output both have to say alike; all of it where absent. */
  readonly read?: (output: string) => unknown;
}

async function compare({ name, args, atMost, read = (output) => output }: Command, { work, rounds }: Scale): Promise<Case> {
  const contender = (kind: string, bin: string): Contender => {
    const environment: Environment = { HANSE_FOLDER: airline, HANSE_STORAGE: join(work, `start-up-${kind}`), VEGA_DATASETS: vega };
    return { name: kind, run: async () => read(await outputOfProgram([process.execPath, bin, ...args], { environment })) };
  };
  const floor: Contender = { name: 'node', run: async () => void (await outputOfProgram([process.execPath, '-e', '0'], {})) };
  const timings = await interleave([floor, contender('packed', packedHanse), contender('source', sourceHanse)], { rounds, watch: 'started' });
  return { name, timings, limit: 'node', goals: [{ text: `median of packed at most ${atMost} s`, found: medianOf(timings, 'packed') / 1_000, atMost }] };
}

function resultsIn(output: string): unknown {
  const { objects }: { objects: readonly { rules: readonly { rule: string; result: string }[] }[] } = JSON.parse(output);
  return objects.flatMap(({ rules }) => rules.map(({ rule, result }) => `${rule} ${result}`));
}
