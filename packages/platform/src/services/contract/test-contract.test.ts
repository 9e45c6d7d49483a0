import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractAnswer } from '@hanse/core/api/contract-answer.ts';
import { checksOf, type ContractReport } from '@hanse/core/report/contract-report.ts';
import { describeReport } from '@hanse/core/report/describe-report.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { formatPath } from '@hanse/core/rule/rule.ts';
import { describe, expect, test } from 'vitest';
import { limits, plain, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openPostgresPlace } from '../../source/postgres/open-place.ts';
import { readContract } from './read-contract.ts';
import { testContract } from './test-contract.ts';

const folder = await testFolder();
const sessions = testSessions(folder, {});

const rows = `SELECT * FROM (VALUES
  (1, 'ann', 10.50::DECIMAL(10,2), 'open', DATE '2026-01-01'),
  (2, 'bob', 99.00::DECIMAL(10,2), 'lost', DATE '2026-01-02'),
  (3, NULL, 7.25::DECIMAL(10,2), 'open', DATE '2026-01-03')) AS t(order_id, customer, amount, status, day)`;

const schema = `schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true, required: true}
      - {name: customer, logicalType: string, required: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 50}}
      - {name: status, logicalType: string, enum: [{value: open}, {value: closed}]}
      - {name: day, logicalType: date}
    quality:
      - {type: library, metric: rowCount, mustBeGreaterThan: 2}
      - {type: sql, query: "SELECT count(DISTINCT status) FROM orders", mustBeLessThan: 5}
      - {type: text, description: The shop says so}
`;

/** What breaks in the rows above, wherever they lie. */
const broken = ['customer/required fail 1 of 3 rows are null', 'amount/maximum fail 1 of 3 rows are more', 'status/enum fail 1 of 3 rows are something else'];

let contracts = 0;
async function contract(servers: string, objects = schema): Promise<string> {
  const file = join(folder, `contract-${(contracts += 1)}.odcs.yaml`);
  await writeFile(file, `apiVersion: v3.2.0\nkind: DataContract\nid: shop\nversion: 1.0.0\nstatus: active\nservers:\n  - ${servers}\n${objects}`);
  return file;
}

function run(file: string, more: Partial<Parameters<typeof testContract>[1]> = {}): Promise<ContractReport> {
  return testContract(
    { engine: async () => sessions, openPostgres: openPostgresPlace },
    { file, variable: () => undefined, limits, id: 'run', now: '2026-06-01T00:00:00.000Z', ...more },
  );
}

function lines(report: ContractReport, statuses: readonly string[] = ['fail', 'warn', 'error']): readonly string[] {
  return checksOf(report).flatMap(({ rule, status, found }) => (statuses.includes(status) ? [`${rule.id} ${status} ${found}`] : []));
}

