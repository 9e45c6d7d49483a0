import { expect, test } from 'vitest';
import type { SchemaObject } from '../contract/contract.ts';
import { compileQuality } from './compile-quality.ts';

const [object, ...others] = ['orders', 'customers', 'Countries', 'order lines'].map((name): SchemaObject => ({ id: name, name, properties: [], quality: [] }));

test.each([
  ['SELECT count(*) FROM ${object}', []],
  ['SELECT count(*) FROM orders, customers WHERE orders.id = customers.id', ['customers']],
  ['SELECT count(*) FROM orders o , customers AS c, "order lines" l', ['customers', 'order lines']],
  ['SELECT count(*) FROM customers JOIN Countries USING (id), "order lines"', ['customers', 'Countries']],
  ['SELECT count(*) FROM (SELECT 1 FROM orders, countries) AS a, customers', ['Countries']],
  ['SELECT customers, countries FROM orders ORDER BY customers, countries', []],
  ['SELECT 1 FROM orders LEFT JOIN customers ON true', ['customers']],
  ['SELECT 1 FROM sales.customers, customers.orders', []],
  ['SELECT (SELECT 1 FROM customers LIMIT 1), countries FROM orders GROUP BY countries, customers', ['customers']],
])('%s reads %j', (query, reads) => {
  expect(object).toBeDefined();
  const [check] =
    object === undefined ? [] : compileQuality({ type: 'sql', written: { query, mustBe: 0 } }, { object, objects: [object, ...others], path: [] });
  expect(check?.test).toMatchObject({ kind: 'sql', reads });
});
