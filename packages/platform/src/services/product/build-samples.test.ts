import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { agreementText, contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { createApi } from '../mesh-api.ts';

const EU = `  - role: eu
    customProperties:
      - property: restriction
        value: {rows: "amount < 10", columns: {customer: {mask: fixed, value: somebody}}}`;
const texts = {
  ...smallTexts,
  'finance/churn/metrics.odcs.yaml': contractText('metrics').replace('  - role: eu', EU),
  'agreements/a2.oaas.yaml': undefined,
};
const agreed = { 'agreements/a2.oaas.yaml': agreementText({ id: 'a2', consumer: '{teamId: marketing, dataProductId: spend}', requestedBy: 'max' }) };
const SUMMARY = 'select count(*) > 0 as some, max(amount) >= 10 as whole, max(customer) as customer from marketing.spend';

let mesh: OpenMesh;
beforeAll(async () => {
  mesh = await openMesh({ texts, parts: { samples: true } });
  await mesh.apply();
});
afterAll(() => mesh[Symbol.asyncDispose]());

async function build(): Promise<string> {
  const [run] = await mesh.build('marketing');
  return `${run?.outcome}: ${run?.message.replace(/since \S+;/, 'since then;')}`;
}

const state = async () => (await mesh.api().status({})).tables.find(({ ref }) => ref === 'marketing/spend:spend')?.samples;

test('a product without granted inputs stands on samples, and says so everywhere', async () => {
  expect(await build()).toMatchInlineSnapshot(`"published: 1,000 rows, 2 rules hold; it stands on samples, not on data, of finance/churn:metrics"`);
  expect(await build()).toMatchInlineSnapshot(`"unchanged: nothing changed since then; it stands on samples, not on data, of finance/churn:metrics"`);
  expect(await mesh.rows(SUMMARY, 'max')).toMatchObject([{ some: true, whole: true }]);
  expect(await state()).toEqual(['finance/churn:metrics']);
  const { provenance, body } = await mesh.api('max').query({ sql: SUMMARY });
  await Array.fromAsync(body);
  expect(provenance).toMatchObject([{ samples: ['finance/churn:metrics'] }]);
});

test('an agreement shows the sample of what nobody published in its role', async () => {
  await mesh.apply(agreed);
  expect(await build()).toMatch(/^published: .* it stands on samples/);
  expect(await mesh.rows(SUMMARY, 'max')).toEqual([{ some: true, whole: false, customer: 'somebody' }]);
});

test('where the environment does not allow it, no sample stands in for data', async () => {
  const strict = createApi({ ...mesh.platform, samples: false }, { kind: 'operator', username: 'root' });
  const { runs } = await strict.build({ ref: 'marketing' });
  expect(runs.map(({ outcome, message }) => `${outcome}: ${message}`)).toEqual([
    'failed: finance.metrics has not been published yet. Build it with: hanse build finance/churn:metrics.',
  ]);
});

test('data takes the place of samples, whole, once it may be read', async () => {
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\nbob,20\n' });
  await mesh.apply({ 'marketing/spend/build.yaml': 'objects:\n  spend: {mode: append, cursor: amount}\n' });
  await mesh.build('finance');
  expect(await build()).toMatch(/^published: 1 rows?, \d+ rules hold$/);
  expect(await mesh.rows('select customer, amount from marketing.spend', 'max')).toEqual([{ customer: 'somebody', amount: 1.5 }]);
  expect(await state()).toBeUndefined();
});

test('a table in a database that this mesh may not open is stood in for', async () => {
  const server = 'servers: [{server: there, type: postgres, host: db, port: 5432, database: shop, schema: public}]\nschema:';
  await mesh.apply({
    'finance/churn/metrics.odcs.yaml': contractText('metrics').replace('schema:', server),
    'finance/churn/metrics.sql': undefined,
    'finance/churn/build.yaml': undefined,
  });
  expect(await build()).toBe('published: 1,000 rows, 2 rules hold; it stands on samples, not on data, of finance/churn:metrics');
});
