import { readFileSync } from 'node:fs';
import { clauseExamples, rulesOf, type Written } from '@hanse/core/rule/every-clause.fixture.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import { beforeAll, expect, test } from 'vitest';
import { type DuckDb, openDuckDb } from './check-case.fixture.ts';
import { checkTable } from './check-table.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
  await db.run("CREATE TABLE main.others AS SELECT 'a' AS id");
});

/** Values of `x` that keep a clause's example, and values that break it. */
type Values = readonly [kept: string, broken: string];

const nulls = (kept: number, broken: number): Values => {
  const values = (count: number) => ["'a'", ...Array.from({ length: count }, () => 'NULL::VARCHAR')].join(', ');
  return [values(kept), values(broken)];
};
const present: Values = ["'a'", 'NULL::VARCHAR'];

const data: Readonly<Record<string, Values>> = {
  'property primaryKey': present,
  'property required': present,
  'property unique': ["'a', 'b'", "'a', 'a'"],
  'property enum': ["'a'", "'b'"],
  'property relationships': ["'a', NULL", "'z'"],
  'property quality': present,
  'property items': ["['a']", "['a', NULL]"],
  'property properties': ["{'inner': 'a'}", "{'inner': NULL::VARCHAR}"],
  'property map': ["MAP {'k': 'v'}", "MAP {'k': NULL::VARCHAR}"],
  'type minLength': ["'a'", "''"],
  'type maxLength': ["'a'", "'ab'"],
  'type pattern': ["'bab'", "'b'"],
  'type format': ["'a@example.org'", "'nobody'"],
  'type minimum': ['1', '0'],
  'type maximum': ['1', '2'],
  'type exclusiveMinimum': ['2', '1'],
  'type exclusiveMaximum': ['0', '1'],
  'type multipleOf': ['10', '7'],
  'type minItems': ['[1]', '[]::INTEGER[]'],
  'type maxItems': ['[1]', '[1, 2]'],
  'type uniqueItems': ['[1, 2]', '[1, 1]'],
  'type minProperties': ['{a: 1}', '{a: NULL::INTEGER}'],
  'type maxProperties': ['{a: 1, b: NULL::INTEGER}', '{a: 1, b: 2}'],
  'type required': ['{a: 1}', '{a: NULL::INTEGER}'],
  'type dimensions': ['[1.5, 2, 3]::DOUBLE[]', '[1.5, 2]::DOUBLE[]'],
  'quality mustBe': nulls(1, 2),
  'quality mustNotBe': nulls(2, 1),
  'quality mustBeGreaterThan': nulls(2, 1),
  'quality mustBeGreaterOrEqualTo': nulls(1, 0),
  'quality mustBeLessThan': nulls(0, 1),
  'quality mustBeLessOrEqualTo': nulls(1, 2),
  'quality mustBeBetween': nulls(1, 2),
  'quality mustNotBeBetween': nulls(1, 2),
  'quality metric': present,
  'quality rule': present,
  'quality query': ["'a'", "'a', 'b'"],
  'quality implementation': ["'a'", ''],
};

/** Rules in words are shown. */
const words = new Set(['quality type']);

async function judged(property: Written, values: string, sla: readonly Written[] = [], published?: readonly string[]) {
  await db.run(`CREATE OR REPLACE TABLE main.orders AS ${values === '' ? "SELECT 'a' AS x WHERE false" : `SELECT unnest([${values}]) AS x`}`);
  const relation = '"main"."orders"';
  const [rules, columns] = [rulesOf(property, sla), await db.columns(relation)];
  const others = new Map([['others', { relation: '"main"."others"', columns: await db.columns('"main"."others"') }]]);
  const context = { others, now: '2026-01-10T12:00:00Z', ...(published && { published }) };
  const { checks } = await checkTable(db, { rules, columns, relation, files: [{ name: 'one', relation }], context });
  expect(checks.map(({ rule }) => rule)).toEqual(rules);
  for (const rule of rules) {
    const sql = explainSql(rule, columns, relation, context);
    if (sql !== undefined) await db.rows({ sql });
  }
  const check = checks.findLast(({ rule }) => rule.test.kind !== 'schema');
  return { status: check?.status, isShown: check !== undefined && explainSql(check.rule, columns, relation, context) !== undefined };
}

