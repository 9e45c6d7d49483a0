import { describe, expect, test } from 'vitest';
import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { compilePasses } from './compile-passes.ts';
import { compileRules } from './compile-rules.ts';
import type { Field } from './dialect.ts';
import { formatCheck } from './format-check.ts';
import { judge, measurementKey } from './judge.ts';
import { allRows, type Measured } from './measure.ts';
import { formatOors } from './oors.ts';
import { measuresOf, planRules } from './plan-rules.ts';
import { formatPath, type Rule } from './rule.ts';
import { explainSql, identifyingColumns, sampleSql } from './sample-sql.ts';

function property(name: string, written: Partial<SchemaProperty> = {}): SchemaProperty {
  return { id: `${name}_id`, name, logicalTypeOptions: {}, required: false, unique: false, properties: [], quality: [], tags: [], ...written };
}

const orders: SchemaObject = {
  id: 'orders_tbl',
  name: 'orders',
  properties: [
    property('line', { physicalType: 'INT', primaryKeyPosition: 2 }),
    property('order', { physicalType: 'BIGINT', primaryKeyPosition: 1, required: true }),
    property('email', {
      logicalType: 'string',
      unique: true,
      logicalTypeOptions: { format: 'email', maxLength: 80 },
      quality: [
        { type: 'library', id: 'few', severity: 'warning', dimension: 'completeness', written: { metric: 'nullValues', mustBeLessThan: 5, unit: 'percent' } },
        { type: 'library', written: { metric: 'nullValues', mustBe: 0 } },
        { type: 'library', written: { metric: 'nullValues', mustBe: 0 } },
        { type: 'text', description: 'is verified', written: {} },
      ],
    }),
    property('address', { logicalType: 'object', properties: [property('city', { logicalType: 'string', required: true })] }),
    property('tags', { logicalType: 'array', items: property('items', { logicalType: 'string', enum: ['a', 'b'] }) }),
  ],
  quality: [{ type: 'sql', name: 'sums', description: 'sums agree', written: { query: 'SELECT 1', mustBe: 1 } }],
};
const columns: readonly Field[] = [
  { name: 'line', type: { kind: 'int' } },
  { name: 'order', type: { kind: 'long' } },
  { name: 'email', type: { kind: 'string' } },
  { name: 'address', type: { kind: 'struct', fields: [{ id: 1, name: 'city', type: { kind: 'string' }, required: false }] } },
  { name: 'tags', type: { kind: 'list', elementId: 2, element: { kind: 'string' } } },
];
const rules = compileRules(orders);

