import type { SchemaProperty } from '@hanse/core/contract/contract.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTable } from './check-table.ts';
import { type DuckDb, lines, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const now = '2026-01-15T12:00:00Z';
const promise = (name: string, value: unknown) => ({ type: 'text', written: { customProperties: [{ property: name, value }] } }) as const;
const key: Partial<SchemaProperty> = { primaryKeyPosition: 1 };
const rows = (values: readonly string[]) => `SELECT * FROM (VALUES ${values.map((row) => `(${row})`).join(', ')}) AS t(id, day, amount)`;

interface Given {
  readonly quality: ReturnType<typeof promise>;
  readonly select: string;
  readonly before?: string;
  readonly context?: CheckContext;
}

/** What the last rule of `versions(id, day, amount)` says. */
async function said({ quality, select, before, context }: Given): Promise<string | undefined> {
  await db.run(`CREATE OR REPLACE TABLE versions AS ${select}`);
  if (before !== undefined) await db.run(`CREATE OR REPLACE TABLE older AS ${before}`);
  const older = before === undefined ? {} : { before: { relation: 'older', columns: await db.columns('older') } };
  const schema = object([property('id', key), property('day'), property('amount')], { quality: [quality] });
  const { checks } = await checkTable(db, {
    rules: compileRules(schema),
    columns: await db.columns('versions'),
    relation: 'versions',
    files: [{ name: 'one', relation: 'versions' }],
    context: { now, ...older, ...context },
  });
  return lines(checks).at(-1);
}

const three = ["1, DATE '2026-01-14', 1.5::DECIMAL(9,2)", "2, DATE '2026-01-14', 2", "3, DATE '2025-01-01', 3"];

describe('between the version before and this one', () => {
  test.each([
    [{ rowsLost: 0 }, three, three, 'pass must not lose rows: 0 of 3 rows are gone'],
    [{ rowsLost: '10 %' }, three.slice(1), three, 'fail must not lose rows but for 10 percent: 1 of 3 rows are gone'],
    [{ rowsLost: 1 }, three.slice(1), three, 'pass must not lose rows but for 1 rows: 1 of 3 rows are gone'],
    [{ keysVanished: 0 }, [...three, '4, NULL, 1'], three, 'pass must keep its keys (id): 0 of 3 rows are gone'],
    [{ keysVanished: 0 }, [...three.slice(1), '4, NULL, 1'], three, 'fail must keep its keys (id): 1 of 3 rows are gone; e.g. 1'],
    [{ lateUpdates: { column: 'day', after: '30 d' } }, three, three.slice(2), 'pass must not change rows more than 30 d after day: 0 of 3 rows are late'],
    [
      { lateUpdates: { column: 'day', after: '30 d' } },
      three,
      three.slice(0, 2),
      "fail must not change rows more than 30 d after day: 1 of 3 rows are late; e.g. '2025-01-01'",
    ],
    [{ lateUpdates: { after: '30 d' } }, three, three, 'error has a rule that is not evaluated here: lateUpdates needs a column and after, as 30 d'],
  ])('%j', async (change, current, before, expected) => {
    expect(await said({ quality: promise('change', change), select: rows(current), before: rows(before) })).toBe(expected);
  });

  test('without a version before they are skipped, and say so', async () => {
    expect(await said({ quality: promise('change', { rowsLost: 0 }), select: rows(three), context: { past: [] } })).toBe(
      'skip must not lose rows: there is no version before to compare with',
    );
  });
});

describe('against history', () => {
  const past = (values: readonly number[]) =>
    values.map((value, index) => ({ at: `2026-01-0${index + 1}T12:00:00Z`, values: { 'quality/text/history': value } }));

  test.each([
    ['rowCount', [3, 3, 4, 3, 2], 'pass number of rows must be as in the last 60 versions: it is 3; usual is 2.88 to 3.12 (median 3 of 5 versions)'],
    [
      'rowCount',
      [100, 101, 99, 100, 102],
      'fail number of rows must be as in the last 60 versions: it is 3; usual is 94.0696 to 105.93 (median 100 of 5 versions)',
    ],
    ['rowCount', [3, 3], 'skip number of rows must be as in the last 60 versions: it is 3; 2 versions are remembered, and 5 say what is usual'],
  ])('%s %j', async (of, values, expected) => {
    expect(await said({ quality: promise('history', { of }), select: rows(three), context: { past: past(values) } })).toBe(expected);
  });

  test('of a column: share of nulls, average, distinct values', async () => {
    const schema = object([
      property('id', { quality: [promise('history', 'nullShare'), promise('history', 'average'), promise('history', 'distinctValues')] }),
    ]);
    await db.run('CREATE OR REPLACE TABLE versions AS SELECT * FROM (VALUES (1), (2), (NULL), (NULL)) AS t(id)');
    const values = { 'id/quality/text/history': 1, 'id/quality/text/history~2': 1.5, 'id/quality/text/history~3': 2 };
    const context = { now, past: Array.from({ length: 6 }, (_, index) => ({ at: `2026-01-0${index + 1}T12:00:00Z`, values })) };
    const { checks } = await checkTable(db, {
      rules: compileRules(schema),
      columns: await db.columns('versions'),
      relation: 'versions',
      files: [{ name: 'one', relation: 'versions' }],
      context,
    });
    expect(lines(checks).slice(1)).toEqual([
      'fail id share of nulls must be as in the last 60 versions: it is 50 percent; usual is 0 to 2 (median 1 of 6 versions)',
      'pass id average must be as in the last 60 versions: it is 1.5; usual is 1.44 to 1.56 (median 1.5 of 6 versions)',
      'pass id number of distinct values must be as in the last 60 versions: it is 2; usual is 1.92 to 2.08 (median 2 of 6 versions)',
    ]);
  });
});

describe('reconciliation with another table', () => {
  test.each([
    [{ sum: 'amount', with: 'finance.invoices.total' }, 'pass sum of amount must be that of finance.invoices (total): it is 6.50, there 6.500: 0 apart'],
    [
      { sum: 'amount', with: 'finance.invoices.total', where: 'id > 1', within: 1 },
      'fail sum of amount must be that of finance.invoices (total) where id > 1 but for 1: it is 5.00, there 6.500: -1.5 apart',
    ],
    [
      { sum: 'amount', with: 'finance.invoices.total', where: 'id > 1', within: '25 %' },
      'pass sum of amount must be that of finance.invoices (total) where id > 1 but for 25 percent: it is 5.00, there 6.500: -1.5 apart',
    ],
    [{ rows: true, with: 'finance.invoices' }, 'fail must have as many rows as finance.invoices: it is 3, there 2: 1 apart'],
    [{ sum: 'amount', with: 'finance.gone.total' }, 'error sum of amount must be that of finance.gone (total): the table finance.gone is not at hand'],
  ])('%j', async (reconciliation, expected) => {
    await db.run('CREATE OR REPLACE TABLE invoices AS SELECT * FROM (VALUES (1.5::DECIMAL(18,3)), (5)) AS t(total)');
    const others = new Map([['finance.invoices', { relation: 'invoices', columns: await db.columns('invoices') }]]);
    expect(await said({ quality: promise('reconciliation', reconciliation), select: rows(three), context: { others } })).toBe(expected);
  });
});

test('a rule that is not due says what it said when it was', async () => {
  const standing = new Map([['quality/rowCount', { at: '2026-01-15T00:00:00Z', status: 'violated', found: 'it is 0' } as const]]);
  const schema = object([property('id')], { quality: [{ type: 'library', written: { metric: 'rowCount', mustBeGreaterThan: 0, schedule: '0 0 * * *' } }] });
  await db.run('CREATE OR REPLACE TABLE versions AS SELECT 1 AS id');
  const { checks, passes } = await checkTable(db, {
    rules: compileRules(schema),
    columns: await db.columns('versions'),
    relation: 'versions',
    files: [{ name: 'one', relation: 'versions' }],
    context: { now, standing },
  });
  expect(lines(checks).at(-1)).toBe('fail number of rows must be greater than 0: not due; 2026-01-15T00:00:00Z: it is 0');
  expect(passes.length).toBeLessThanOrEqual(1);
});
