import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DuckdbSessions, openDuckdbSessions } from '../engine/duckdb/duckdb-sessions.ts';
import { checkTable } from './check-table.ts';
import { library, object, openDuckDb, property } from './check-case.fixture.ts';

const limits = { memoryBytes: 2 ** 29, deadlineMs: 60_000, tempBytes: 2 ** 30 };
const mark = 12.34375;
let folder: string;
let sessions: DuckdbSessions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-nan-'));
  sessions = openDuckdbSessions({ tempFolder: folder });
});
afterAll(async () => {
  await sessions.close();
  await rm(folder, { recursive: true });
});

/** As writers of Parquet are told to: one value of 100 is NaN, and the bounds are those of the others, 0 and 99. */
async function writeLikeOthers(type: 'DOUBLE' | 'FLOAT', ids = ''): Promise<string> {
  const path = join(folder, `${type}${ids.length}.parquet`);
  const db = await openDuckDb();
  await db.run(`COPY (SELECT if(i = 50, ${mark}, i)::${type} AS x FROM range(100) AS t(i)) TO '${path}' (FORMAT parquet, COMPRESSION uncompressed${ids})`);
  const bytes = await readFile(path);
  const arrays = type === 'DOUBLE' ? Float64Array : Float32Array;
  const [value, nan] = [Buffer.from(arrays.of(mark).buffer), Buffer.from(arrays.of(NaN).buffer)];
  expect(bytes.indexOf(value)).toBeGreaterThan(0);
  nan.copy(bytes, bytes.indexOf(value));
  expect(bytes.indexOf(value)).toBe(-1);
  await writeFile(path, bytes);
  const [bounds] = await db.rows({ sql: `SELECT stats_min_value::DOUBLE AS low, stats_max_value::DOUBLE AS high FROM parquet_metadata('${path}')` });
  expect(bounds).toEqual({ low: 0, high: 99 });
  return path;
}

test.each(['DOUBLE', 'FLOAT'] as const)('NaN in a file whose bounds leave it out is within no bounds and no listed value: %s', async (type) => {
  const file = await writeLikeOthers(type);
  await using session = await sessions.session({ relations: [{ schema: 'main', name: 'one', format: 'parquet', files: [file] }], limits });
  const listed = library({ metric: 'invalidValues', arguments: { validValues: Array.from({ length: 100 }, (_, value) => value) }, mustBe: 0 });
  const rules = [{ maximum: 99 }, { exclusiveMaximum: 100 }, { minimum: 0 }].map((logicalTypeOptions) => property('x', { logicalTypeOptions }));
  const found: unknown[] = [];
  for (const one of [...rules, property('x', { quality: [listed] })]) {
    const table = {
      rules: compileRules(object([one])),
      columns: await session.describe({ sql: 'SELECT * FROM main.one' }),
      relation: '"main"."one"',
      files: [{ name: 'one', relation: '"main"."one"' }],
    };
    const check = (await checkTable(session, table)).checks.find(({ rule }) => rule.test.kind !== 'schema');
    found.push([check?.rule.test.kind, check?.violatingRows, check?.sample?.map(({ x }) => x)]);
  }
  expect(await session.rows({ sql: 'SELECT count(*) AS n FROM main.one WHERE x > 99' })).toEqual([{ n: '1' }]);
  expect(found).toEqual([
    ['maximum', 1, ['NaN']],
    ['exclusiveMaximum', 1, ['NaN']],
    ['minimum', 1, ['NaN']],
    ['metric', 1, ['NaN']],
  ]);
});

test.each([
  ['one file', [], false],
  ['several files', ['rest.parquet'], false],
  ['with a struct', ['rest.parquet'], true],
] as const)('a query finds NaN in an Iceberg table that others wrote: %s', async (_, more, nested) => {
  const file = await writeLikeOthers('DOUBLE', ', FIELD_IDS {x: 1}');
  const db = await openDuckDb();
  const files = [file, ...more.map((name) => join(folder, name))];
  for (const other of files.slice(1)) await db.run(`COPY (SELECT 1::DOUBLE AS x) TO '${other}' (FORMAT parquet, FIELD_IDS {x: 1})`);
  const struct: Column = {
    id: 2,
    name: 's',
    required: false,
    type: { kind: 'struct', fields: [{ id: 3, name: 'a', required: false, type: { kind: 'int' } }] },
  };
  const columns: readonly Column[] = [{ id: 1, name: 'x', required: false, type: { kind: 'double' } }, ...(nested ? [struct] : [])];
  await using session = await sessions.session({ relations: [{ schema: 'main', name: 'one', format: 'parquet', files, columns, foreign: true }], limits });
  expect(await session.rows({ sql: 'SELECT count(*) AS n FROM main.one WHERE x > 99' })).toEqual([{ n: '1' }]);
});