function ruleOf(id: string): Rule {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

test('each clause is a rule with a stable id, its code and its place in the file', () => {
  expect(
    rules.map(({ id, code, path, severity, dimension, pointer, reference }) =>
      [id, code, formatPath(path), severity, dimension, pointer, reference].join(' | '),
    ),
  ).toMatchInlineSnapshot(`
    [
      "line_id/schema | rule.schema | line | error | conformity | /properties/0 | schema/orders_tbl/properties/line_id",
      "order_id/schema | rule.schema | order | error | conformity | /properties/1 | schema/orders_tbl/properties/order_id",
      "order_id/required | rule.required | order | error | completeness | /properties/1/required | schema/orders_tbl/properties/order_id",
      "email_id/schema | rule.schema | email | error | conformity | /properties/2 | schema/orders_tbl/properties/email_id",
      "email_id/unique | rule.unique | email | error | uniqueness | /properties/2/unique | schema/orders_tbl/properties/email_id",
      "email_id/format | rule.format | email | error | conformity | /properties/2/logicalTypeOptions/format | schema/orders_tbl/properties/email_id",
      "email_id/maxLength | rule.length | email | error | conformity | /properties/2/logicalTypeOptions/maxLength | schema/orders_tbl/properties/email_id",
      "email_id/quality/few | rule.metric | email | warning | completeness | /properties/2/quality/0 | schema/orders_tbl/properties/email_id/quality/few",
      "email_id/quality/nullValues | rule.metric | email | error | completeness | /properties/2/quality/1 | schema/orders_tbl/properties/email_id",
      "email_id/quality/nullValues~2 | rule.metric | email | error | completeness | /properties/2/quality/2 | schema/orders_tbl/properties/email_id",
      "email_id/quality/text | rule.text | email | error |  | /properties/2/quality/3 | schema/orders_tbl/properties/email_id",
      "address_id/schema | rule.schema | address | error | conformity | /properties/3 | schema/orders_tbl/properties/address_id",
      "address_id/city_id/required | rule.required | address.city | error | completeness | /properties/3/properties/0/required | schema/orders_tbl/properties/address_id/properties/city_id",
      "tags_id/schema | rule.schema | tags | error | conformity | /properties/4 | schema/orders_tbl/properties/tags_id",
      "tags_id/items/enum | rule.enum | tags[] | error | conformity | /properties/4/items/enum | schema/orders_tbl/properties/tags_id/items",
      "primaryKey | rule.primary-key |  | error | uniqueness | /properties/1/primaryKey | schema/orders_tbl",
      "quality/sums | rule.sql |  | error |  | /quality/0 | schema/orders_tbl",
    ]
  `);
});

test('a rename keeps the ids', () => {
  const renamed = { ...orders, properties: orders.properties.map((one) => ({ ...one, name: `new_${one.name}` })) };
  expect(compileRules(renamed).map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
});

test('one scan, one pass per key, one per query', () => {
  expect(
    compilePasses(rules, columns, '"finance"."orders"')
      .map(({ kind, sql }) => `${kind}\n${sql}`)
      .join('\n\n'),
  ).toMatchInlineSnapshot(`
    "footer
    SELECT 0 AS relation,
      (SELECT count(*) FROM "finance"."orders") AS m0,
      (SELECT count(*) FROM "finance"."orders" WHERE "order" IS NULL) AS m1,
      (SELECT count(*) FROM "finance"."orders" WHERE "email" IS NULL) AS m2

    scan
    SELECT 0 AS relation,
      count(*) FILTER (WHERE NOT regexp_full_match("email", '[A-Za-z0-9.!#$%&''*+/=?^_\`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+')) AS m0,
      count(*) FILTER (WHERE length("email") > 80) AS m1,
      count(*) FILTER (WHERE ("address" IS NOT NULL AND "address"."city" IS NULL)) AS m2,
      count(*) FILTER (WHERE len(list_filter("tags", lambda item1: item1 NOT IN ('a', 'b'))) > 0) AS m3,
      count(*) FILTER (WHERE "order" IS NULL OR "line" IS NULL) AS m4
    FROM "finance"."orders"

    key
    SELECT coalesce(sum(n - 1), 0) AS m0, max_by({'k0': k0, 'rows': n}, n, 20) FILTER (WHERE n > 1) AS m1
    FROM (SELECT *, count(*) AS n FROM (SELECT "email" AS k0 FROM "finance"."orders" WHERE "email" IS NOT NULL) GROUP BY ALL)

    key
    SELECT coalesce(sum(n - 1), 0) AS m0, max_by({'k0': k0, 'k1': k1, 'rows': n}, n, 20) FILTER (WHERE n > 1) AS m1
    FROM (SELECT *, count(*) AS n FROM (SELECT "line" AS k0, "order" AS k1 FROM "finance"."orders" WHERE "line" IS NOT NULL AND "order" IS NOT NULL) GROUP BY ALL)

    sql
    WITH "orders" AS NOT MATERIALIZED (SELECT * FROM "finance"."orders")
    SELECT * FROM (
    SELECT 1
    ) AS answer LIMIT 2"
  `);
});

describe('checks', () => {
  const measured = planRules(rules, columns)
    .flatMap(measuresOf)
    .map((measure): [string, Measured] => [measurementKey(measure), { value: measure.kind === 'sql' ? 2 : 1 }]);
  const values = new Map<string, Measured>([...measured, [measurementKey(allRows), { value: '1000' }]]);
  const checks = judge(rules, columns, values);

  test('one per rule, in their order; a measure that failed is the error of its rules alone', () => {
    const passes = planRules([ruleOf('email_id/maxLength')], columns).flatMap((plan) => measuresOf(plan).slice(0, 1));
    const broken = new Map<string, Measured>([...values, ...passes.map((measure): [string, Measured] => [measurementKey(measure), { error: 'out of luck' }])]);
    expect(checks.map(({ rule }) => rule)).toEqual(rules);
    expect(
      judge(rules, columns, broken)
        .filter(({ status }) => status === 'error')
        .map(({ rule, found }) => `${rule.id}: ${found}`),
    ).toEqual(['email_id/maxLength: out of luck']);
  });

  test('as a line for people', () => {
    const check = checks.find(({ rule }) => rule.id === 'email_id/format');
    const sampled = check && {
      ...check,
      sample: [
        { order: '7', line: 1, email: 'x@' },
        { order: '8', line: 1, email: 'y' },
      ],
    };
    expect(sampled && formatCheck('finance/shop:orders', sampled)).toBe(
      "finance/shop:orders: email must have the format email: 1 of 1,000 rows do not; e.g. 'x@'; 'y'",
    );
  });

  test('as OORS, without samples', () => {
    const header = { id: 'c1', observedAt: '2026-01-15T09:30:00Z', runId: 'r1', contract: { id: 'k', version: '1.0.0' }, ref: 'finance/shop:orders' };
    const few = checks
      .filter(({ rule }) => ['email_id/quality/few', 'quality/sums', 'email_id/quality/text'].includes(rule.id))
      .map((check) => ({ ...check, sample: [{ secret: 1 }] }));
    expect(formatOors(header, few)).toMatchInlineSnapshot(`
      {
        "apiVersion": "v0.8.1",
        "contract": {
          "id": "k",
          "version": "1.0.0",
        },
        "id": "c1",
        "kind": "ObservabilityResults",
        "observedAt": "2026-01-15T09:30:00Z",
        "results": [
          {
            "customProperties": [
              {
                "property": "code",
                "value": "rule.metric",
              },
              {
                "property": "pointer",
                "value": "/properties/2/quality/0",
              },
            ],
            "dimension": "completeness",
            "id": "email_id/quality/few",
            "measure": {
              "failedRowCount": 1,
              "metric": "nullValues",
              "rowCount": 1000,
              "threshold": {
                "mustBeLessThan": 5,
              },
              "unit": "percent",
              "value": 0.1,
            },
            "message": "1 of 1,000 rows are (0.1 percent)",
            "name": "email null values must be less than 5 percent",
            "relatesTo": "schema/orders_tbl/properties/email_id/quality/few",
            "severity": "warning",
            "status": "pass",
            "target": {
              "resourceIdentifier": "finance/shop:orders#email",
              "resourceType": "column",
            },
            "type": "check",
          },
          {
            "customProperties": [
              {
                "property": "code",
                "value": "rule.text",
              },
              {
                "property": "pointer",
                "value": "/properties/2/quality/3",
              },
            ],
            "id": "email_id/quality/text",
            "message": "a rule in words is shown, not evaluated",
            "name": "email is verified",
            "relatesTo": "schema/orders_tbl/properties/email_id",
            "severity": "error",
            "status": "skip",
            "target": {
              "resourceIdentifier": "finance/shop:orders#email",
              "resourceType": "column",
            },
            "type": "check",
          },
          {
            "customProperties": [
              {
                "property": "code",
                "value": "rule.sql",
              },
              {
                "property": "pointer",
                "value": "/quality/0",
              },
            ],
            "id": "quality/sums",
            "measure": {
              "metric": "sql",
              "threshold": {
                "mustBe": 1,
              },
              "value": 2,
            },
            "message": "it is 2",
            "name": "orders sums agree",
            "relatesTo": "schema/orders_tbl",
            "severity": "error",
            "status": "fail",
            "target": {
              "resourceIdentifier": "finance/shop:orders",
              "resourceType": "table",
            },
            "type": "check",
          },
        ],
        "source": {
          "process": "hanse",
          "runId": "r1",
          "vendor": "hanse",
        },
        "status": "fail",
      }
    `);
    expect(formatOors(header, []).status).toBe('unknown');
  });
});

test('the statement that shows the rows, bounded for a sample', () => {
  const identify = identifyingColumns(rules);
  const shown = [
    'email_id/maxLength',
    'email_id/unique',
    'primaryKey',
    'tags_id/items/enum',
    'email_id/quality/few',
    'email_id/schema',
    'email_id/quality/text',
    'quality/sums',
  ].flatMap((id) => {
    const rule = rules.find((one) => one.id === id);
    return rule === undefined ? [] : [`${id}\n${sampleSql(rule, columns, '"t"', { limit: 5, identify })}\n${explainSql(rule, columns, '"t"')}`];
  });
  expect(shown.join('\n\n')).toMatchInlineSnapshot(`
    "email_id/maxLength
    SELECT "order", "line", "email" FROM "t" WHERE length("email") > 80 LIMIT 5
    SELECT * FROM "t" WHERE length("email") > 80

    email_id/unique
    SELECT "email", count(*) AS rows FROM "t" WHERE "email" IS NOT NULL GROUP BY "email" HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT 5
    SELECT "email", count(*) AS rows FROM "t" WHERE "email" IS NOT NULL GROUP BY "email" HAVING count(*) > 1 ORDER BY count(*) DESC

    primaryKey
    SELECT "order", "line", count(*) AS rows FROM "t" GROUP BY "order", "line" HAVING count(*) > 1 OR "order" IS NULL OR "line" IS NULL ORDER BY count(*) DESC LIMIT 5
    SELECT "order", "line", count(*) AS rows FROM "t" GROUP BY "order", "line" HAVING count(*) > 1 OR "order" IS NULL OR "line" IS NULL ORDER BY count(*) DESC

    tags_id/items/enum
    SELECT "order", "line", "tags" FROM "t" WHERE len(list_filter("tags", lambda item1: item1 NOT IN ('a', 'b'))) > 0 LIMIT 5
    SELECT * FROM "t" WHERE len(list_filter("tags", lambda item1: item1 NOT IN ('a', 'b'))) > 0

    email_id/quality/few
    SELECT "order", "line", "email" FROM "t" WHERE "email" IS NULL LIMIT 5
    SELECT * FROM "t" WHERE "email" IS NULL

    email_id/schema
    undefined
    DESCRIBE "t"

    email_id/quality/text
    undefined
    undefined

    quality/sums
    undefined
    WITH "orders" AS NOT MATERIALIZED (SELECT * FROM "t")
    SELECT * FROM (
    SELECT 1
    ) AS answer LIMIT 2"
  `);
});

test('rules survive JSON', () => {
  expect(JSON.parse(JSON.stringify(rules))).toEqual(rules);
});
