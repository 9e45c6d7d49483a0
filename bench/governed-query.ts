import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import { compileRestriction } from '@hanse/core/restriction/compile-restriction.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { grantTables } from 'hanse/services/query/grant-tables.ts';
import { bindRole, openSlice } from 'hanse/services/query/open-slice.ts';
import { readHead } from 'hanse/services/table/table-head.ts';
import { apiOf, type BenchMesh, buildAll, memoryMb, openBenchMesh, textOf } from './bench-mesh.ts';
import type { Benchmark, Case, Scale } from './benchmark.ts';
import { allFlights, fewFlights, flightsTable, rowsOfWest } from './flights.ts';
import { flightQueries } from './governed-queries.ts';
import { readerOf } from './mesh-documents.ts';
import { openRawDuckDb, type RawDuckDb } from './raw-duckdb.ts';
import { type Contender, geometricMean, interleave, type Timing, timingOf } from './rounds.ts';

const roles = {
  full: {},
  'row-filter': { rows: rowsOfWest },
  'dropped-column': { columns: { distance_miles: 'drop' } },
  masked: { columns: { origin: { mask: 'show-last', count: 2 }, destination: 'keyed-hash' } },
};
type RoleName = keyof typeof roles;

export const governedQuery: Benchmark = {
  name: 'Governed query',
  about:
    'Twenty statements in four roles on 3,000,000 flights, each new to the process in each round; results as JSON lines. *raw*: DuckDB in the same process on a physical copy of the visible rows. ' +
    '*view*: the same over the whole file with the role’s expressions in a view. *engine*: a session of ours on the slices. *whole*: `POST /api/query` without HTTP: parse, gate, decide, open, run, read log with fsync. ' +
    'All with the same threads and memory. Times are the sum over the statements.',
  run: async (scale) => {
    const source = scale.quick ? await fewFlights(scale.cache) : allFlights;
    await using mesh = await openBenchMesh(join(scale.work, 'query'), [flightsTable(source, roles)], [source]);
    await buildAll(mesh);
    const cases: Case[] = [];
    for (const role of Object.keys(roles) as RoleName[]) cases.push(await measureRole(mesh, role, scale));
    return [...cases, total(cases)];
  },
};

interface Ratio {
  readonly role: string;
  readonly sql: string;
  readonly timings: readonly Timing[];
}

const ours = ['engine', 'whole'] as const;

async function measureRole(mesh: BenchMesh, role: RoleName, scale: Scale): Promise<Case> {
  const opened = await openSlice(mesh.platform, grantOf(await mesh.platform.meshes.current(), role));
  const firstTouch = await touchFirst(mesh, role, opened.granted.table.id);
  using raw = await openRawDuckDb(memoryMb, availableParallelism());
  using view = await openRawDuckDb(memoryMb, availableParallelism());
  await loadPeers({ mesh, role, folder: scale.work }, raw, view);
  const count = flightQueries(0, '').length;
  const ratios: Ratio[] = [];
  for (let query = 0; query < (scale.quick ? 4 : count); query += 1) {
    const sql = (round: number) => flightQueries(round, role === 'dropped-column' ? 'delay_minutes' : 'distance_miles')[query] ?? '';
    await using session = await mesh.platform.engine.session({ relations: [opened.relation], limits: mesh.platform.limits.query });
    const contenders: readonly Contender[] = [
      { name: 'raw', run: (round) => raw.lines(sql(round)) },
      { name: 'engine', run: async (round) => textOf((await session.stream({ sql: sql(round) }, 'jsonl')).body) },
      { name: 'whole', run: async (round) => textOf((await apiOf(mesh, role).query({ sql: sql(round), format: 'jsonl' })).body) },
      { name: 'view', run: (round) => view.lines(sql(round)) },
    ];
    const timings = await interleave(contenders, { rounds: scale.rounds, watch: 'nothing' });
    ratios.push({ role, sql: sql(0), timings });
  }
  opened[Symbol.dispose]();
  const about = `first touch of the role (slices built, worker opened): ${firstTouch.toFixed(0)} ms`;
  return { name: `role ${role}`, limit: 'raw', timings: addUp(ratios), goals: [], notes: [about, ...means(ratios)], details: ratios };
}

function grantOf(now: Awaited<ReturnType<BenchMesh['platform']['meshes']['current']>>, role: string) {
  const [granted] = grantTables(now, {
    principal: { kind: 'person', username: readerOf(role) },
    tables: [{ schema: 'air', name: 'flights' }],
    now: new Date().toISOString(),
  });
  if (granted === undefined) throw new Error(`nobody reads in role ${role}`);
  return granted;
}

