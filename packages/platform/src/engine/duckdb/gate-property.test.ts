import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gateStatement } from './gate-statement.ts';
import { randomFrom, randomSelect } from './random-select.fixture.ts';
import { createRandomTables, unorderedAnswer } from './random-tables.fixture.ts';

const scale = Number(process.env.HANSE_TEST_SCALE ?? 1);

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await createRandomTables(connection);
});

afterAll(() => connection.closeSync());

/** The tables that DuckDB itself would bind: not those of common table expressions that nothing reads. */
function boundTables(sql: string): readonly string[] {
  return connection.getTableNames(sql, true).map((name) => name.replace(/ AS .*$/, ''));
}

test(
  'random statements pass, name their tables, and mean the same when printed back',
  async () => {
    const seen = { statements: 0, answered: 0 };
    const property = fc.asyncProperty(fc.integer(), async (seed) => {
      const sql = randomSelect(randomFrom(seed));
      const { analysis } = await gateStatement(connection, sql);
      const answer = await unorderedAnswer(connection, sql);
      expect(await unorderedAnswer(connection, analysis.sql), sql).toEqual(answer);
      const tables = analysis.tables.map(({ schema, name }) => `${schema}.${name}`);
      expect(tables.toSorted(), sql).toEqual([...new Set(sql.match(/\bf\.t\d/g))].toSorted());
      expect(
        boundTables(sql).filter((name) => !tables.includes(name)),
        sql,
      ).toEqual([]);
      seen.statements += 1;
      if (answer[0]?.startsWith('[') === true) seen.answered += 1;
    });
    await fc.assert(property, { numRuns: Math.round(100 * scale), endOnFailure: true });
    expect(seen.answered).toBeGreaterThan(seen.statements / 2);
  },
  60_000 + 30_000 * scale,
);
