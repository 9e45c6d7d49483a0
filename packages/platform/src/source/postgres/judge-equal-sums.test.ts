import type { QualityRule, SlaProperty } from '@hanse/core/contract/contract.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { checkRows, type DuckDb, object, openDuckDb, property } from '../../check/check-case.fixture.ts';
import { openPostgresPlace } from './open-place.ts';

const server = await startPostgres();
const runs = Math.ceil(60 * Number(process.env['HANSE_TEST_SCALE'] ?? 1));
const now = '2026-01-10T12:00:00Z';

/** Each column with its type in both engines, the type that is promised, and values that both can write. */
const columns = [
  ['i', 'INTEGER', 'INTEGER', ['0', '1', '-3', '7', '2147483647', 'NULL']],
  ['l', 'BIGINT', 'BIGINT', ['9007199254740993', '-1', '5', 'NULL']],
  ['n', 'DECIMAL(12,3)', 'DECIMAL(12,3)', ['0.1', '-2.525', '999999999.999', 'NULL']],
  ['d', 'DOUBLE PRECISION', 'DOUBLE', ['0.5', '-1e10', '1e-7', '3', 'NULL']],
  ['s', 'VARCHAR', 'VARCHAR', ["''", "'a'", "'😀b'", "'long text'", 'NULL']],
  ['t', 'TIMESTAMP', 'TIMESTAMP', ["'2026-01-10 11:00:00'", "'2026-01-01'", "'1999-12-31 23:59:59.999999'", "'2026-02-01'", 'NULL']],
  ['z', 'TIMESTAMPTZ', 'TIMESTAMPTZ', ["'2026-01-10 12:30:00+02'", "'2025-12-31 23:00:00-01'", 'NULL']],
  ['y', 'DATE', 'DATE', ["'2026-01-10'", "'2025-02-28'", "'2024-02-29'", 'NULL']],
] as const;
const numbers = ['i', 'l', 'n', 'd'] as const;
const times = ['t', 'z', 'y'] as const;

/** Thresholds that no sum or mean of the values meets by chance, so that the last bit of a fraction decides nothing. */
const limit = fc.constantFrom('> 1.37', '< 100.37', 'between -5.37 and 50.37', '> -0.37', '!= 3.37');
const soda = (check: string, where: string | undefined): QualityRule => ({
  type: 'custom',
  written: {
    engine: 'soda',
    implementation: `checks for t:\n  - ${check}`,
    ...(where !== undefined && { customProperties: [{ property: 'where', value: where }] }),
  },
});
const condition = fc.constantFrom(undefined, undefined, '"i" > 0', '"s" IS NOT NULL', 'NOT ("n" < 0)', '1 = 0');
const aggregates = fc.oneof(
  fc.tuple(fc.constantFrom('avg', 'min', 'max', 'sum', 'stddev', 'median'), fc.constantFrom(...numbers), limit, condition),
  fc.tuple(fc.constantFrom('avg_length', 'min_length', 'max_length'), fc.constant('s'), limit, condition),
);
const distinct = fc.constantFrom(...columns.map(([name]) => name)).map((column): QualityRule => ({
  type: 'custom',
  written: {
    engine: 'great-expectations',
    implementation: { type: 'expect_column_unique_value_count_to_be_between', kwargs: { column, min_value: 2, max_value: 4 } },
  },
}));
const reconciliation = fc
  .tuple(fc.constantFrom(...numbers, undefined), fc.constantFrom('0', '2', '10 percent'), condition, fc.boolean())
  .map(([sum, within, where, theirs]): QualityRule => ({
    type: 'text',
    written: {
      customProperties: [
        {
          property: 'reconciliation',
          value: {
            ...(sum === undefined ? { rows: true, with: 'invoices' } : { sum, with: `invoices.${sum}` }),
            within,
            ...(where !== undefined && { where }),
            ...(theirs && { theirWhere: '"i" IS NOT NULL' }),
          },
        },
      ],
    },
  }));