test('each clause that gives a rule has data', () => {
  const clauses: readonly string[] = clauseExamples.map(([name]) => name);
  expect(clauses.filter((name) => !words.has(name) && data[name] === undefined)).toEqual([]);
  expect(Object.keys(data).filter((name) => !clauses.includes(name))).toEqual([]);
});

test.each(clauseExamples.filter(([name]) => !words.has(name)))('%s passes and fails', async (name, written) => {
  const [kept = '', broken = ''] = data[name] ?? [];
  const property = { logicalType: 'string', ...written };
  expect(await judged(property, kept)).toEqual({ status: 'pass', isShown: true });
  expect(await judged(property, broken)).toEqual({ status: 'fail', isShown: true });
});

const metrics: Readonly<Record<string, readonly [written: Written, values: Values]>> = {
  nullValues: [{ mustBe: 0 }, present],
  missingValues: [{ mustBe: 0, arguments: { missingValues: ['N/A'] } }, ["'a'", "'N/A'"]],
  invalidValues: [{ mustBe: 0, arguments: { validValues: ['a'] } }, ["'a'", "'b'"]],
  duplicateValues: [{ mustBeLessThan: 40, unit: 'percent' }, ["'a', 'b', 'b'", "'a', 'a'"]],
  rowCount: [{ mustBeGreaterThan: 1 }, ["'a', 'b'", "'a'"]],
};

test('each metric of the standard passes and fails', async () => {
  const schema = JSON.parse(readFileSync(new URL('../../../core/standards/odcs/odcs-json-schema-v3.2.0.json', import.meta.url), 'utf8'));
  const { metric } = schema.$defs.DataQualityLibrary.properties;
  expect(Object.keys(metrics).toSorted()).toEqual([...metric.enum].toSorted());
  for (const [name, [written, [kept, broken]]] of Object.entries(metrics)) {
    const property = { logicalType: 'string', quality: [{ type: 'library', metric: name, ...written }] };
    expect([name, (await judged(property, kept)).status, (await judged(property, broken)).status]).toEqual([name, 'pass', 'fail']);
  }
});

test.each<readonly [property: string, promise: Written, values: Values]>([
  ['freshness', { value: 4, unit: 'h' }, ["TIMESTAMPTZ '2026-01-10 10:00:00+00'", "TIMESTAMPTZ '2026-01-10 07:00:00+00'"]],
  ['latency', { value: 4, unit: 'd' }, ["TIMESTAMP '2026-01-09'", "TIMESTAMP '2026-01-01'"]],
  ['retention', { value: 3, unit: 'y' }, ["TIMESTAMP '2024-01-01'", "TIMESTAMP '2022-01-01', TIMESTAMP '2026-01-01'"]],
  ['volume', { value: 2, unit: 'rows' }, ["TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02'", "TIMESTAMP '2024-01-01'"]],
  ['frequency', { value: 1, unit: 'd' }, ["TIMESTAMP '2026-01-10'", "TIMESTAMP '2026-01-01'"]],
])('the service level %s passes and fails', async (property, promise, [kept, broken]) => {
  const sla = [{ property, element: 'orders.x', ...promise }];
  expect((await judged({ logicalType: 'timestamp' }, kept, sla)).status).toBe('pass');
  expect((await judged({ logicalType: 'timestamp' }, broken, sla)).status).toBe('fail');
});

test('the service level timeOfAvailability passes and fails by when versions were published', async () => {
  const sla = [{ property: 'timeOfAvailability', value: '09:00', element: 'orders.x' }];
  const at = async (published: string) => (await judged({ logicalType: 'timestamp' }, "TIMESTAMP '2026-01-10'", sla, [published])).status;
  expect([await at('2026-01-10T08:00:00Z'), await at('2026-01-09T08:00:00Z')]).toEqual(['pass', 'fail']);
});
