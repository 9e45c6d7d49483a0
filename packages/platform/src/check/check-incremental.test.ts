import type { SchemaObject, SchemaProperty } from '@hanse/core/contract/contract.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { TableMeasures } from '@hanse/core/rule/measure.ts';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTable, type CheckedTable, unmeasuredFiles } from './check-table.ts';
import type { KeyRuns } from './key-runs.ts';
import { type DuckDb, library, object, openDuckDb, property } from './check-case.fixture.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const runs = Math.ceil(200 * scale);

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const operator = fc.constantFrom<Record<string, unknown>>(
  { mustBe: 0 },
  { mustBeLessThan: 3 },
  { mustBeBetween: [1, 4] },
  { mustBeGreaterThan: 30, unit: 'percent' },
);
const metric = fc
  .tuple(
    fc.constantFrom<Record<string, unknown>>(
      { metric: 'nullValues' },
      { metric: 'duplicateValues' },
      { metric: 'missingValues', arguments: { missingValues: [1] } },
      { metric: 'invalidValues', arguments: { validValues: [1, 2] } },
    ),
    operator,
  )
  .map(([one, other]) => library({ ...one, ...other }));
const query = { type: 'sql', written: { query: 'SELECT count(DISTINCT a) FROM {object}', mustBeGreaterThan: 2 } } as const;
const renamedQuery = { ...query, written: { ...query.written, query: 'SELECT count(DISTINCT z) FROM {object}' } } as const;
const broken = { type: 'sql', written: { query: 'SELECT nothing FROM {object}', mustBe: 0 } } as const;

function column(name: string, options: SchemaProperty['logicalTypeOptions']): fc.Arbitrary<SchemaProperty> {
  return fc
    .record({
      required: fc.boolean(),
      unique: fc.boolean(),
      quality: fc.array(metric, { maxLength: 2 }),
      logicalTypeOptions: fc.constantFrom({}, options),
      key: fc.boolean(),
    })
    .map(({ key, ...written }) => property(name, { ...written, ...(key && { primaryKeyPosition: 1 }) }));
}

const schemas: fc.Arbitrary<SchemaObject> = fc
  .tuple(
    column('a', { minimum: 1, multipleOf: 2 }),
    column('b', { maximum: 2.5 }),
    fc.subarray([query, broken, library({ metric: 'rowCount', mustBeLessThan: 9 })]),
  )
  .map(([a, b, quality]) => object([a, b, property('s', { unique: true, logicalTypeOptions: { pattern: '^x', minLength: 2 } })], { quality }));

const rows = fc.array(
  fc.tuple(
    fc.constantFrom('NULL', '0', '1', '2', '3', '9007199254740993'),
    fc.constantFrom('NULL', '0.0', '-0.0', '1', '2.5', "'nan'", "'inf'"),
    fc.constantFrom('NULL', "''", "'x'", "'xy'", "'😀'"),
  ),
  { maxLength: 6 },
);
/** A version adds files, merges rows into those it touches, goes without some that there were, or holds all rows in one file; its contract may be another, a column's name too, and what was kept of keys may be lost. */
const step = fc.record({
  schema: fc.option(schemas, { freq: 3 }),
  added: fc.array(rows, { maxLength: 3 }),
  merged: fc.option(rows, { freq: 3 }),
  removed: fc.option(fc.nat(3), { freq: 4 }),
  renamed: fc.boolean(),
  compacted: fc.boolean(),
  lost: fc.boolean(),
});

const none = 'SELECT NULL::BIGINT AS a, NULL::DOUBLE AS b, NULL::VARCHAR AS s WHERE false';
const columns = [
  { id: 1, name: 'a', type: { kind: 'long' } },
  { id: 2, name: 'b', type: { kind: 'double' } },
  { id: 3, name: 's', type: { kind: 'string' } },
] as const satisfies CheckedTable['columns'];

function fileSql(name: string, data: readonly (readonly string[])[]): string {
  const values = data.map((row) => `(${row.join(', ')})`).join(', ');
  return `CREATE OR REPLACE TABLE main."${name}" AS ${none}; ${values === '' ? '' : `INSERT INTO main."${name}" VALUES ${values};`}`;
}

async function compact(name: string, names: readonly string[]): Promise<string> {
  const rows = names.map((one) => `SELECT * FROM main."${one}"`).join(' UNION ALL ');
  await db.run(`CREATE OR REPLACE TABLE main."${name}" AS ${rows || none}`);
  return name;
}

