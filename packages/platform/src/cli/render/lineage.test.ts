import { expect, test } from 'vitest';
import { mermaidOf } from './lineage-mermaid.ts';
import { renderLineage } from './lineage.ts';

const answer = {
  ref: 'finance/churn:metrics',
  table: 'finance.metrics__v1',
  upstream: [{ from: { table: 'finance/churn/source.rows', column: 'Amount "net"' }, to: { table: 'finance.metrics__v1', column: 'amount' } }],
  downstream: [
    { from: { table: 'finance.metrics__v1', column: 'amount' }, to: { table: 'marketing.spend__v1', column: 'spent' } },
    { from: { table: 'finance.metrics__v1', column: 'amount' }, to: { table: 'marketing.spend__v1', column: null } },
  ],
  readers: [],
};

test('a table is told with what it comes from and what comes from it', () => {
  expect(renderLineage(answer)).toBe(`finance/churn:metrics (finance.metrics__v1)
computed from
  finance.metrics__v1
    amount <- finance/churn/source.rows.Amount "net"
goes into
  marketing.spend__v1
    spent <- finance.metrics__v1.amount
    (its rows) <- finance.metrics__v1.amount
read by
  nobody`);
});

test('as Mermaid every table is a box, and a name is never markup', () => {
  expect(mermaidOf(answer)).toBe(`flowchart LR
  subgraph t0["finance/churn/source.rows"]
    c0["Amount #34;net#34;"]
  end
  subgraph t1["finance.metrics__v1"]
    c1["amount"]
  end
  subgraph t2["marketing.spend__v1"]
    c2["spent"]
    c3["its rows"]
  end
  c0 --> c1
  c1 --> c2
  c1 -.-> c3`);
});

test('a table without lineage is a picture too', () => {
  expect(mermaidOf({ table: 'a.b__v1', upstream: [], downstream: [] })).toBe('flowchart LR\n  t0["a.b__v1"]');
});
