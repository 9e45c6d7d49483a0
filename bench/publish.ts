import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { publishVersion } from 'hanse/services/product/publish-version.ts';
import { type Candidate, type PreviousVersion, sealData } from 'hanse/services/product/version.ts';
import { openRunRecord } from 'hanse/services/run/run-record.ts';
import { readHead } from 'hanse/services/table/table-head.ts';
import type { Lease } from 'hanse/store/store.ts';
import { type BenchMesh, buildAll, openBenchMesh } from './bench-mesh.ts';
import { type Benchmark, type Case, ratioGoal, type Scale } from './benchmark.ts';
import type { WrittenTable } from './mesh-documents.ts';
import { type Contender, interleave } from './rounds.ts';

const rows = 1_000;
const publishers = 16;
const columns: WrittenTable['columns'] = [
  { name: 'id', logicalType: 'integer', physicalType: 'BIGINT', required: true },
  { name: 'amount', logicalType: 'integer', physicalType: 'BIGINT' },
];

export const publish: Benchmark = {
  name: 'Atomic publish of a small version',
  about:
    `A version of ${rows} rows that is written and checked already becomes visible: seal the data file, write manifest, manifest list and metadata, one store transaction with head, checks, lineage and run. ` +
    '*fsync, rename*: the same bytes written to one file, fsync, rename. *build*: all of it from the SELECT, with workers, checks and leases.',
  run: async (scale) => {
    const tables = Array.from({ length: publishers }, (_, at) => tableNumber(at));
    await using mesh = await openBenchMesh(join(scale.work, 'publish'), tables, []);
    await buildAll(mesh);
    const { tables: served } = await mesh.platform.meshes.current();
    const bytes = await dataFileOf(mesh, served[0]);
    const one = await measure(mesh, { served: served.slice(0, 1), bytes, rounds: scale.quick ? 3 : 100 });
    const sixteen = await measure(mesh, { served, bytes, rounds: scale.quick ? 2 : 30 });
    return [
      { ...one, name: 'one publisher' },
      { ...sixteen, name: `${publishers} publishers at once, each its own table (times of all ${publishers})` },
      await wholeBuild(mesh, scale),
    ];
  },
};

function leaseOf({ platform }: BenchMesh, table: ServedTable): Promise<Lease | undefined> {
  return platform.store.lease(`build/${table.product.id}`, 'bench', 60_000);
}

function tableNumber(at: number): WrittenTable {
  return {
    name: `sales_${at}`,
    columns,
    roles: { full: {} },
    sql: `SELECT range AS id, range * 7 AS amount FROM range(${rows})`,
    build: { objects: { [`sales_${at}`]: { mode: 'full' } } },
  };
}

/** A data file as a build wrote it; each publish appends its run's id, so that no two files have one name. */
async function dataFileOf(mesh: BenchMesh, table: ServedTable | undefined): Promise<Uint8Array> {
  if (table === undefined) throw new Error('no table');
  const [file] = (await previousOf(mesh, table)).files;
  return readFile((await mesh.platform.files.open(file?.name ?? '')) ?? '');
}

async function previousOf({ platform }: BenchMesh, table: ServedTable): Promise<PreviousVersion> {
  const head = await readHead(platform, table.id);
  if (head === undefined) throw new Error(`${table.name} is not published`);
  const published = await platform.tables.read(head.metadata);
  return { head, table: published, files: await published.dataFiles(head.snapshot) };
}

interface Measured {
  readonly served: readonly ServedTable[];
  readonly bytes: Uint8Array;
  readonly rounds: number;
}

async function measure(mesh: BenchMesh, { served, bytes, rounds }: Measured): Promise<Omit<Case, 'name'>> {
  const folder = join(mesh.folder, 'limit');
  await mkdir(folder, { recursive: true });
  let number = 0;
  let leases: readonly (Lease | undefined)[] = [];
  const contenders: readonly Contender[] = [
    {
      name: 'fsync, rename',
      run: async () => {
        await Promise.all(served.map(() => fsyncRename(join(folder, `f${(number += 1)}`), bytes)));
      },
    },
    {
      name: 'publish',
      prepare: async () => {
        leases = await Promise.all(served.map((table) => leaseOf(mesh, table)));
      },
      run: async () => {
        await Promise.all(served.map((table, at) => publishOnce(mesh, { table, bytes, lease: leases[at] })));
      },
    },
  ];
  const timings = await interleave(contenders, { rounds, watch: 'nothing' });
  for (const lease of leases) if (lease !== undefined) await mesh.platform.store.release(lease);
  return { timings, limit: 'fsync, rename', goals: [ratioGoal(timings, ['publish', 'fsync, rename'], 10)] };
}

async function fsyncRename(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, bytes);
  const file = await open(`${path}.new`);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
}

interface Order {
  readonly table: ServedTable;
  readonly bytes: Uint8Array;
  readonly lease: Lease | undefined;
}

async function publishOnce(mesh: BenchMesh, { table, bytes, lease }: Order): Promise<void> {
  const { platform } = mesh;
  if (lease === undefined) throw new Error('the lease is taken');
  const run = openRunRecord(platform, { principal: { kind: 'operator', username: 'bench' }, lease, ref: table.name });
  const previous = await previousOf(mesh, table);
  const place = await platform.files.stage('data', 'parquet');
  await writeFile(place.path, Buffer.concat([bytes, Buffer.from(run.id)]));
  const added = await sealData(platform, place, { path: place.path, rows, bytes: bytes.length, statistics: [] });
  const candidate: Candidate = { columns: previous.table.columns, keys: previous.head.keys, added: [added], kept: [], inputs: [] };
  const head = await publishVersion(platform, {
    run,
    answer: {
      id: run.id,
      ref: table.name,
      outcome: 'published',
      mode: 'full',
      rows,
      snapshot: null,
      message: '',
      checks: [],
      filesWritten: 1,
      filesChecked: 1,
      filesSliced: 0,
      durationMs: 0,
    },
    table,
    previous,
    candidate,
    judgement: { checks: [], measures: { files: {}, keys: {} }, filesScanned: 1, report: {}, past: {} },
    breached: false,
    fingerprint: run.id,
    positions: {},
    lineage: { kind: 'unknown', reason: 'not measured' },
    samples: [],
    incidents: [],
  });
  if ((await readHead(platform, table.id))?.snapshot !== head.snapshot) throw new Error('the version is not visible');
}

async function wholeBuild(mesh: BenchMesh, { quick }: Scale): Promise<Case> {
  const build: Contender = {
    name: 'build',
    run: async () => {
      const { runs } = await mesh.owner.build({ ref: 'air/sales_0', force: true });
      return runs.map(({ outcome, rows: found, filesChecked }) => [outcome, found, filesChecked]);
    },
  };
  const timings = await interleave([build], { rounds: quick ? 1 : 10, watch: 'nothing' });
  return { name: 'a whole build of one table, workers running', timings, goals: [] };
}
