import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { chunks, scanPasses } from '@hanse/core/rule/compile-passes.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Field } from '@hanse/core/rule/dialect.ts';
import { distinctMeasures, type ScanMeasure } from '@hanse/core/rule/measure.ts';
import { measuresOf, planRules } from '@hanse/core/rule/plan-rules.ts';
import { readContract } from 'hanse/services/contract/read-contract.ts';
import { type Benchmark, type Case, medianOf, type Scale } from './benchmark.ts';
import { openRawDuckDb } from './raw-duckdb.ts';
import { type Contender, interleave } from './rounds.ts';
import { outputOfProgram } from './spawned.ts';

const hanseBin = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));

const kinds = [
  { kind: 'long', logicalType: 'integer', physicalType: 'BIGINT', value: (number: string) => number, options: { minimum: 0, maximum: 2_000 } },
  { kind: 'double', logicalType: 'number', physicalType: 'DOUBLE', value: (number: string) => `(${number})::DOUBLE`, options: { minimum: 0, maximum: 2_000 } },
  {
    kind: 'string',
    logicalType: 'string',
    physicalType: 'VARCHAR',
    value: (number: string) => `'v' || (${number})`,
    options: { minLength: 1, maxLength: 20, pattern: '^v[0-9]+$' },
  },
  {
    kind: 'date',
    logicalType: 'date',
    physicalType: 'DATE',
    value: (number: string) => `DATE '2021-01-01' + (${number})::INTEGER`,
    options: { minimum: '2020-01-01', maximum: '2030-01-01' },
  },
] as const;

/** Needs its name: a table of this width takes a minute to write. */
export const wideContract: Benchmark = {
  name: 'A contract of 1,000 columns and 5,000 rules',
  about:
    'Integers, fractions, texts and dates, each with its type, `required`, two or three options and a share of nulls. *compile and plan*: from the parsed contract to statements. The same counts are asked in statements of other sizes, ' +
    'by hand in one process, two threads: one of our statements is never so large that DuckDB slows down. Takes five minutes.',
  run: async (scale) => {
    const wide = await writeWide(scale);
    return [await planning(wide, scale), await judging(wide, scale)];
  },
};

interface Wide {
  readonly folder: string;
  readonly contract: string;
  readonly file: string;
  readonly columns: readonly Field[];
}

async function writeWide({ work, quick }: Scale): Promise<Wide> {
  const folder = join(work, 'wide');
  await mkdir(folder, { recursive: true });
  const [contract, file] = [join(folder, 'wide.odcs.json'), join(folder, 'wide.parquet')];
  const all = Array.from({ length: 1_000 }, (_, index) => ({ name: `column_${index}`, index, ...(kinds[index % kinds.length] ?? kinds[0]) }));
  const properties = all.map(({ name, logicalType, physicalType, options }) => {
    const quality = [{ type: 'library', metric: 'nullValues', mustBeLessThan: 5, unit: 'percent' }];
    return { name, logicalType, physicalType, required: true, logicalTypeOptions: options, ...(logicalType !== 'string' && { quality }) };
  });
  const servers = [{ server: 'here', type: 'local', path: 'wide.parquet', format: 'parquet' }];
  const schema = [{ name: 'wide', physicalType: 'table', properties }];
  await writeFile(contract, JSON.stringify({ apiVersion: 'v3.1.0', kind: 'DataContract', id: 'wide', version: '1.0.0', status: 'active', servers, schema }));
  const values = all.map(({ name, index, value }) => `${value(`(i * ${7_919 + 2 * index} + ${index}) % ${50 + index}`)} AS ${name}`);
  using duckdb = await openRawDuckDb(4_096, 2);
  await duckdb.run(`COPY (SELECT ${values.join(', ')} FROM range(${quick ? 1_000 : 1_000_000}) AS rows(i)) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  return { folder, contract, file, columns: all.map(({ name, kind }) => ({ name, type: { kind } })) };
}

async function countsOf({ contract, columns }: Wide): Promise<{ readonly rules: number; readonly compile: () => readonly ScanMeasure[] }> {
  const read = await readContract(contract);
  const rules = () => read.contract.objects.flatMap((object) => compileRules(object, read.contract));
  return { rules: rules().length, compile: () => distinctMeasures(planRules(rules(), columns).flatMap(measuresOf)).scan };
}

async function planning(wide: Wide, { rounds }: Scale): Promise<Case> {
  const { rules, compile } = await countsOf(wide);
  const contenders: readonly Contender[] = [
    { name: 'read the contract', run: async () => void (await readContract(wide.contract)) },
    { name: 'compile and plan', run: async () => void scanPasses(compile(), ['wide']) },
  ];
  const timings = await interleave(contenders, { rounds, watch: 'nothing' });
  const passes = scanPasses(compile(), ['wide']);
  const largest = Math.max(...passes.map(({ sql }) => sql.length));
  const notes = [
    `${rules.toLocaleString('en')} rules ask for ${compile().length.toLocaleString('en')} counts in ${passes.length} statements, the largest of ${largest.toLocaleString('en')} characters`,
  ];
  return {
    name: 'from the contract to statements',
    timings,
    goals: [{ text: 'median of compile and plan at most 1 s', found: medianOf(timings, 'compile and plan') / 1_000, atMost: 1 }],
    notes,
  };
}

async function judging(wide: Wide, { quick }: Scale): Promise<Case> {
  const counts = (await countsOf(wide)).compile();
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1000MB' });
  const connection = await instance.connect();
  await connection.run(`SET parquet_metadata_cache = true; CREATE VIEW wide AS FROM read_parquet('${wide.file}')`);
  const byHand = [100, 250, 1_000].map((size): Contender => ({
    name: `statements of ${size}`,
    run: async () => {
      for (const some of chunks(counts, size)) {
        const asked = some.map(({ where }) => `count(*)${where === undefined ? '' : ` FILTER (WHERE ${where})`}`);
        await connection.runAndReadAll(`SELECT ${asked.join(', ')} FROM wide`);
      }
    },
  }));
  const ours: Contender = {
    name: 'hanse test',
    run: async () => void (await outputOfProgram([process.execPath, hanseBin, 'test', wide.contract, '--json'], { cwd: wide.folder })),
  };
  const timings = await interleave([...byHand, ours], { rounds: 1, watch: 'all' });
  return { name: `${quick ? '1,000' : '1,000,000'} rows that pass`, timings, limit: 'statements of 250', goals: [] };
}
