import { copyFile, open, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bindRestriction } from '@hanse/core/restriction/bind-restriction.ts';
import { compileRestriction } from '@hanse/core/restriction/compile-restriction.ts';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import { parsePredicate } from '@hanse/core/restriction/parse-predicate.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import type { Platform } from 'hanse/services/platform.ts';
import type { Slice } from 'hanse/slice/slices.ts';
import { memoryMb, openBenchMesh } from './bench-mesh.ts';
import { type Benchmark, type Case, ratioGoal, type Scale } from './benchmark.ts';
import { openRawDuckDb, type RawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';

const columns: readonly Column[] = (['long', 'int', 'double', 'string', 'string', 'date'] as const).map((kind, at) => columnOf(at, { kind }));

/** Six columns: a key, a small number, an amount, a category, an address, a day. */
function rowsSql(rows: number): string {
  return `SELECT range AS c0, (hash(range) % 1000)::INTEGER AS c1, (hash(range + 1) % 1000000) / 100.0 AS c2, 'category ' || hash(range + 2) % 50 AS c3,
    hash(range + 3)::VARCHAR || '@example.org' AS c4, DATE '2020-01-01' + (hash(range + 4) % 2000)::INTEGER AS c5 FROM range(${rows})`;
}

const restrictions: Readonly<Record<string, Restriction<string>>> = {
  'drop one column': { columns: [{ column: 'c4', action: { kind: 'drop' } }] },
  'mask one column': { columns: [{ column: 'c4', action: { kind: 'show-last', count: 4 } }] },
  'filter rows (a tenth)': { columns: [], rows: predicate('c1 < 100') },
};

export const slice: Benchmark = {
  name: 'Building the slice of one data file',
  about:
    'A data file of 10,000,000 rows and 6 columns, as a build writes it. *file copy*: its bytes copied and synced. *DuckDB rewrite*: `COPY` of what the restriction shows, with the same compression, as one who has no splicing does it. ' +
    '*slice*: ours, sealed with its hash and synced. Sums over all columns of slice and rewrite are compared.',
  run: async (scale) => {
    await using mesh = await openBenchMesh(join(scale.work, 'slice'), [], []);
    const file = await writeDataFile(mesh.platform, scale.quick ? 100_000 : 10_000_000);
    const cases: Case[] = [];
    for (const [name, restriction] of Object.entries(restrictions)) cases.push(await measure({ platform: mesh.platform, file, name, restriction }, scale));
    return cases;
  },
};

function columnOf(at: number, type: ColumnType): Column {
  return { id: at + 1, name: `c${at}`, type, required: false };
}

function predicate(text: string) {
  const parsed = parsePredicate(text);
  if ('error' in parsed) throw new Error(parsed.error.message);
  return parsed.predicate;
}

async function writeDataFile(platform: Platform, rows: number): Promise<string> {
  const staged = await platform.files.stage('data', 'parquet');
  await using session = await platform.engine.session({ relations: [], limits: platform.limits.build, writable: [staged.path] });
  await session.write({ sql: rowsSql(rows) }, { path: staged.path, columns });
  return (await platform.files.seal(staged)).name;
}

interface Order {
  readonly platform: Platform;
  readonly file: string;
  readonly name: string;
  readonly restriction: Restriction<string>;
}

async function measure({ platform, file, name, restriction: written }: Order, { work, rounds }: Scale): Promise<Case> {
  const bound = bindRestriction(written, columns);
  if (bound.kind !== 'bound') throw new Error(`${name} does not bind`);
  const { restriction } = bound;
  const source = (await platform.files.open(file)) ?? '';
  const copy = join(work, 'copy.parquet');
  const rewritten = join(work, 'rewritten.parquet');
  const { select, where } = compileRestriction(columns, restriction, platform.secret);
  const shown = `SELECT ${select.map(({ column, sql }) => `${sql} AS ${quoteName(column.name)}`).join(', ')} FROM '${source}'${where === undefined ? '' : ` WHERE ${where}`}`;
  using duckdb = await openRawDuckDb(memoryMb, availableParallelism());
  let made: Slice | undefined;
  const contenders: readonly Contender[] = [
    { name: 'file copy', run: () => copySynced(source, copy) },
    {
      name: 'DuckDB rewrite',
      prepare: () => rm(rewritten, { force: true }),
      run: () => duckdb.run(`COPY (${shown}) TO '${rewritten}' (FORMAT parquet, COMPRESSION zstd)`),
      answer: () => sumOf(duckdb, rewritten),
    },
    {
      name: 'slice',
      prepare: () => platform.slices.forget(file),
      run: async () => void (made = await platform.slices.slice({ file, columns, restriction })),
      answer: () => sumOf(duckdb, made?.path ?? ''),
    },
  ];
  const timings = await interleave(contenders, { rounds, watch: 'all' });
  const notes = [`built by ${made?.built}, ${mib(made?.bytes)} MiB of ${mib((await stat(source)).size)} MiB`];
  return { name, timings, limit: 'file copy', goals: [ratioGoal(timings, ['slice', 'DuckDB rewrite'], restriction.rows === undefined ? 1 : 1.2)], notes };
}

async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to);
  await file.sync();
  await file.close();
}

/** One number that depends on every value, whatever the order of the rows. */
function sumOf(duckdb: RawDuckDb, path: string): Promise<string> {
  return duckdb.lines(`SELECT count(*) AS n, sum(hash(COLUMNS(*))::HUGEINT) FROM '${path}'`);
}

function mib(bytes: number | undefined): number {
  return Math.round((bytes ?? 0) / 2 ** 20);
}
