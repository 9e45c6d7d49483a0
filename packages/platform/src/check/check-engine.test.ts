import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DuckdbSessions, openDuckdbSessions } from '../engine/duckdb/duckdb-sessions.ts';
import type { Session } from '../engine/engine.ts';
import { UserError } from '../error.ts';
import { checkTable, type CheckedTable } from './check-table.ts';
import type { Asked } from './run-pass.ts';
import { library, lines, object, openDuckDb, property } from './check-case.fixture.ts';

const limits = { memoryBytes: 2 ** 29, deadlineMs: 60_000, tempBytes: 2 ** 30 };
const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'at', type: { kind: 'timestamptz' }, required: false },
  { id: 3, name: 'amount', type: { kind: 'decimal', precision: 18, scale: 2 }, required: false },
  { id: 4, name: 'new', type: { kind: 'string' }, required: false },
];
let folder: string;
let sessions: DuckdbSessions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-check-'));
  sessions = openDuckdbSessions({ tempFolder: folder });
});
afterAll(async () => {
  await sessions.close();
  await rm(folder, { recursive: true });
});

/** Files of the first three columns: the fourth came later. */
async function writeFiles(): Promise<readonly string[]> {
  const db = await openDuckDb();
  const paths = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
  for (const [index, path] of paths.entries()) {
    await db.run(`COPY (SELECT (${index} * 90 + i)::BIGINT AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL 1 HOUR * i AS at, (i / 4)::DECIMAL(18,2) AS amount FROM range(100) AS t(i))
      TO '${path}' (FORMAT parquet, FIELD_IDS {id: 1, "at": 2, amount: 3})`);
  }
  return paths;
}

test('rows that break many rules are found by one statement, as one by one', async () => {
  const db = await openDuckDb();
  await db.run("CREATE TABLE main.many AS SELECT i AS id, if(i = 3, NULL, i) AS a, 'x' || i AS s FROM range(4) AS t(i)");
  const relation = '"main"."many"';
  const quality = (count: number) => Array.from({ length: count }, (_, index) => library({ id: `q${index}`, metric: 'nullValues', mustBe: 0 }));
  const broken = [property('id', { primaryKeyPosition: 1 }), property('s', { logicalTypeOptions: { pattern: '^x[0-2]$' } })];
  const samples = async (count: number) => {
    const statements: string[] = [];
    const rows: Asked['rows'] = (statement) => (statements.push(statement.sql), db.rows(statement));
    const rules = compileRules(object([...broken, property('a', { quality: quality(count) })]));
    const { checks, passes } = await checkTable({ ...db, rows }, { rules, columns: await db.columns(relation), relation, files: [{ name: 'many', relation }] });
    return { samples: new Set(checks.map(({ sample }) => JSON.stringify(sample))), statements: statements.length - passes.length };
  };
  const few = await samples(2);
  expect(few.samples).toEqual(new Set([undefined, '[{"id":"3","s":"x3"}]', '[{"id":"3","a":null}]']));
  expect(await samples(40)).toEqual({ samples: few.samples, statements: 1 });
});

test('each pass says what it does, and how far it is, where the engine tells', async () => {
  const db = await openDuckDb();
  const told: string[] = [];
  const rows: Asked['rows'] = (statement, progress) => {
    progress?.(0.5);
    return db.rows(statement);
  };
  const schema = object([property('a', { required: true, unique: true, logicalTypeOptions: { multipleOf: 2 } })]);
  await db.run('CREATE TABLE main.told AS SELECT 2 AS a');
  const relation = '"main"."told"';
  const table = { rules: compileRules(schema), columns: await db.columns(relation), relation, files: [{ name: 'told', relation }] };
  await checkTable({ ...db, rows }, { ...table, tell: (stage, done) => void told.push(`${stage} ${done}`) });
  expect([...new Set(told)]).toEqual(['checking statistics 0.5', 'checking values 0.5', 'checking keys (a) 0.5']);
});

