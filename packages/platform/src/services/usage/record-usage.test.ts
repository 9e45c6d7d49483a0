import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;
const TABLE = 'metrics@1/metrics';

beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, 'finance/churn/metrics.sql': "select 'a' as customer, 1 as amount" } });
  await mesh.apply({ 'marketing/spend/spend.sql': undefined });
});

afterAll(() => mesh[Symbol.asyncDispose]());

const log = (columns: readonly string[] | null, days: Readonly<Record<string, number>>, consumer = 'etl') => ({
  source: 'query-log' as const,
  origin: 'pg.csv',
  uses: [
    {
      table: TABLE,
      consumer,
      columns: columns === null ? null : [...columns],
      days: { ...days },
      ...(columns === null && { why: 'the statement could not be parsed' }),
    },
  ],
});

const consumers = async () => (await mesh.api('femi').consumers({ domains: 'finance' })).tables[TABLE]?.consumers ?? [];
const known = async (name: string) => (await consumers()).find(({ consumer }) => consumer === name);

test('statements of other databases are read under the names that the mesh and the contract give to tables', async () => {
  const { readings } = await mesh.api('femi').readStatements({
    dialect: 'postgres',
    statements: [
      'select sum(amount) from finance.metrics',
      'with m as (select * from finance.metrics__v1) select customer from m',
      'select 1',
      'select * frm finance.metrics',
    ],
  });
  expect(readings).toEqual([
    [{ table: TABLE, columns: ['amount'] }],
    [{ table: TABLE, columns: ['customer'] }],
    [],
    [{ table: TABLE, columns: null, why: 'the statement could not be parsed' }],
  ]);
});

test('a user of a database whom no agreement names is a consumer without one; the same log counts once', async () => {
  const api = mesh.api('femi');
  expect(await api.recordUsage(log(['amount'], { '2026-01-02': 3, '2026-01-01': 1 }))).toEqual({ isNew: true, uses: 1, left: 0 });
  expect(await api.recordUsage(log(['amount'], { '2026-01-02': 3 }))).toMatchObject({ isNew: false });
  expect(await known('etl')).toEqual({
    consumer: 'etl',
    columns: ['amount'],
    evidence: '4 statements in the query log pg.csv, the last on 2026-01-02; without an agreement',
    lastSeen: '2026-01-02',
  });
  expect(await api.recordUsage(log(['amount'], { '2026-01-02': 5, '2026-01-03': 1 }))).toMatchObject({ isNew: true });
  expect((await known('etl'))?.evidence).toMatch(/^7 statements .* the last on 2026-01-03; without an agreement$/);
});

test('what a plan breaks for them is said, and what is unknown stays so', async () => {
  const plan = async (edit: (text: string) => string) => {
    const { steps } = await mesh.apply({ 'finance/churn/metrics.odcs.yaml': edit(contractText('metrics')) });
    await mesh.apply({ 'finance/churn/metrics.odcs.yaml': contractText('metrics') });
    return steps
      .flatMap(({ effects }) => effects)
      .filter(({ consumer }) => consumer === 'etl')
      .map(({ verdict, change }) => `${verdict}: ${change}`);
  };
  expect(await plan((text) => text.replace('name: amount,', 'name: total,'))).toEqual(['breaks: column amount is renamed to total']);
  expect(await plan((text) => text.replace(/.*name: customer.*\n/, ''))).toEqual(['safe: column customer is removed']);
  await mesh.api('femi').recordUsage(log(null, { '2026-01-04': 1 }));
  expect(await plan((text) => text.replace(/.*name: customer.*\n/, ''))).toEqual(['unknown: column customer is removed']);
});

test('a person who holds an agreement is told of once, with all evidence', async () => {
  await mesh.api('femi').recordUsage(log(['customer', 'amount'], { '2026-01-02': 1 }, 'mia'));
  expect((await consumers()).filter(({ consumer }) => consumer === 'mia')).toEqual([
    {
      consumer: 'mia',
      agreement: 'a1',
      role: 'eu',
      noticeDays: 30,
      columns: ['customer', 'amount'],
      evidence: expect.stringMatching(/^no read on record; 1 statement in the query log pg.csv, the last on 2026-01-02$/),
      lastSeen: '2026-01-02',
    },
  ]);
});

test('a dbt project takes the place of what it was; who is of neither side tells nothing', async () => {
  const project = (where: string) => ({
    source: 'dbt' as const,
    origin: 'marketing/shop',
    seen: '2026-02-01T00:00:00Z',
    uses: [{ table: TABLE, consumer: 'marketing', columns: ['amount'], where }],
  });
  await mesh.api('max').recordUsage(project('model reach'));
  await mesh.api('max').recordUsage(project('model spend'));
  expect(await known('marketing')).toMatchObject({
    columns: ['amount'],
    evidence: 'dbt project marketing/shop: model spend, as of 2026-02-01; without an agreement',
  });
  await expect(mesh.api('femi').recordUsage(project('model none'))).rejects.toMatchObject({ code: 'denied' });
  await expect(mesh.api('max').recordUsage({ ...project('model x'), origin: 'finance/shop' })).rejects.toMatchObject({ code: 'denied' });
  await expect(mesh.api('max').recordUsage(log(['amount'], { '2026-01-02': 3 }))).rejects.toMatchObject({ code: 'denied' });
  expect(JSON.stringify(await mesh.platform.store.list('usage'))).not.toContain('select');
});
