import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;
const renamed = contractText('metrics').replace('name: amount,', 'name: total,');

beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, 'finance/churn/metrics.sql': "select 'a' as customer, 1 as amount" } });
  await mesh.apply({ 'marketing/spend/spend.sql': undefined });
  await mesh.build('finance/churn');
  await mesh.rows('select sum(amount) from finance.metrics', 'mia');
  await mesh.rows('select count(*) from finance.metrics', 'mia');
});

afterAll(() => mesh[Symbol.asyncDispose]());

test('what was read under a name that a column no longer has is use of the column', async () => {
  expect((await mesh.platform.store.reads({ limit: 9 })).map(({ tables }) => tables[0]?.columns)).toEqual([[], ['amount']]);
  await mesh.apply({ 'finance/churn/metrics.odcs.yaml': renamed, 'finance/churn/metrics.sql': "select 'a' as customer, 1 as total" });
  const told = async (edit: string) => {
    const { steps } = await mesh.apply({ 'finance/churn/metrics.odcs.yaml': edit });
    return steps
      .flatMap(({ effects }) => effects)
      .filter(({ consumer }) => consumer === 'mia')
      .map(({ verdict, change, evidence }) => `${verdict}: ${change} (${evidence.replace(/\d{4}-\d\d-\d\d/, 'DATE')})`);
  };
  expect(await told(renamed.replace(/.*name: customer.*\n/, ''))).toEqual(['safe: column customer is removed (2 reads on record, the last on DATE, of total)']);
  const without = renamed.replace(/.*name: total.*\n/, '');
  expect(await told(without)).toEqual(['breaks: column total is removed (2 reads on record, the last on DATE, of total)']);
});

test('lineage tells the provider the same', async () => {
  await mesh.apply({ 'finance/churn/metrics.odcs.yaml': renamed });
  const { readers } = await mesh.api('femi').lineage({ ref: 'finance/churn:metrics' });
  expect(readers.find(({ ref }) => ref === 'mia')).toMatchObject({ columns: ['total'], evidence: expect.stringContaining('2 reads on record') });
});
