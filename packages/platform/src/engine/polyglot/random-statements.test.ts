import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundPlan } from '../duckdb/bound-plan.ts';
import { randomColumns, randomFrom, randomSelect, randomTables } from '../duckdb/random-select.fixture.ts';
import { randomShapes } from '../duckdb/random-tables.fixture.ts';
import { openPolyglot } from './open.ts';

const scale = Number(process.env.HANSE_TEST_SCALE ?? 1);
const dialects = openPolyglot();
const tables = randomTables.map((id) => ({ id, names: [['f', id]], columns: Object.keys(randomColumns) }));
let plans: DuckDBConnection;

beforeAll(async () => {
  plans = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(async () => {
  plans.closeSync();
  await dialects.close();
});

const counts = { exact: 0, more: 0, unknown: 0 };

/** What DuckDB's binder says decides the answer; undefined where it refuses the statement. */
async function decided(sql: string): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  const lineage = await boundPlan(plans, sql, randomShapes).then(columnLineage, () => undefined);
  if (lineage === undefined || lineage.kind === 'unknown') return undefined;
  const sources = [...lineage.uses, ...lineage.outputs.flatMap((output) => output.sources)];
  return new Map(randomTables.map((table) => [table, new Set(sources.filter((source) => source.table === table).map(({ column }) => column))]));
}

test(
  'whatever DuckDB’s binder says decides an answer is among the columns read, or these are unknown',
  async () => {
    const property = fc.asyncProperty(fc.integer(), async (seed) => {
      const sql = randomSelect(randomFrom(seed));
      const truth = await decided(sql);
      if (truth === undefined) return;
      const readings = await dialects.columnsRead(sql, { dialect: 'duckdb', tables });
      for (const [table, columns] of truth) {
        const reading = readings.find((one) => one.table === table);
        if (reading === undefined) expect([...columns], `${table} is not read in\n${sql}`).toEqual([]);
        else if (reading.columns === undefined) counts.unknown += 1;
        else {
          const found = new Set(reading.columns);
          expect(
            [...columns].filter((column) => !found.has(column)),
            `missed of ${table} in\n${sql}`,
          ).toEqual([]);
          counts[found.size === columns.size ? 'exact' : 'more'] += 1;
        }
      }
    });
    await fc.assert(property, { numRuns: Math.round(80 * scale), endOnFailure: true });
    console.log(`random statements: ${counts.exact} exact, ${counts.more} more, ${counts.unknown} unknown, 0 missed`);
    expect(counts.exact).toBeGreaterThan(counts.unknown);
  },
  30_000 + 60_000 * scale,
);