test('in a hardened worker, on Parquet files, with a column that the files do not have', async () => {
  const files = await writeFiles();
  const relation = (name: string, some: readonly string[]) => ({ schema: 'checked', name, format: 'parquet', files: some, columns }) as const;
  const relations = [relation('all', files), ...files.map((file, index) => relation(`file_${index}`, [file]))];
  await using session = await sessions.session({ relations, limits });
  const schema = object(
    [
      property('id', { physicalType: 'BIGINT', primaryKeyPosition: 1, quality: [library({ metric: 'duplicateValues', mustBeLessThan: 20 })] }),
      property('at', { physicalType: 'TIMESTAMPTZ', logicalTypeOptions: { exclusiveMaximum: '2026-01-05 03:00:00', defaultTimezone: 'Etc/UTC' } }),
      property('amount', { physicalType: 'DECIMAL(18,2)', logicalTypeOptions: { multipleOf: 0.25, maximum: 24.5 } }),
      property('new', { logicalType: 'string', required: true, logicalTypeOptions: { pattern: '(' } }),
    ],
    {
      quality: [
        { type: 'sql', written: { query: 'SELECT sum(amount) FROM orders', mustBe: 2475 } },
        { type: 'sql', written: { query: 'SELECT 1; DROP TABLE x', mustBe: 0 } },
      ],
    },
  );
  const table: CheckedTable = {
    rules: compileRules(schema),
    columns,
    relation: '"checked"."all"',
    files: files.map((name, index) => ({ name, relation: `"checked"."file_${index}"` })),
    sampleRows: 0,
  };
  const { checks, measures } = await checkTable(session, table);
  expect(lines(checks).map((line) => line.replace(/; e\.g\..*$/, ''))).toMatchInlineSnapshot(`
    [
      "pass id must be a column of type BIGINT: it is BIGINT",
      "pass id duplicates must be less than 20: 10 of 200 rows are",
      "pass at must be a column of type TIMESTAMP WITH TIME ZONE: it is TIMESTAMP WITH TIME ZONE",
      "fail at must be less than 2026-01-05 03:00:00: 2 of 200 rows are not",
      "pass amount must be a column of type DECIMAL(18,2): it is DECIMAL(18,2)",
      "pass amount must be a multiple of 0.25: 0 of 200 rows are not",
      "fail amount must be at most 24.5: 2 of 200 rows are more",
      "pass new must be a column of type VARCHAR or like it: it is VARCHAR",
      "fail new must not be null: 200 of 200 rows are null",
      "error new must match /(/: Invalid Input Error: missing ): (",
      "fail id must identify a row: 10 of 200 rows repeat a value",
      "pass the query's answer must be 2475: it is 2475.00",
      "error the query's answer must be 0: The statement cannot be parsed: syntax error at or near ";"",
    ]
  `);
  const [first] = Object.entries(measures.files);
  const before = await checkTable(session, { ...table, relation: '"checked"."file_0"', files: table.files.slice(0, 1) });
  const appended = await checkTable(session, { ...table, previous: before.measures });
  expect(first?.[1]).toEqual(before.measures.files[files[0] ?? '']);
  expect(appended.scanned.files).toBe(1);
  expect(appended.checks).toEqual(checks);
  const sampled = await checkTable(session, { ...table, sampleRows: 3 });
  expect(sampled.checks.map(({ sample }) => sample?.length ?? 0).filter((count) => count > 0)).toEqual([2, 2, 3, 3]);
});

test.each([
  ['a query', 'SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE hash(a.range, b.range) = 1', /AS a\b/],
  ['a sample', 'SELECT 0', /LIMIT 5$/],
])('one who ends it during %s gets no verdict', async (_, query, last) => {
  const files = await writeFiles();
  const stop = new AbortController();
  await using session = await sessions.session({
    relations: [{ schema: 'checked', name: 'all', format: 'parquet', files, columns }],
    limits,
    signal: stop.signal,
  });
  const table: CheckedTable = {
    rules: compileRules(object([property('amount', { logicalTypeOptions: { maximum: 1 } })], { quality: [{ type: 'sql', written: { query, mustBe: 0 } }] })),
    columns,
    relation: '"checked"."all"',
    files: [{ name: 'all', relation: '"checked"."all"' }],
  };
  const ended = new UserError('conflict', 'ended by SIGINT');
  const asked: string[] = [];
  const rows: Session['rows'] = (statement) => {
    if (last.test(statement.sql)) stop.abort(ended);
    asked.push(statement.sql);
    return session.rows(statement);
  };
  await expect(checkTable({ rows, parse: session.parse }, table)).rejects.toBe(ended);
  expect(asked.at(-1)).toMatch(last);
});
