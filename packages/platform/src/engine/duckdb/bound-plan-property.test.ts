import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { SourceColumn } from '@hanse/core/lineage/source-column.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundPlan } from './bound-plan.ts';
import { randomColumns, randomFrom, randomSelect, randomTables } from './random-select.fixture.ts';
import { createRandomTables, randomShapes, unorderedAnswer } from './random-tables.fixture.ts';

const scale = Number(process.env.HANSE_TEST_SCALE ?? 1);
let connection: DuckDBConnection;
let plans: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  plans = await (await DuckDBInstance.create(':memory:')).connect();
  await createRandomTables(connection);
});

afterAll(() => {
  connection.closeSync();
  plans.closeSync();
});

function has(sources: readonly SourceColumn[], table: string, column: string): boolean {
  return sources.some((source) => source.table === table && source.column === column);
}

const counts = { statements: 0, bound: 0, compared: 0 };

/** The lineage of a statement; undefined where the engine refuses to bind it, as a few random ones. */
async function lineageOf(sql: string): Promise<ReturnType<typeof columnLineage> | undefined> {
  try {
    return columnLineage(await boundPlan(plans, sql, randomShapes));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Binder Error')) return undefined;
    throw new Error(`No plan of ${sql}`, { cause: error });
  }
}

async function checkStatement(sql: string): Promise<void> {
  counts.statements += 1;
  const lineage = await lineageOf(sql);
  if (lineage === undefined) return;
  counts.bound += 1;
  if (lineage.kind === 'unknown') throw new Error(`${lineage.reason}: ${sql}`);
  const before = await unorderedAnswer(connection, sql);
  for (const table of randomTables) {
    for (const column of Object.keys(randomColumns)) {
      if (!sql.includes(`f.${table} `) || has(lineage.uses, table, column)) continue;
      const after = await unorderedAnswer(connection, sql.replaceAll(`f.${table} `, `changed.${table}_${column} `));
      const fed = lineage.outputs.map(({ sources }) => has(sources, table, column));
      const untouched = fed.includes(true) ? fed.flatMap((touched, at) => (touched ? [] : [at + 1])) : [0];
      for (const at of untouched) expect(after[at], `${table}.${column} decides column ${at} of\n${sql}`).toBe(before[at]);
      counts.compared += untouched.length;
    }
  }
}

test(
  'a column that is neither a source nor used cannot change the answer',
  async () => {
    const property = fc.asyncProperty(fc.integer(), (seed) => checkStatement(randomSelect(randomFrom(seed))));
    await fc.assert(property, { numRuns: Math.round(80 * scale), endOnFailure: true });
    expect(counts.bound).toBeGreaterThan(counts.statements / 2);
    expect(counts.compared).toBeGreaterThan(2 * counts.bound);
  },
  60_000 + 60_000 * scale,
);
