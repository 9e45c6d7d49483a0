import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { beforeAll, expect, test } from 'vitest';
import { checkTable } from './check-table.ts';
import { type DuckDb, lines, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
  await db.run(`CREATE TABLE customers AS SELECT * FROM (VALUES (1::BIGINT, 'EU', 'a'), (2, 'US', 'b'), (3, NULL, 'c')) AS t(id, region, code)`);
});

const customers = object([property('id', { id: 'customer_id' }), property('region'), property('code')], { id: 'customers_obj', name: 'customers' });

async function verdicts(orders: SchemaObject, select: string, others?: CheckContext['others']) {
  await db.run(`CREATE OR REPLACE TABLE orders AS ${select}`);
  const columns = await db.columns('orders');
  const known = new Map([['customers', { relation: '"main"."customers"', columns: await db.columns('customers') }]]);
  const rules = compileRules(orders, { objects: [customers, orders] });
  const { checks } = await checkTable(db, {
    rules,
    columns,
    relation: '"main"."orders"',
    files: [{ name: 'one', relation: '"main"."orders"' }],
    context: { others: others ?? known },
  });
  return lines(checks).filter((_, index) => rules[index]?.id.includes('relationship'));
}

test.each([
  ['by name', 'customers.id'],
  ['by id', 'schema/customers_obj/properties/customer_id'],
])('a property refers to another object of the contract %s', async (_, to) => {
  const orders = object([property('n', { primaryKeyPosition: 1 }), property('customer', { relationships: [{ to }] })]);
  expect(await verdicts(orders, 'SELECT * FROM (VALUES (1, 1), (2, NULL)) AS t(n, customer)')).toEqual([
    'pass customer must be in customers (id): 0 of 2 rows have no counterpart',
  ]);
  expect(await verdicts(orders, 'SELECT * FROM (VALUES (1, 1), (2, 7), (3, 7)) AS t(n, customer)')).toEqual([
    'fail customer must be in customers (id): 2 of 3 rows have no counterpart; e.g. 7',
  ]);
});