async function version(schema: SchemaObject, names: readonly string[]): Promise<CheckedTable> {
  const files = names.map((name) => ({ name, relation: `"main"."${name}"`, bytes: 10 }));
  const all = files.map(({ relation }) => `SELECT * FROM ${relation}`).join(' UNION ALL ');
  await db.run(`CREATE OR REPLACE VIEW main.everything AS ${all || none}`);
  return { rules: compileRules(schema), columns, relation: '"main"."everything"', files, sampleRows: 0 };
}

/** What is remembered, with the files it is about in one relation. */
async function remembering(table: CheckedTable, measures: TableMeasures): Promise<Pick<CheckedTable, 'previous' | 'known'>> {
  const old = table.files.filter(({ name }) => Object.hasOwn(measures.files, name)).map(({ relation }) => `SELECT * FROM ${relation}`);
  const nothing = `SELECT * FROM ${table.relation} WHERE false`;
  await db.run(`CREATE OR REPLACE VIEW main.known AS ${old.join(' UNION ALL ') || nothing}`);
  return { previous: JSON.parse(JSON.stringify(measures)), known: 'main.known' };
}

/** The same where the column `a` has another name, in the contract and in what relations show: it keeps its id, and files their name for it. */
async function renamedVersion(schema: SchemaObject, names: readonly string[]): Promise<CheckedTable> {
  const properties = schema.properties.map((one) => (one.name === 'a' ? { ...one, name: 'z' } : one));
  const quality = schema.quality.map((one) => (one === query ? renamedQuery : one));
  const table = await version({ ...schema, properties, quality }, names);
  const views = ['everything', ...names].map((name) => `CREATE OR REPLACE VIEW main."${name}_renamed" AS SELECT a AS z, b, s FROM main."${name}";`);
  await db.run(views.join(' '));
  return {
    ...table,
    columns: columns.map((column) => (column.name === 'a' ? { ...column, name: 'z' } : column)),
    relation: '"main"."everything_renamed"',
    files: table.files.map((file) => ({ ...file, relation: `"main"."${file.name}_renamed"` })),
  };
}

/** Rows take the place of those with their `a`: files that have one are written anew, the others stay. */
async function merge(name: string, names: readonly string[], data: readonly (readonly string[])[]): Promise<readonly string[]> {
  await db.run(fileSql(name, data));
  const stay: string[] = [];
  const touched: string[] = [];
  for (const one of names) {
    const [found] = await db.rows({ sql: `SELECT count(*) > 0 AS met FROM main."${one}" SEMI JOIN main."${name}" USING (a)` });
    (found?.['met'] === true ? touched : stay).push(one);
  }
  const kept = touched.map((one) => `INSERT INTO main."${name}" SELECT * FROM main."${one}" ANTI JOIN main."${name}_in" USING (a);`);
  await db.run(`CREATE OR REPLACE TABLE main."${name}_in" AS SELECT a FROM main."${name}"; ${kept.join(' ')}`);
  return [...stay, name];
}

/** Kept in tables: a new one for each history. */
function openRuns(): KeyRuns & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    async open({ name }, { key }, sql) {
      const known = kept.get(`${name} ${key}`);
      if (known !== undefined) return known;
      const relation = `main.run_${kept.size}`;
      await db.run(`CREATE OR REPLACE TABLE ${relation} AS ${sql}`);
      kept.set(`${name} ${key}`, relation);
      return relation;
    },
  };
}

