import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { lines } from '../../../../../test/fixtures/read-document.ts';
import { smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({ texts: smallTexts });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\nbob,2\n' });
  await mesh.apply();
});

afterAll(() => mesh[Symbol.asyncDispose]());

test('a build that its engine refuses shows the line of the file', async () => {
  const statements = [
    '-- churn\nselect customer,\n  amuont as amount\nfrom source.rows',
    'select customer, amount::date > 3 as amount\nfrom source.rows',
    'select customer, sum(amount) as amount\nfrom source.rows',
  ];
  const told: string[] = [];
  for (const sql of statements) {
    await mesh.apply({ 'finance/churn/metrics.sql': sql });
    told.push(...(await mesh.build('finance/churn')).map(({ outcome, message }) => `${outcome}: ${message}`));
  }
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "failed: finance/churn/metrics.sql:3:3: Referenced column "amuont" not found in FROM clause
          amuont as amount
          ^
    Candidate bindings: "amount", "customer"
    failed: finance/churn/metrics.sql:1:26: Cannot compare values of type DATE and type INTEGER_LITERAL - an explicit cast is required
        select customer, amount::date > 3 as amount
                                 ^
    failed: finance/churn/metrics.sql:1:8: column "customer" must appear in the GROUP BY clause or must be part of an aggregate function
        select customer, sum(amount) as amount
               ^
    Either add it to the GROUP BY list, or use "ANY_VALUE(customer)" if the exact value of "customer" is not important."
  `);
});

test('a plan points at what is wrong in a statement over other tables', async () => {
  const findings = async (sql: string) => {
    const edited = { ...smallTexts, 'marketing/spend/spend.sql': sql };
    const { findings: found } = await mesh.api().plan({ tree: { home: 'here', files: Object.entries(edited).map(([path, text]) => ({ path, text })) } });
    return lines(found as Finding[]);
  };
  expect([await findings('select customer, amount\nfrom finance.metrics\nwhere amuont > 3'), await findings('select customer,, amount from finance.metrics')])
    .toMatchInlineSnapshot(`
    [
      [
        "marketing/spend/spend.sql:3:7 warning build.sql: Referenced column "amuont" not found in FROM clause. Candidate bindings: "amount", "customer"",
      ],
      [
        "marketing/spend/spend.sql:1:17 error build.sql: The statement cannot be parsed: syntax error at or near ",". ",
      ],
    ]
  `);
});