describe('the same rows, the same verdicts, wherever they lie', () => {
  test.each([
    ['Parquet', 'parquet', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT parquet)`],
    ['CSV', 'csv', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT csv)`],
    ['CSV with semicolons', 'csv', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT csv, DELIMITER ';')`],
    ['tab-separated text', 'tsv', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT csv, DELIMITER '\t')`],
    ['JSON lines', 'jsonl', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT json)`],
    ['a JSON array', 'json', (path: string) => `COPY (${rows}) TO '${path}' (FORMAT json, ARRAY true)`],
  ])('%s', async (name, format, copy) => {
    const path = `${name.replaceAll(/\W/g, '-')}.${format}`;
    await plain(copy(join(folder, path)));
    expect(lines(await run(await contract(`{server: disk, type: local, path: ${path}, format: ${format}}`)))).toEqual(broken);
  });

  test('a DuckDB file, by its physical name; the contract’s queries may name its other tables', async () => {
    const path = join(folder, 'shop.duckdb');
    await plain(
      `ATTACH '${path}' AS shop; CREATE SCHEMA shop.sales; CREATE TABLE shop.sales.orders_v1 AS ${rows}; CREATE TABLE shop.sales.allowed AS SELECT 'open' AS status; DETACH shop`,
    );
    const objects =
      schema.replace('- name: orders', '- name: orders\n    physicalName: orders_v1') +
      `      - {type: sql, query: "SELECT count(*) FROM shop.sales.allowed", mustBe: 2}\n`;
    const report = await run(await contract('{server: file, type: duckdb, database: shop.duckdb, schema: sales}', objects));
    expect(lines(report)).toEqual([...broken, 'quality/sql~2 fail it is 1']);
    expect(report.objects[0]?.rules.find(({ check }) => check.rule.id === 'status/enum')?.sql).toMatch(/FROM "sales"."orders_v1" WHERE/);
  });

  test('an Iceberg table that was moved with its warehouse, whose files have no field ids', async () => {
    await cp(fileURLToPath(new URL('../../../../../test/fixtures/iceberg/column-mapping/warehouse', import.meta.url)), join(folder, 'warehouse'), {
      recursive: true,
    });
    const objects =
      'schema:\n  - name: people\n    properties:\n      - {name: id, logicalType: integer, required: true, unique: true}\n      - {name: age, logicalType: integer, logicalTypeOptions: {minimum: 200}}\n';
    const report = await run(await contract('{server: disk, type: local, path: warehouse/default.db/my_table, format: iceberg}', objects));
    expect(lines(report)).toEqual(['age/minimum fail 3 of 3 rows are less']);
  });
});

test('rules in, results out: on good data, on bad data, on data that is not there', async () => {
  await plain(`COPY (${rows}) TO '${join(folder, 'all.parquet')}' (FORMAT parquet)`);
  for (const path of ['all.parquet', 'none.parquet']) {
    const file = await contract(`{server: disk, type: local, path: ${path}, format: parquet}`);
    const { contract: read } = await readContract(file);
    const report = await run(file);
    expect(checksOf(report).map(({ rule }) => rule.id)).toEqual(read.objects.flatMap((object) => compileRules(object, read)).map(({ id }) => id));
    expect(contractAnswer.parse(describeReport(report)).objects[0]?.rules).toHaveLength(checksOf(report).length);
  }
});

test('a clause is told by its line in the contract, a rule by the SQL that finds all its rows', async () => {
  await plain(`COPY (${rows}) TO '${join(folder, 'lines.parquet')}' (FORMAT parquet)`);
  const report = await run(await contract('{server: disk, type: local, path: lines.parquet, format: parquet}'));
  const told = report.objects.flatMap(({ rules }) => rules.filter(({ check }) => check.status === 'fail').map(({ at, sql }) => `${at.line} ${sql ?? ''}`));
  expect(told).toMatchInlineSnapshot(`
    [
      "12 SELECT * FROM read_parquet('lines.parquet') WHERE "customer" IS NULL",
      "13 SELECT * FROM read_parquet('lines.parquet') WHERE "amount" > 50",
      "14 SELECT * FROM read_parquet('lines.parquet') WHERE "status" NOT IN ('open', 'closed')",
    ]
  `);
  for (const { sql = '' } of report.objects.flatMap(({ rules }) => rules))
    await plain(sql === '' ? 'SELECT 1' : sql.replace("'lines.parquet'", `'${join(folder, 'lines.parquet')}'`));
});

describe('texts that do not fit the contract’s types', () => {
  const csv = 'order_id,customer,amount,status,day,extra\n1,a,1.5,open,2026-01-01,x\n2.5,b,abc,open,2026-13-01,y\n,"",,closed,2026-01-02 10:00:00,\n';
  test('break the schema rule with their row and text; what asks for presence is skipped, the rest goes on', async () => {
    await writeFile(join(folder, 'bad.csv'), csv);
    const report = await run(await contract('{server: disk, type: local, path: bad.csv, format: csv}'));
    expect(lines(report, ['fail', 'error', 'skip'])).toMatchInlineSnapshot(`
      [
        "order_id/schema fail 1 of 3 rows do not fit",
        "order_id/required skip the column order_id has values that do not fit its type",
        "amount/schema fail 1 of 3 rows do not fit",
        "day/schema fail 2 of 3 rows do not fit",
        "primaryKey skip the column order_id has values that do not fit its type",
        "quality/text skip a rule in words is shown, not evaluated",
      ]
    `);
    expect(checksOf(report).flatMap(({ rule, sample = [] }) => (rule.test.kind === 'schema' ? sample : []))).toEqual([
      { row: '2', order_id: '2.5' },
      { row: '2', amount: 'abc' },
      { row: '2', day: '2026-13-01' },
      { row: '3', day: '2026-01-02 10:00:00' },
    ]);
    for (const { check, sql = '' } of report.objects.flatMap(({ rules }) => rules)) {
      if (check.rule.test.kind === 'schema' && check.status === 'fail')
        expect(await plain(sql.replace("'bad.csv'", `'${join(folder, 'bad.csv')}'`))).toHaveLength(check.violatingRows ?? 0);
    }
  });

  test('in a file that is read once and kept, the verdicts are the same', async () => {
    const many = `SELECT CASE WHEN i = 150000 THEN 'many' ELSE i::VARCHAR END AS order_id, 'c' || i AS customer, i % 60 AS amount, 'open' AS status, DATE '2026-01-01' AS day, repeat('x', 40) AS filler FROM range(200000) t(i)`;
    await plain(`COPY (${many}) TO '${join(folder, 'many.csv')}' (FORMAT csv)`);
    const report = await run(await contract('{server: disk, type: local, path: many.csv, format: csv}'));
    expect(lines(report)).toEqual(['order_id/schema fail 1 of 200,000 rows do not fit', 'amount/maximum fail 29,997 of 200,000 rows are more']);
    expect(checksOf(report)[0]?.sample).toEqual([{ row: '150001', order_id: 'many' }]);
  });

  test('in JSON, a number in quotes is a text, and what lies inside counts', async () => {
    await writeFile(
      join(folder, 'bad.json'),
      '{"n":"12","t":5,"tags":["a",1],"at":{"city":"x","zip":"y"},"m":null}\n{"n":7,"t":"x","tags":[],"at":{"city":"y","zip":9},"m":{"k":1}}\n',
    );
    const objects = `schema:
  - name: things
    properties:
      - {name: n, logicalType: integer}
      - {name: t, logicalType: string}
      - {name: tags, logicalType: array, items: {logicalType: string}}
      - {name: at, logicalType: object, properties: [{name: city, logicalType: string}, {name: zip, logicalType: integer}]}
      - {name: m, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}}
      - {name: gone, logicalType: string}
`;
    const report = await run(await contract('{server: disk, type: local, path: bad.json, format: json}', objects));
    expect(lines(report)).toEqual([
      'n/schema fail 1 of 2 rows do not fit',
      't/schema fail 1 of 2 rows do not fit',
      'tags/schema fail 1 of 2 rows do not fit',
      'at/schema fail 1 of 2 rows do not fit',
      'gone/schema fail the column is missing',
    ]);
  });

  test('no record, no verdict on columns: an empty array and a header alone hold what is asked of rows', async () => {
    await writeFile(join(folder, 'none.json'), '[]');
    await writeFile(join(folder, 'head.csv'), 'order_id,customer,amount,status,day\n');
    for (const format of ['none.json', 'head.csv']) {
      const report = await run(await contract(`{server: disk, type: local, path: ${format}, format: ${format.slice(5)}}`));
      expect(lines(report)).toEqual(['quality/rowCount fail it is 0']);
    }
  });

  test.each([
    ['csv', 'a;b;c\n1;x;1.5\n7.5;y;abc\n9;"";99\n;z;\n', ', customProperties: [{property: delimiter, value: ";"}]'],
    ['json', '{"a":1,"b":"x","c":1.5}\n{"a":"7","b":"y","c":"abc"}\n{"a":9,"b":"","c":99}\n{"b":"z"}\n', ''],
  ])('the statement of each rule runs as it is pasted, and shows the rows that break it: %s', async (format, text, more) => {
    await writeFile(join(folder, `pasted.${format}`), text);
    const objects = `schema:
  - name: things
    properties:
      - {name: a, logicalType: integer, unique: true, logicalTypeOptions: {maximum: 5}}
      - {name: b, logicalType: string, logicalTypeOptions: {minLength: 1}, customProperties: [{property: where, value: "a > 2"}]}
      - {name: c, logicalType: number, physicalType: "DECIMAL(4,2)", logicalTypeOptions: {minimum: 2}}
    quality:
      - {type: sql, query: "SELECT sum(c) FROM \${object} WHERE a > 0", mustBe: 0}
`;
    const report = await run(await contract(`{server: disk, type: local, path: pasted.${format}, format: ${format}${more}}`, objects));
    expect(lines(report)).toEqual([
      'a/schema fail 1 of 4 rows do not fit',
      'a/maximum fail 1 of 4 rows are more',
      'b/minLength fail 1 of 1 rows are shorter',
      'c/schema fail 1 of 4 rows do not fit',
      'c/minimum fail 1 of 4 rows are less',
      'quality/sql fail it is 100.50',
    ]);
    for (const { check, sql = '' } of report.objects.flatMap(({ rules }) => rules)) {
      const shown = await plain(sql.replaceAll(`'pasted.${format}'`, `'${join(folder, `pasted.${format}`)}'`));
      if (check.status === 'fail' && check.violatingRows !== undefined) expect([check.rule.id, shown.length]).toEqual([check.rule.id, check.violatingRows]);
    }
    if (format === 'csv')
      expect(report.objects[0]?.rules.map(({ sql }) => sql)).toMatchInlineSnapshot(`
      [
        "SELECT * FROM read_csv('pasted.csv', delim = ';', all_varchar = true) WHERE ("a" <> '' AND CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END IS NULL)",
        "SELECT "a", count(*) AS rows FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END AS "a") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)) WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1 ORDER BY count(*) DESC",
        "SELECT * FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END AS "a") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)) WHERE "a" > 5",
        "DESCRIBE SELECT * FROM read_csv('pasted.csv', delim = ';')",
        "SELECT * FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END AS "a") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)) WHERE ((a > 2)
      ) AND (length("b") < 1)",
        "SELECT * FROM read_csv('pasted.csv', delim = ';', all_varchar = true) WHERE ("c" <> '' AND CASE WHEN regexp_full_match("c", '\\s*[+-]?[0-9]*(\\.[0-9]{0,2}0*)?\\s*') THEN TRY_CAST("c" AS DECIMAL(4,2)) END IS NULL)",
        "SELECT * FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("c", '\\s*[+-]?[0-9]*(\\.[0-9]{0,2}0*)?\\s*') THEN TRY_CAST("c" AS DECIMAL(4,2)) END AS "c") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)) WHERE "c" < 2",
        "WITH "things" AS NOT MATERIALIZED (SELECT * FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END AS "a", CASE WHEN regexp_full_match("c", '\\s*[+-]?[0-9]*(\\.[0-9]{0,2}0*)?\\s*') THEN TRY_CAST("c" AS DECIMAL(4,2)) END AS "c") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)))
      SELECT * FROM (
      SELECT sum(c) FROM (SELECT * REPLACE (CASE WHEN regexp_full_match("a", '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST("a" AS BIGINT) END AS "a", CASE WHEN regexp_full_match("c", '\\s*[+-]?[0-9]*(\\.[0-9]{0,2}0*)?\\s*') THEN TRY_CAST("c" AS DECIMAL(4,2)) END AS "c") FROM read_csv('pasted.csv', delim = ';', all_varchar = true, allow_quoted_nulls = false)) WHERE a > 0
      ) AS answer LIMIT 2",
      ]
    `);
  });

  test('an empty CSV is told as that', async () => {
    await writeFile(join(folder, 'nothing.csv'), '');
    const [check] = checksOf(await run(await contract('{server: disk, type: local, path: nothing.csv, format: csv}')));
    expect([check?.status, check?.found]).toEqual(['error', 'the file is empty: not even a header is there']);
  });

  test('dates are read as the contract says that they are written', async () => {
    await writeFile(join(folder, 'dates.csv'), 'day\n31.12.2025\n12/31/2025\n');
    const objects =
      'schema:\n  - name: days\n    properties:\n      - {name: day, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy, minimum: "2025-12-31"}}\n';
    const report = await run(await contract('{server: disk, type: local, path: dates.csv, format: csv}', objects));
    expect(lines(report)).toEqual(['day/schema fail 1 of 2 rows do not fit']);
  });
});

describe('several objects', () => {
  const two = `schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: integer}
      - {name: customer, logicalType: string, relationships: [{type: foreignKey, to: customers.name}]}
  - name: customers
    properties:
      - {name: name, physicalName: NAME, logicalType: string, unique: true}
  - name: returns
    properties:
      - {name: id, logicalType: integer}
`;
  test('each has its file, rules look from one to the other, and a missing one keeps none of the others', async () => {
    await plain(`COPY (${rows}) TO '${join(folder, 'shop-orders.parquet')}' (FORMAT parquet)`);
    await plain(`COPY (SELECT 'ann' AS "NAME") TO '${join(folder, 'shop-customers.parquet')}' (FORMAT parquet)`);
    const file = await contract('{server: disk, type: local, path: "${PREFIX}-{model}.parquet", format: parquet}', two);
    const variable = (name: string) => (name === 'PREFIX' ? 'shop' : undefined);
    expect(lines(await run(file, { variable }))).toEqual(['customer/relationship fail 1 of 3 rows have no counterpart', 'id/schema error no file is there']);
    const only = await run(file, { variable, object: 'customers' });
    expect(only.objects.map(({ name, rules }) => [name, rules.map(({ check }) => `${formatPath(check.rule.path)} ${check.status}`)])).toEqual([
      ['customers', ['NAME pass', 'NAME pass']],
    ]);
    await expect(run(file, { variable, object: 'customer' })).rejects.toMatchObject({ code: 'usage', hint: 'Did you mean `customers`?' });
    await expect(run(file)).rejects.toThrow('server disk: path: the variable `PREFIX` is not set');
  });

  test('a damaged file is the error of its own rules', async () => {
    await plain(`COPY (${rows}) TO '${join(folder, 'hurt-orders.parquet')}' (FORMAT parquet)`);
    await writeFile(join(folder, 'hurt-customers.parquet'), 'no Parquet');
    const report = await run(await contract('{server: disk, type: local, path: "hurt-{model}.parquet", format: parquet}', two));
    expect(report.objects.map(({ rules }) => [...new Set(rules.map(({ check }) => check.status))])).toEqual([['pass', 'error'], ['error'], ['error']]);
    expect(report.objects[1]?.rules[0]?.check.found).toContain(join(folder, 'hurt-customers.parquet'));
  });
});

test('without reading a row, what types settle and the number of rows are judged', async () => {
  await plain(`COPY (${rows}) TO '${join(folder, 'meta.parquet')}' (FORMAT parquet)`);
  const report = await run(await contract('{server: disk, type: local, path: meta.parquet, format: parquet}'), { reach: { kind: 'metadata' } });
  expect(lines(report, ['pass'])).toHaveLength(6);
  expect(lines(report)).toEqual([]);
  expect(report.objects[0]?.scope).toBe('no row');
});

describe('what cannot be tested says why', () => {
  test.each([
    [
      'a server elsewhere',
      '{server: lake, type: s3, location: "s3://bucket/*.parquet", format: parquet}',
      {},
      /the server lake is of type s3, which is not read here/,
    ],
    ['no such server', '{server: disk, type: local, path: x, format: parquet}', { server: 'dsik' }, /no server `dsik`/],
  ])('%s', async (_, servers, more, message) => {
    await expect(run(await contract(servers), more)).rejects.toThrow(message);
  });

  test('no contract', async () => {
    const file = join(folder, 'none.yaml');
    await writeFile(file, 'apiVersion: v3.2.0\nkind: DataContract\n');
    await expect(run(file)).rejects.toThrow(/none\.yaml:1:1: `id` is missing/);
    await expect(run(join(folder, 'absent.yaml'))).rejects.toThrow(/cannot be read/);
    await expect(run(await contract('{server: disk, type: local, path: x, format: parquet}', ''))).rejects.toThrow(/promises nothing/);
  });
});