describe('incremental', () => {
  test(
    `${runs} random histories: what is remembered changes no result`,
    async () => {
      await fc.assert(
        fc.asyncProperty(schemas, fc.array(step, { minLength: 2, maxLength: 3 }), async (first, steps) => {
          let schema = first;
          let names: readonly string[] = [];
          let isRenamed = false;
          let previous: TableMeasures | undefined;
          const kept = openRuns();
          for (const [index, { schema: next, added, merged, removed, renamed, compacted, lost }] of steps.entries()) {
            schema = next ?? schema;
            const fresh = added.map((_, file) => `f${index}_${file}`);
            await db.run(added.map((data, file) => fileSql(`f${index}_${file}`, data)).join(' ') || none);
            names = [...names.filter((_, file) => file !== removed), ...fresh];
            if (merged !== null) names = await merge(`m${index}`, names, merged);
            if (compacted) names = [await compact(`c${index}`, names)];
            if (lost) kept.kept.clear();
            if (renamed) isRenamed = !isRenamed;
            const table = await (isRenamed ? renamedVersion : version)(schema, names);
            const full = await checkTable(db, table);
            const again: CheckedTable = { ...table, runs: kept, ...(previous !== undefined && (await remembering(table, previous))) };
            const incremental = await checkTable(db, again);
            expect(incremental.checks).toEqual(full.checks);
            expect(incremental.measures).toEqual(full.measures);
            expect(incremental.scanned.files).toBe(unmeasuredFiles(again).length);
            expect(incremental.checks.length).toBe(table.rules.length);
            previous = incremental.measures;
          }
        }),
        { numRuns: runs },
      );
    },
    60_000 * Math.max(1, scale),
  );

  const keyed = object([property('a', { primaryKeyPosition: 1, required: true }), property('s', { logicalTypeOptions: { maxLength: 3 } })]);

  test('an append scans the new file alone, and finds a key that an old file has', async () => {
    await db.run(
      fileSql('old', [
        ['1', '0', "'x'"],
        ['2', '0', "'y'"],
      ]),
    );
    await db.run(fileSql('new', [['3', '0', "'z'"]]));
    await db.run(
      fileSql('clash', [
        ['2', '0', "'z'"],
        ['4', '0', "'z'"],
      ]),
    );
    const first = await checkTable(db, await version(keyed, ['old']));
    const second = await checkTable(db, { ...(await version(keyed, ['old', 'new'])), previous: first.measures });
    expect(second.passes.map(({ kind, files }) => [kind, files])).toEqual([
      ['footer', ['new']],
      ['scan', ['new']],
      ['key', ['new']],
      ['key', ['old', 'new']],
    ]);
    expect(second.scanned).toEqual({ files: 1, bytes: 10 });
    expect(second.checks.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
    const third = await checkTable(db, { ...(await version(keyed, ['old', 'new', 'clash'])), previous: second.measures, sampleRows: 5 });
    expect(third.passes.map(({ kind, files }) => [kind, files])).toEqual([
      ['footer', ['clash']],
      ['scan', ['clash']],
      ['key', ['clash']],
      ['key', ['old', 'new', 'clash']],
    ]);
    expect(third.checks.at(-1)).toMatchObject({ status: 'fail', violatingRows: 1, totalRows: 5, sample: [{ a: '2', rows: '2' }] });
  });

  test('keys that were kept are compared without reading the column again', async () => {
    const unique = object([property('s', { unique: true })]);
    for (const [name, values] of Object.entries({ old: ["'x'", "'y'"], new: ["'z'"], clash: ["'q'", "'y'"] }))
      await db.run(
        fileSql(
          name,
          values.map((value) => ['1', '0', value]),
        ),
      );
    const runs = openRuns();
    const first = await checkTable(db, { ...(await version(unique, ['old'])), runs });
    const appended = await checkTable(db, { ...(await version(unique, ['old', 'new'])), previous: first.measures, runs });
    expect(appended.passes.filter(({ kind }) => kind === 'key').map(({ sql }) => sql)).toMatchInlineSnapshot(`
      [
        "SELECT min(k0)::VARCHAR AS l0, max(k0)::VARCHAR AS h0, typeof(min(k0)) AS t0 FROM (SELECT "s" AS k0 FROM "main"."new" WHERE "s" IS NOT NULL)",
        "SELECT (SELECT count(*) FILTER (WHERE k <= before) FROM (SELECT k, lag(k) OVER () AS before FROM (SELECT k FROM main.run_1 ORDER BY k))) + (SELECT count(*) FROM (SELECT k FROM main.run_0) AS old SEMI JOIN (SELECT k FROM main.run_1) AS added USING (k)) AS m0",
      ]
    `);
    const clashing = await version(unique, ['old', 'new', 'clash']);
    expect((await checkTable(db, { ...clashing, previous: appended.measures, runs })).checks.at(-1)).toMatchObject({ status: 'fail', violatingRows: 1 });
    const none: KeyRuns = { open: async () => undefined };
    expect((await checkTable(db, { ...clashing, previous: appended.measures, runs: none })).checks.at(-1)).toMatchObject({ status: 'fail', violatingRows: 1 });
  });

  test('keys that come after all others are compared among themselves alone; one in between is looked for where it may be', async () => {
    const values = (keys: readonly number[]) => keys.map((key) => [String(key), '0', `'${String(key).padStart(4, '0')}'`]);
    await db.run(fileSql('old', values([1, 2, 3])));
    const key = object([property('a', { unique: true }), property('s', { unique: true })]);
    const first = await checkTable(db, await version(key, ['old']));
    const judged = async (name: string, keys: readonly number[]) => {
      await db.run(fileSql(name, values(keys)));
      const table = await version(key, ['old', name]);
      const { checks, passes } = await checkTable(db, { ...table, ...(await remembering(table, first.measures)) });
      const whole = passes.filter(({ kind, sql }) => kind === 'key' && sql.includes('everything'));
      return [checks.map(({ violatingRows }) => violatingRows).filter((rows) => rows !== undefined), whole.length];
    };
    expect(await judged('later', [7, 8, 9])).toEqual([[0, 0], 0]);
    expect(await judged('twice', [7, 8, 7])).toEqual([[1, 1], 0]);
    expect(await judged('overlap', [3, 8, 9])).toEqual([[1, 1], 2]);
    expect(await judged('earlier', [0, -5])).toEqual([[0, 0], 0]);
    await db.run('DELETE FROM main."old" WHERE a = 2');
    expect(await judged('between', [2])).toEqual([[0, 0], 0]);
  });

  test('nothing new costs nothing, and a changed rule scans for itself only', async () => {
    await db.run(fileSql('old', [['1', '0', "'xyz'"]]));
    const table = await version(keyed, ['old']);
    const first = await checkTable(db, table);
    expect((await checkTable(db, { ...table, previous: first.measures })).passes).toEqual([]);
    const stricter = object([...keyed.properties.slice(0, 1), property('s', { logicalTypeOptions: { maxLength: 2 } })]);
    const changed = await checkTable(db, { ...(await version(stricter, ['old'])), previous: first.measures });
    expect(changed.passes.map(({ sql }) => sql)).toMatchInlineSnapshot(`
      [
        "SELECT 0 AS relation,
        count(*) FILTER (WHERE length("s") > 2) AS m0
      FROM "main"."old"",
      ]
    `);
    expect(changed.checks.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'fail', 'pass']);
  });

  test('what a condition counts by the clock is counted again', async () => {
    await db.run('CREATE OR REPLACE TABLE main.timed AS SELECT now() + INTERVAL 1 SECOND AS until');
    const until = property('until', { required: true, customProperties: [{ property: 'where', value: 'until < now()' }] });
    const rows = library({ metric: 'rowCount', mustBe: 0, customProperties: [{ property: 'where', value: "until > now() - INTERVAL '1 day'" }] });
    const relation = '"main"."timed"';
    const table = (now: string): CheckedTable => ({
      rules: compileRules(object([until], { quality: [rows] })),
      columns: [{ name: 'until', type: { kind: 'timestamptz' } }],
      relation,
      files: [{ name: 'timed', relation }],
      context: { now },
    });
    const first = await checkTable(db, table('2026-01-01T00:00:00Z'));
    expect(first.checks.at(-1)).toMatchObject({ status: 'fail', value: 1 });
    await db.run("UPDATE main.timed SET until = TIMESTAMPTZ '2000-01-01'");
    expect((await checkTable(db, { ...table('2026-01-02T00:00:00Z'), previous: first.measures })).checks.at(-1)).toMatchObject({ status: 'pass' });
  });

  test('a column made anew under an old name is not taken for the one before', async () => {
    await db.run(fileSql('old', [['1', '0', "'x'"]]));
    const schema = object([property('a', { required: true, unique: true })]);
    const before = await version(schema, ['old']);
    const withId = (id: number) => columns.map((column) => ({ ...column, id }));
    const first = await checkTable(db, { ...before, columns: withId(1) });
    await db.run('UPDATE main."old" SET a = NULL');
    const anew = { ...before, columns: withId(2), previous: first.measures };
    expect(unmeasuredFiles(anew).map(({ name }) => name)).toEqual(['old']);
    expect((await checkTable(db, anew)).checks.map(({ status }) => status)).toEqual(['pass', 'fail', 'pass']);
  });
});
