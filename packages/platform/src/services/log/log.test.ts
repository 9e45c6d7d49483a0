import type { Finding } from '@hanse/core/finding/finding.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh, operator } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, productText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { createApi } from '../mesh-api.ts';

const people = {
  'people/domain.yaml': 'name: people\nowner: ott\nmembers:\n  - {username: mia, role: analyst}\n',
  'people/pay/pay.odps.yaml': productText('pay', 'people', 'outputPorts:\n  - {name: pay, version: 1.0.0, contractId: pay}\n'),
  'people/pay/pay.odcs.yaml': contractText('pay'),
  'people/pay/pay.sql': "select 'a' as customer, 1 as amount",
};

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, ...people } });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\n' });
  await mesh.apply();
  await mesh.build();
  await mesh.api('mia').requestAccess({ ref: 'finance/churn:metrics', role: 'full', purpose: 'Look closer.', until: '2030-01-01' });
  await mesh.apply({ ...people, 'people/pay/pay.odps.yaml': undefined, 'people/pay/pay.odcs.yaml': undefined, 'people/pay/pay.sql': undefined });
  await mesh.apply(people);
  await mesh.rows('select count(*) from finance.metrics, people.pay', 'mia');
  await mesh.rows('select count(*) from people.pay', 'ott');
});

afterAll(() => mesh[Symbol.asyncDispose]());

const kinds = (documents: readonly string[]) =>
  [...new Set(documents.map((document) => (/^(run|agreement)\/[0-9a-f-]{36}$/.test(document) ? document.split('/')[0] : document)))].join(' ');

test('the log tells each what concerns them: the operator all, members what is of their domains, a side its agreement, strangers nothing', async () => {
  const told = async (who: string) => (await mesh.api(who).log({})).entries.map(({ intent, documents }) => `${intent}: ${kinds(documents)}`);
  const everything = await mesh.api(operator).log({});
  expect(everything.entries.map(({ sequence }) => sequence)).toEqual(everything.entries.map((_, index) => index + 1));
  expect({ ott: await told('ott'), max: await told('max'), nobody: await told('nobody') }).toMatchInlineSnapshot(`
    {
      "max": [
        "apply: domain/marketing product/spend contract/spend@1 build/spend agreement/a1 agreement/a2",
        "run.running: run",
        "publish: run table/spend@1/spend checks/spend@1/spend",
        "agreement.request: agreement",
      ],
      "nobody": [],
      "ott": [
        "apply: domain/people product/pay contract/pay@1 build/pay",
        "run.running: run",
        "publish: run table/pay@1/pay checks/pay@1/pay",
        "apply: product/pay contract/pay@1 build/pay",
        "apply: product/pay contract/pay@1 build/pay",
      ],
    }
  `);
  expect((await told('femi')).join('\n')).not.toMatch(/people|pay/);
});

test('going on from where a page ended misses nothing of what concerns the caller', async () => {
  for (const who of ['ott', 'mia', 'nobody']) {
    const whole = (await mesh.api(who).log({})).entries.map(({ sequence }) => sequence);
    const paged: number[] = [];
    for (let after = 0; ;) {
      const { entries, upTo } = await mesh.api(who).log({ after, limit: 1 });
      paged.push(...entries.map(({ sequence }) => sequence));
      if (upTo === after) break;
      after = upTo;
    }
    expect(paged).toEqual(whole);
    expect((await mesh.api(who).log({ limit: 1 })).entries.map(({ sequence }) => sequence)).toEqual(whole.slice(-1));
  }
});

test('a provider sees reads of its own tables, without what else they read', async () => {
  const told = async (who: string) =>
    (await mesh.api(who).reads({})).reads.map(({ principal, statement, tables }) => `${principal}: ${statement.slice(0, 40)} [${tables.join()}]`);
  expect({ mia: await told('mia'), ott: await told('ott'), femi: await told('femi'), max: await told('max') }).toMatchInlineSnapshot(`
    {
      "femi": [
        "mia: (reads tables of other domains too) [finance/churn:metrics]",
      ],
      "max": [],
      "mia": [
        "ott: SELECT count_star() FROM people.pay [people/pay:pay]",
        "mia: SELECT count_star() FROM finance.metrics [finance/churn:metrics,people/pay:pay]",
      ],
      "ott": [
        "ott: SELECT count_star() FROM people.pay [people/pay:pay]",
        "mia: (reads tables of other domains too) [people/pay:pay]",
      ],
    }
  `);
});

test('a hash that was noted tells a log that was cut off', async () => {
  const { headHash } = await mesh.api().status({});
  const verified = await mesh.api().verifyLog({ head: headHash });
  expect(verified).toMatchObject({ head: headHash, findings: [] });
  const { entries } = await mesh.api().log({ after: 0, limit: 1 });
  expect((await mesh.api().verifyLog({ head: entries[0]?.hash })).findings).toEqual([]);
  const cut = await mesh.api().verifyLog({ head: 'f'.repeat(64) });
  expect(cut.findings.map(({ message }) => message.replace(String(cut.entries), 'N'))).toEqual([
    `no entry of the log has the hash ${'f'.repeat(64)}: entries after number N were cut off, or the log was written anew`,
  ]);
});

test('where the chains do not hold is told to the operator alone, others hear that they do not', async () => {
  const finding = { code: 'store.document', severity: 'error', ref: 'contract/pay@1', message: 'contract/pay@1: changed.' } as const;
  const forgotten = { code: 'store.forgotten', severity: 'warning', ref: 'run/1', message: 'run/1: forgotten.' } as const;
  const told = async (who: Parameters<typeof createApi>[1], findings: readonly Finding[]) =>
    (await createApi({ ...mesh.platform, store: { ...mesh.platform.store, verify: async () => findings } }, who).verifyLog({})).findings;
  expect(await told(operator, [forgotten, finding, finding])).toEqual([forgotten, finding, finding]);
  const mia = { kind: 'person', username: 'mia' } as const;
  expect([await told(mia, [forgotten]), await told(mia, [])]).toEqual([[], []]);
  expect((await told(mia, [forgotten, finding, finding])).map(({ message, ref }) => [message, ref])).toEqual([
    ['what the mesh remembers does not verify', undefined],
  ]);
});