const quality = fc.array(
  fc.oneof(
    aggregates.map(([name, column, at, where]) => soda(`${name}(${column}) ${at}`, where)),
    distinct,
    reconciliation,
  ),
  { minLength: 1, maxLength: 8 },
);
const levels = fc
  .array(fc.tuple(fc.constantFrom('freshness', 'latency', 'retention'), fc.constantFrom(...times), fc.constantFrom([1, 'h'], [3, 'd'], [2, 'y'], [30, 'm'])), {
    maxLength: 4,
  })
  .map((some) =>
    some.map(([name, column, [value, unit]]): SlaProperty => ({ property: name, value: value ?? 1, unit: String(unit), element: `orders.${column}` })),
  );
const rows = fc.array(fc.tuple(...columns.map(([, , , values]) => fc.constantFrom<string>(...values))), { maxLength: 7 });

describe.runIf(server !== undefined)('numbers over all rows, on DuckDB and on PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });
  let db: DuckDb;
  beforeAll(async () => {
    await client.connect();
    db = await openDuckDb();
  });
  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  type Rows = readonly (readonly string[])[];

  function select(some: Rows): string {
    const typed = (row: readonly string[]) => `SELECT ${columns.map(([name, type], index) => `(${row[index] ?? 'NULL'})::${type} AS "${name}"`).join(', ')}`;
    return [`${typed([])} WHERE false`, ...some.map(typed)].join(' UNION ALL ');
  }

  async function onDuckDb(rules: readonly Rule[], own: Rows, theirs: Rows): Promise<readonly Check[]> {
    await db.run(`CREATE OR REPLACE TABLE main.invoices AS ${select(theirs)}`);
    const others = new Map([['invoices', { relation: '"main"."invoices"', columns: await db.columns('"main"."invoices"') }]]);
    return (await checkRows(db, object([]), select(own), { rules, context: { now, others } })).checks;
  }

  async function onPostgres(rules: readonly Rule[], own: Rows, theirs: Rows): Promise<readonly Check[]> {
    for (const [name, some] of [
      ['orders', own],
      ['invoices', theirs],
    ] as const)
      await client.query(`drop table if exists ${name}; create table ${name} as ${select(some)}`);
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label: 'shop', deadlineMs: 60_000, now });
    return (await place.judge(await place.describe('orders'), rules, { others: new Map([['invoices', await place.describe('invoices')]]) })).checks;
  }

  /** Means of fractions may differ in their last digits. */
  function verdicts(checks: readonly Check[]) {
    const rounded = (value: Check['value']) => (value === undefined || Number.isNaN(Number(value)) ? value : Number(Number(value).toPrecision(9)));
    return checks.map(({ rule, status, value, violatingRows }) => ({ id: rule.id, asks: rule.expectation, status, value: rounded(value), violatingRows }));
  }

  test(`${runs} random tables: aggregates, ages and reconciled sums are the same`, async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(quality, levels, rows, rows, async (written, sla, own, theirs) => {
        const properties = columns.map(([name, , physicalType]) => property(name, { physicalType }));
        const [orders, invoices] = [object(properties, { quality: written }), object(properties, { id: 'invoices', name: 'invoices' })];
        const rules = compileRules(orders, { objects: [orders, invoices], sla });
        const here = verdicts(await onDuckDb(rules, own, theirs));
        for (const [index, { status }] of here.entries()) kinds.add(`${rules[index]?.test.kind} ${status}`);
        expect(verdicts(await onPostgres(rules, own, theirs))).toEqual(here);
      }),
      { numRuns: runs },
    );
    expect([...kinds]).toEqual(
      expect.arrayContaining(['aggregate pass', 'aggregate fail', 'age pass', 'age fail', 'reconciliation pass', 'reconciliation fail']),
    );
  }, 120_000);
});
