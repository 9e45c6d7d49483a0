import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Case, Scale } from './benchmark.ts';
import { ordersContract } from './contract/odcs.ts';
import { ordersSql } from './contract/orders.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';
import { outputOfProgram } from './spawned.ts';

const hanseBin = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));
const limitBin = fileURLToPath(new URL('contract/limit.ts', import.meta.url));
const watchMs = 100;

/** Needs its name: it writes 7 GB. */
export const large: Benchmark = {
  name: 'More than memory holds',
  about:
    '200 million distinct texts, which are to be unique, with `--memory 700`; and 100 million rows of the sixteen columns above with `--memory 400`, beside the limit. Memory is of all processes together, what is spilled is their largest sum. ' +
    'Takes fifteen minutes and 10 GB of disk.',
  run: async (scale) => [await manyKeys(scale), await manyRows(scale)],
};

async function manyKeys(scale: Scale): Promise<Case> {
  const rows = scale.quick ? 100_000 : 200_000_000;
  const property = { name: 'code', logicalType: 'string', physicalType: 'VARCHAR', required: true, unique: true };
  const contract = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 'keys', version: '1.0.0', status: 'active' };
  const servers = [{ server: 'here', type: 'local', path: 'data.parquet', format: 'parquet' }];
  const text = JSON.stringify({ ...contract, servers, schema: [{ name: 'keys', physicalType: 'table', properties: [property] }] });
  const written = await write(scale, 'keys', { text, sql: `SELECT 'K-' || (i * 6364136223 % 10000000007) AS code FROM range(${rows}) AS rows(i)` });
  return judge(`${rows.toLocaleString('en')} distinct texts`, { ...written, memoryMb: 700, mostMiB: 1_024 }, []);
}

async function manyRows(scale: Scale): Promise<Case> {
  const rows = scale.quick ? 100_000 : 100_000_000;
  const text = ordersContract({ type: 'local', path: 'data.parquet', format: 'parquet' });
  const written = await write(scale, 'rows', { text, sql: ordersSql([0, rows], 'passing') });
  const limit: Contender = { name: 'limit', run: async () => void (await outputOfProgram([process.execPath, limitBin, written.file], {})) };
  return judge(`${rows.toLocaleString('en')} rows`, { ...written, memoryMb: 400, mostMiB: 640 }, [limit]);
}

interface Written {
  readonly folder: string;
  readonly contract: string;
  readonly file: string;
}

async function write({ work }: Scale, name: string, { text, sql }: { readonly text: string; readonly sql: string }): Promise<Written> {
  const folder = join(work, `large-${name}`);
  await mkdir(join(folder, 'temp'), { recursive: true });
  const [contract, file] = [join(folder, 'data.odcs.json'), join(folder, 'data.parquet')];
  await writeFile(contract, text);
  using duckdb = await openRawDuckDb(4_096, 2);
  await duckdb.run(`SET preserve_insertion_order = false; COPY (${sql}) TO '${file}' (FORMAT parquet)`);
  return { folder, contract, file };
}

interface Judged extends Written {
  readonly memoryMb: number;
  readonly mostMiB: number;
}

async function judge(name: string, { folder, contract, memoryMb, mostMiB }: Judged, others: readonly Contender[]): Promise<Case> {
  const temp = join(folder, 'temp');
  const environment = { TMPDIR: temp, HANSE_MEMORY_MB: String(memoryMb), HANSE_TEST_DEADLINE_S: '7200', HANSE_TEMP_MB: '20000' };
  let spilled = 0;
  const ours: Contender = {
    name: 'hanse test',
    run: async () => {
      const watch = setInterval(async () => (spilled = Math.max(spilled, await bytesIn(temp))), watchMs);
      await outputOfProgram([process.execPath, hanseBin, 'test', contract, '--json'], { cwd: folder, environment }).finally(() => clearInterval(watch));
    },
  };
  const timings = await interleave([...others, ours], { rounds: 1, watch: 'started' });
  const peak = timings.find((timing) => timing.name === 'hanse test')?.peakMiB ?? NaN;
  const goals = [{ text: `memory of all processes at most ${mostMiB} MiB`, found: peak, atMost: mostMiB }];
  return { name, timings, limit: others[0]?.name ?? ours.name, goals, notes: [`${Math.round(spilled / 2 ** 20)} MiB spilled`] };
}

/** Files come and go meanwhile. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        stat(join(parentPath, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
