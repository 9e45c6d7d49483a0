import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { apiOf, type BenchMesh, buildAll, memoryMb, openBenchMesh, textOf } from './bench-mesh.ts';
import { type Benchmark, medianOf, type Scale } from './benchmark.ts';
import { allFlights, fewFlights, flightsTable, rowsOfWest } from './flights.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';

const roles = {
  full: {},
  west: { rows: rowsOfWest },
  late: { rows: 'delay_minutes >= 15' },
  long: { rows: 'distance_miles > 1000' },
  'west-late': { rows: `${rowsOfWest} AND delay_minutes >= 15` },
  'no-distance': { columns: { distance_miles: 'drop' } },
  'no-delay': { columns: { delay_minutes: 'drop' } },
  places: { columns: { origin: 'keyed-hash', destination: 'keyed-hash' } },
  months: { columns: { departed_at: { mask: 'truncate-date', unit: 'month' } } },
  'west-places': { rows: rowsOfWest, columns: { destination: { mask: 'show-last', count: 1 } } },
};
/** Each role but the unrestricted one has a slice of each data file. */
const slices = Object.keys(roles).length - 1;

export const append: Benchmark = {
  name: 'Append of one percent with ten roles in force',
  about:
    'A file with 1 % more rows arrives beside those of 3,000,000 flights, nine of ten roles restrict. *append*: build, check, publish and prepare slices, in a running process. *full rebuild*: the same with `--force`. ' +
    'After each, the counts that the ten roles see are compared.',
  run: async (scale) => {
    const inputs = join(scale.work, 'arriving');
    const source = await arrivals(inputs, scale);
    await using mesh = await openBenchMesh(join(scale.work, 'append'), [flightsTable(join(inputs, '*.parquet'), roles, 'append')], [inputs]);
    await buildAll(mesh);
    let last: RunAnswer | undefined;
    const contenders: readonly Contender[] = [
      {
        name: 'append',
        prepare: (round) => source.add(round),
        run: async () => void (last = expectWork(await buildAll(mesh), 1)),
        answer: () => counts(mesh),
      },
      { name: 'full rebuild', run: async () => void (await buildAll(mesh, true)), answer: () => counts(mesh) },
    ];
    const timings = await interleave(contenders, { rounds: scale.rounds, watch: 'all' });
    const goal = {
      text: 'median of append at most 0.1 of a full rebuild',
      found: medianOf(timings, 'append') / medianOf(timings, 'full rebuild'),
      atMost: 0.1,
    };
    const work = `the append wrote ${last?.filesWritten} file, scanned ${last?.filesChecked} and built ${last?.filesSliced} slices: of the new file alone`;
    return [{ name: 'all of it', timings, limit: 'full rebuild', goals: [goal], notes: [work] }];
  },
};

/** The flights as a first file, and a file of 1 % of them, later by half a year a round. */
async function arrivals(folder: string, scale: Scale) {
  await mkdir(folder, { recursive: true });
  const all = scale.quick ? await fewFlights(scale.cache) : allFlights;
  await copyFile(all, join(folder, 'first.parquet'));
  return {
    async add(round: number): Promise<void> {
      using duckdb = await openRawDuckDb(memoryMb, 2);
      await duckdb.run(`COPY (SELECT * REPLACE (date + INTERVAL ${round + 1} YEAR AS date) FROM '${all}' WHERE hash(date, origin, delay, ${round}) % 100 = 0)
        TO '${join(folder, `later-${round}.parquet`)}' (FORMAT parquet)`);
    },
  };
}

/** Throws where more than the new file was touched. */
function expectWork([run]: readonly RunAnswer[], files: number): RunAnswer {
  if (run?.filesWritten === files && run.filesChecked === files && run.filesSliced === files * slices) return run;
  throw new Error(`an append touches more than the new file: ${JSON.stringify(run)}`);
}

async function counts(mesh: BenchMesh): Promise<readonly string[]> {
  const found: string[] = [];
  for (const role of Object.keys(roles))
    found.push(await textOf((await apiOf(mesh, role).query({ sql: 'SELECT count(*) AS n FROM air.flights', format: 'jsonl' })).body));
  return found;
}