/** From no slice and no worker to the answer, in ms. */
async function touchFirst(mesh: BenchMesh, role: string, tableId: string): Promise<number> {
  for (const file of await dataFiles(mesh, tableId)) await mesh.platform.slices.forget(file.name);
  const started = performance.now();
  await textOf((await apiOf(mesh, role).query({ sql: 'SELECT count(*) AS n FROM air.flights', format: 'jsonl' })).body);
  return performance.now() - started;
}

async function dataFiles({ platform }: Pick<BenchMesh, 'platform'>, tableId: string) {
  const { metadata, snapshot } = await headOf(platform, tableId);
  return (await platform.tables.read(metadata)).dataFiles(snapshot);
}

async function headOf(platform: BenchMesh['platform'], tableId: string) {
  const head = await readHead(platform, tableId);
  if (head === undefined) throw new Error(`${tableId} is not published`);
  return head;
}

interface Peers {
  readonly mesh: BenchMesh;
  readonly role: RoleName;
  readonly folder: string;
}

/** What the role shows, as a file of its own and as a view on the published file. */
async function loadPeers({ mesh, role, folder }: Peers, raw: RawDuckDb, view: RawDuckDb): Promise<void> {
  const granted = grantOf(await mesh.platform.meshes.current(), role);
  const { metadata, keys } = await headOf(mesh.platform, granted.table.id);
  const table = await mesh.platform.tables.read(metadata);
  const columns = columnsInForce(table.columns, keys, granted.table.object);
  const { select, where } = compileRestriction(columns, bindRole(granted, columns), mesh.platform.secret);
  const files = await Promise.all((await table.dataFiles()).map(({ name }) => mesh.platform.files.open(name)));
  const visible = `SELECT ${select.map(({ column, sql }) => `${sql} AS ${quoteName(column.name)}`).join(', ')}
    FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}])${where === undefined ? '' : ` WHERE ${where}`}`;
  const copy = join(folder, `visible-${role}.parquet`);
  await raw.run(
    `CREATE SCHEMA air; COPY (${visible}) TO '${copy}' (FORMAT parquet, COMPRESSION zstd); CREATE VIEW air.flights AS SELECT * FROM read_parquet('${copy}')`,
  );
  await view.run(`CREATE SCHEMA air; CREATE VIEW air.flights AS ${visible}`);
}

function ratioOf({ timings }: Ratio, name: string, by: 'medianMs' | 'minMs' = 'medianMs'): number {
  const time = (wanted: string) => timings.find((timing) => timing.name === wanted)?.[by] ?? NaN;
  return time(name) / time('raw');
}

/** Each contender's time for all statements, round by round. */
function addUp(ratios: readonly Ratio[]): readonly Timing[] {
  const [first] = ratios;
  return (first?.timings ?? []).map(({ name, walls }, place) => {
    const sums = walls.map((_, round) => ratios.reduce((sum, { timings }) => sum + (timings[place]?.walls[round] ?? NaN), 0));
    return timingOf(
      name,
      sums.map((wallMs) => ({ wallMs, cpuMs: undefined, peakMiB: undefined })),
    );
  });
}

function means(ratios: readonly Ratio[]): readonly string[] {
  return ours.map((name) => {
    const worst = ratios.reduce((one, other) => (ratioOf(other, name) > ratioOf(one, name) ? other : one));
    const means = `geometric mean ${meanOf(ratios, name, 'medianMs').toFixed(2)} of medians, ${meanOf(ratios, name, 'minMs').toFixed(2)} of minima`;
    return `${name} to raw by statement: ${means}; worst ${ratioOf(worst, name).toFixed(2)} (\`${worst.sql.slice(0, 60)}...\`)`;
  });
}

function meanOf(ratios: readonly Ratio[], name: string, by: 'medianMs' | 'minMs'): number {
  return geometricMean(ratios.map((ratio) => ratioOf(ratio, name, by)));
}

function total(cases: readonly Case[]): Case {
  const ratios = cases.flatMap(({ details }) => details as readonly Ratio[]);
  const goals = ours.flatMap((name) => [
    { text: `${name} to raw, geometric mean over all statements and roles at most 1.02`, found: meanOf(ratios, name, 'medianMs'), atMost: 1.02 },
    { text: `${name} to raw, worst statement at most 1.2`, found: Math.max(...ratios.map((ratio) => ratioOf(ratio, name))), atMost: 1.2 },
  ]);
  return { name: 'all roles', limit: 'raw', timings: addUp(ratios), goals, notes: means(ratios) };
}
