import type { JsonObject } from '@hanse/core/document/document.ts';
import { afterAll, expect, test } from 'vitest';
import { openMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

const mesh = await openMesh({
  texts: {
    ...smallTexts,
    'finance/churn/metrics.odcs.yaml': contractText('metrics').replace(
      'schema:\n',
      'servers:\n  - {server: w, type: postgres, host: warehouse, port: 5432, database: shop, schema: sales}\nschema:\n',
    ),
    'agreements/a2.oaas.yaml': undefined,
    'marketing/spend/spend.sql': 'select customer, amount from source.rows',
  },
});
afterAll(() => mesh[Symbol.asyncDispose]());
await mesh.apply();

const TABLE = { namespace: 'postgres://warehouse:5432', name: 'shop.sales.metrics' };
const event = (more: JsonObject = {}, columns: readonly string[] = ['amount']): JsonObject => ({
  eventTime: '2026-05-01T10:00:00Z',
  eventType: 'COMPLETE',
  producer: 'https://example.org',
  schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
  run: { runId: '0190b8f2-0000-7000-8000-000000000001' },
  job: { namespace: 'airflow', name: 'reach.load' },
  inputs: [TABLE],
  outputs: [
    {
      namespace: 'postgres://warehouse:5432',
      name: 'shop.marketing.reach',
      facets: { columnLineage: { fields: { total: { inputFields: columns.map((field) => ({ ...TABLE, field, transformations: [{ type: 'DIRECT' }] })) } } } },
    },
  ],
  ...more,
});
const readers = async () =>
  (await mesh.api('femi').lineage({ ref: 'finance/churn:metrics' })).readers.map(
    ({ ref, columns, evidence }) => `${ref} ${columns?.join(',') ?? '?'}: ${evidence}`,
  );
const entries = async () => (await mesh.api().log({})).entries.length;

test('a job of another tool is a reader, its columns those of its runs; an event twice is one', async () => {
  expect(await readers()).toEqual(['mia : no read on record']);
  expect(await mesh.api('max').receiveEvent(event())).toEqual({ tables: 1 });
  const before = await entries();
  await mesh.api('max').receiveEvent(event());
  expect(await entries()).toBe(before);
  expect(await readers()).toEqual([
    'mia : no read on record',
    'marketing amount: job airflow/reach.load, told by OpenLineage on 2026-05-01; without an agreement',
  ]);
  await mesh.api('max').receiveEvent(event({ eventTime: '2026-05-02T10:00:00Z' }, ['CUSTOMER']));
  expect(await readers()).toContain('marketing customer,amount: job airflow/reach.load, told by OpenLineage on 2026-05-02; without an agreement');
});

test('without column lineage the statement tells, and without both nobody knows', async () => {
  const sql = (query: string) => ({ namespace: 'dbt', name: 'model', facets: { sql: { query, dialect: 'postgres' } } });
  await mesh.api('max').receiveEvent(event({ outputs: [], job: sql('select sum(amount) from shop.sales.metrics') }));
  expect((await readers()).at(-1)).toMatch(/^marketing customer,amount: .*job dbt\/model/);
  await mesh.api('max').receiveEvent(event({ outputs: [], job: { namespace: 'other', name: 'copy' } }));
  expect((await readers()).at(-1)).toMatch(
    /^marketing \?: .*whose columns cannot be told \(job other\/copy\): its events do not tell all columns that it reads/,
  );
});

test('what tells nothing is taken, what is no event is refused, and nobody speaks for a domain that is not theirs', async () => {
  const before = await entries();
  for (const nothing of [event({ eventType: 'START' }), event({ inputs: [{ ...TABLE, namespace: 'postgres://elsewhere:5432' }] }), { dataset: {} }])
    expect(await mesh.api('max').receiveEvent(nothing)).toEqual({ tables: 0 });
  await expect(mesh.api('max').receiveEvent({ run: {} })).rejects.toThrow('the body is no event of OpenLineage: `run.runId` is missing');
  await expect(mesh.api('nobody').receiveEvent(event())).rejects.toThrow('whose job it is cannot be told');
  await expect(mesh.api({ kind: 'guest' }).receiveEvent(event())).rejects.toThrow('whose job it is cannot be told');
  expect(await entries()).toBe(before);
});

test('jobs without end, times to come and uses of nothing leave no more than what may be kept', async () => {
  await expect(mesh.api('max').receiveEvent(event({ eventTime: '+099999-01-01T00:00:00Z' }))).rejects.toThrow('`eventTime` is no time');
  await mesh.api('max').receiveEvent(event({ eventTime: '9999-12-31T00:00:00Z', job: { namespace: 'ahead', name: 'of time' } }));
  expect((await readers()).at(-1)).not.toContain('9999');
  for (let job = 0; job < 110; job += 1) await mesh.api('max').receiveEvent(event({ job: { namespace: 'airflow', name: `run ${job}` } }));
  const kept = async () => {
    const found = await mesh.platform.store.read({ kind: 'usage', id: 'openlineage/marketing' });
    return JSON.stringify(found).split('"where"').length - 1;
  };
  expect(await kept()).toBe(100);
  const before = await entries();
  await mesh.api('max').receiveEvent(event({ job: { namespace: 'airflow', name: 'run 109' } }));
  expect([await kept(), await entries()]).toEqual([100, before]);
  expect(await mesh.api('nobody').recordUsage({ source: 'query-log', origin: 'mine', uses: [] })).toEqual({ isNew: false, uses: 0, left: 0 });
});

test('a request whose caller is gone reads no further statement', async () => {
  await expect(
    mesh.api('max').readStatements({ dialect: 'postgres', statements: ['select 1'] }, { signal: AbortSignal.abort(new Error('gone')) }),
  ).rejects.toThrow('gone');
});
