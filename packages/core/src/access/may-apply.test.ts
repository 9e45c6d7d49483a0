import { expect, test } from 'vitest';
import { meshOf } from '../mesh/mesh-value.ts';
import { agreementText, contractText, documentsOf, planOf, productText, smallTexts, type Texts } from '../../../../test/fixtures/small-mesh.ts';
import { whyNotApply } from './may-apply.ts';
import type { Principal } from './principal.ts';

const person = (username: string): Principal => ({ kind: 'person', username });

/** What a person is told who applies these files, step by step; empty where nothing stands in their way. */
function refusals(username: string, edits: Texts, base: Texts = smallTexts, retire: readonly string[] = []): readonly string[] {
  const plan = planOf(base, { ...base, ...edits }, { retire });
  if (plan.steps.length === 0) throw new Error('the edits change nothing');
  const mesh = meshOf(documentsOf(base));
  return whyNotApply(mesh, person(username), plan).map(({ step, why }) => `${step.op} ${step.kind} ${step.ref}: ${why}`);
}

const orphan = {
  ...smallTexts,
  'finance/churn/churn.odps.yaml': productText('churn', 'finance'),
  'finance/churn/metrics.sql': undefined,
  'agreements/a1.oaas.yaml': undefined,
  'agreements/a2.oaas.yaml': undefined,
  'marketing/spend/spend.odps.yaml': productText('spend', 'marketing'),
};

test('members change what is their own', () => {
  expect(
    refusals('fred', { 'finance/churn/metrics.sql': 'select 1 as customer', 'finance/churn/metrics.odcs.yaml': contractText('metrics', 'metrics', '1.1.0') }),
  ).toEqual([]);
  expect(refusals('fred', { 'finance/churn/two.odcs.yaml': contractText('metrics', 'metrics', '2.0.0') })).toEqual([]);
  expect(
    refusals('mia', { 'marketing/reach/reach.odps.yaml': productText('reach', 'marketing'), 'marketing/reach/reach.odcs.yaml': contractText('reach') }),
  ).toEqual([]);
  expect(refusals('fred', { 'finance/churn/metrics.odcs.yaml': undefined }, orphan)).toEqual([]);
  expect(refusals('femi', { 'finance/domain.yaml': 'name: finance\nowner: femi\n' })).toEqual([]);
  expect(refusals('stella', { 'finance/domain.yaml': 'name: finance\nowner: stella\n' })).toEqual([]);
  expect(
    refusals('nora', {
      'lab/domain.yaml': 'name: lab\nowner: nora\n',
      'lab/trial/trial.odps.yaml': productText('trial', 'lab'),
      'lab/trial/trial.odcs.yaml': contractText('trial'),
    }),
  ).toEqual([]);
});

test('nobody changes, takes over or ends what belongs to another domain', () => {
  expect([
    refusals('mia', { 'finance/churn/metrics.sql': 'select 1' }),
    refusals('mia', { 'finance/churn/metrics.odcs.yaml': contractText('metrics', 'metrics', '1.1.0') }),
    refusals('mia', { 'finance/churn/churn.odps.yaml': undefined, 'finance/churn/build.yaml': undefined, 'finance/churn/metrics.sql': undefined }),
    refusals('mia', {
      'finance/churn/churn.odps.yaml': undefined,
      'finance/churn/build.yaml': undefined,
      'finance/churn/metrics.sql': undefined,
      'marketing/churn/churn.odps.yaml': productText('churn', 'marketing'),
    }),
    refusals('fred', {
      'finance/churn/churn.odps.yaml': undefined,
      'finance/churn/build.yaml': undefined,
      'finance/churn/metrics.sql': undefined,
      'marketing/churn/churn.odps.yaml': productText('churn', 'marketing'),
    }),
    refusals('mia', { 'finance/lure/lure.odps.yaml': productText('lure', 'finance') }),
  ]).toMatchInlineSnapshot(`
    [
      [
        "change build finance/churn: it belongs to finance, of which mia is no member",
      ],
      [
        "change contract finance/metrics 1.1.0: it belongs to finance, of which mia is no member",
      ],
      [
        "remove product finance/churn: it belongs to finance, of which mia is no member",
        "remove build finance/churn: it belongs to finance, of which mia is no member",
      ],
      [
        "change product marketing/churn: it belongs to finance, of which mia is no member",
        "remove build finance/churn: it belongs to finance, of which mia is no member",
      ],
      [
        "change product marketing/churn: it belongs to marketing, of which fred is no member",
      ],
      [
        "create product finance/lure: it belongs to finance, of which mia is no member",
      ],
    ]
  `);
});

test("another domain's contract id is taken in every major, served or not", () => {
  expect([
    refusals('mia', { 'marketing/spend/two.odcs.yaml': contractText('metrics', 'metrics', '2.0.0') }),
    refusals('mia', { 'finance/churn/metrics.odcs.yaml': undefined, 'marketing/spend/metrics.odcs.yaml': contractText('metrics') }, orphan),
    refusals('mia', { 'finance/churn/metrics.odcs.yaml': undefined }, orphan),
    refusals('mia', { 'marketing/spend/two.odcs.yaml': contractText('metrics', 'metrics', '2.0.0') }, orphan),
  ]).toMatchInlineSnapshot(`
    [
      [
        "create contract marketing/metrics 2.0.0: it belongs to finance, of which mia is no member",
      ],
      [
        "change contract marketing/metrics 1.0.0: it belongs to finance, of which mia is no member",
      ],
      [
        "remove contract finance/metrics 1.0.0: it belongs to finance, of which mia is no member",
      ],
      [
        "create contract marketing/metrics 2.0.0: it belongs to finance, of which mia is no member",
      ],
    ]
  `);
});

test('members do not make themselves owners, nor strangers members', () => {
  expect([
    refusals('fred', { 'finance/domain.yaml': 'name: finance\nowner: fred\n' }),
    refusals('mia', { 'finance/domain.yaml': 'name: finance\nowner: femi\nmembers:\n  - {username: mia, role: analyst}\n' }),
    refusals(
      'mia',
      {
        'finance/domain.yaml': undefined,
        'finance/churn/churn.odps.yaml': undefined,
        'finance/churn/metrics.odcs.yaml': undefined,
        'finance/churn/build.yaml': undefined,
        'finance/churn/metrics.sql': undefined,
        'agreements/a1.oaas.yaml': undefined,
        'agreements/a2.oaas.yaml': undefined,
      },
      smallTexts,
      ['finance'],
    ),
    refusals('mia', { 'lab/domain.yaml': 'name: lab\nowner: nora\nmembers:\n  - {username: mia, role: owner}\n' }),
  ]).toMatchInlineSnapshot(`
    [
      [
        "change domain finance: it says who belongs to finance, which only its owner or stewards change, and fred is none of them",
      ],
      [
        "change domain finance: it says who belongs to finance, which only its owner or stewards change, and mia is none of them",
      ],
      [
        "remove domain finance: it says who belongs to finance, which only its owner or stewards change, and mia is none of them",
        "remove product finance/churn: it belongs to finance, of which mia is no member",
        "remove contract finance/metrics 1.0.0: it belongs to finance, of which mia is no member",
        "remove build finance/churn: it belongs to finance, of which mia is no member",
        "remove agreement a1: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
        "remove agreement a2: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
      ],
      [
        "create domain lab: a new domain is applied by its owner, and lab names another",
      ],
    ]
  `);
});

test('what a role gives, and who gives it, only owner and stewards change; a member adds roles that they must still give', () => {
  const roles = (written: string, columns = contractText('metrics')) => ({
    'finance/churn/metrics.odcs.yaml': columns.replace(/roles:[\s\S]*/, `roles:\n${written}`),
  });
  const masked = '  - role: eu\n    customProperties: [{property: restriction, value: {columns: {customer: drop}, rows: amount > 1}}]\n  - role: full\n';
  const swapped = contractText('metrics')
    .replace('name: customer', 'name: other')
    .replace('name: amount', 'name: customer')
    .replace('name: other', 'name: amount');
  const longer = contractText('metrics').replace('roles:', '      - {id: phone, name: phone, logicalType: string}\nroles:');
  const base = { ...smallTexts, ...roles(masked) };
  const plain = {
    ...smallTexts,
    'finance/churn/metrics.odcs.yaml': contractText('metrics')
      .replace('logicalType: string}', 'logicalType: string, classification: pii}')
      .replace(/roles:[\s\S]*/, ''),
    'agreements/a1.oaas.yaml': undefined,
    'agreements/a2.oaas.yaml': undefined,
  };
  const changes: Readonly<Record<string, readonly [Texts, Texts]>> = {
    'restricts less': [roles('  - role: eu\n  - role: full\n'), base],
    'keeps other rows': [roles(masked.replace('amount > 1', 'amount > 0')), base],
    'is removed': [roles(masked.replace('  - role: full\n', '')), base],
    'names move to other columns': [roles(masked, swapped), base],
    approvers: [roles(`${masked}    firstLevelApprovers: fred\n`), base],
    standing: [roles(`${masked}    customProperties: [{property: approval, value: standing}]\n`), base],
    'new and standing': [roles(`${masked}  - role: all\n    customProperties: [{property: approval, value: standing}]\n`), base],
    'new with own approvers': [{ 'finance/churn/new.odcs.yaml': contractText('new').replace('role: eu', 'role: eu\n    firstLevelApprovers: fred') }, base],
    'classified lower': [{ 'finance/churn/metrics.odcs.yaml': plain['finance/churn/metrics.odcs.yaml']?.replace(', classification: pii', '') }, plain],
    'new, to be given by them': [roles(`${masked}  - role: all\n`), base],
    'said in another order': [roles(masked.replace(/( {2}- role: eu[\s\S]*)( {2}- role: full\n)/, '$2$1')), base],
    'masks a column that is new': [roles(masked.replace('customer: drop', 'customer: drop, phone: drop'), longer), base],
  };
  const told = (username: string) =>
    Object.fromEntries(Object.entries(changes).map(([name, [edits, before]]) => [name, refusals(username, edits, before).join()]));
  expect(new Set(Object.values(told('femi')))).toEqual(new Set(['']));
  expect(new Set(Object.values(told('stella')))).toEqual(new Set(['']));
  expect(told('fred')).toMatchInlineSnapshot(`
    {
      "approvers": "change contract finance/metrics 1.0.0: it changes what the role full gives, which only finance's owner or stewards do, and fred is none of them",
      "classified lower": "change contract finance/metrics 1.0.0: it changes what the role plain gives, which only finance's owner or stewards do, and fred is none of them",
      "is removed": "change contract finance/metrics 1.0.0: it changes what the role full gives, which only finance's owner or stewards do, and fred is none of them",
      "keeps other rows": "change contract finance/metrics 1.0.0: it changes what the role eu gives, which only finance's owner or stewards do, and fred is none of them",
      "masks a column that is new": "",
      "names move to other columns": "change contract finance/metrics 1.0.0: it changes what the role eu gives, which only finance's owner or stewards do, and fred is none of them",
      "new and standing": "change contract finance/metrics 1.0.0: it lets the role all be given without them, which only finance's owner or stewards do, and fred is none of them",
      "new with own approvers": "create contract finance/new 1.0.0: it lets the role eu be given without them, which only finance's owner or stewards do, and fred is none of them",
      "new, to be given by them": "",
      "restricts less": "change contract finance/metrics 1.0.0: it changes what the role eu gives, which only finance's owner or stewards do, and fred is none of them",
      "said in another order": "",
      "standing": "change contract finance/metrics 1.0.0: it changes what the role full gives, which only finance's owner or stewards do, and fred is none of them",
    }
  `);
});

test('what an agreement in force gives is taken away by the provider alone', () => {
  const without: Texts = {
    'finance/churn/churn.odps.yaml': undefined,
    'finance/churn/build.yaml': undefined,
    'finance/churn/metrics.sql': undefined,
    'finance/churn/metrics.odcs.yaml': undefined,
  };
  const closed = { 'finance/churn/churn.odps.yaml': productText('churn', 'finance') };
  const renamed = { 'finance/churn/churn.odps.yaml': smallTexts['finance/churn/churn.odps.yaml']?.replace('name: metrics', 'name: other') };
  const asked = { ...smallTexts, 'agreements/a1.oaas.yaml': agreementText({ status: 'requested' }), 'agreements/a2.oaas.yaml': undefined };
  expect([
    refusals('fred', without),
    refusals('fred', { 'finance/churn/metrics.odcs.yaml': undefined }),
    refusals('fred', closed),
    refusals('fred', renamed),
    refusals('fred', closed, asked),
    refusals('femi', without),
  ]).toMatchInlineSnapshot(`
    [
      [
        "remove product finance/churn: it takes away finance.metrics, which agreement a1 gives: only finance's owner or stewards end that, and fred is none of them",
      ],
      [
        "remove contract finance/metrics 1.0.0: it takes away finance.metrics, which agreement a1 gives: only finance's owner or stewards end that, and fred is none of them",
      ],
      [
        "change product finance/churn: it takes away finance.metrics, which agreement a1 gives: only finance's owner or stewards end that, and fred is none of them",
      ],
      [
        "change product finance/churn: it takes away finance.metrics, which agreement a1 gives: only finance's owner or stewards end that, and fred is none of them",
      ],
      [],
      [],
    ]
  `);
});

test('the name of a domain that ended opens nothing that was given to it', () => {
  const ended = {
    ...smallTexts,
    'marketing/domain.yaml': undefined,
    'marketing/spend/spend.odps.yaml': undefined,
    'marketing/spend/spend.odcs.yaml': undefined,
    'marketing/spend/spend.sql': undefined,
    'agreements/a2.oaas.yaml': undefined,
  };
  expect(refusals('eve', { 'marketing/domain.yaml': 'name: marketing\nowner: eve\n' }, ended)).toMatchInlineSnapshot(`
    [
      "create domain marketing: documents of an earlier domain marketing are still there, so only the operator applies it",
    ]
  `);
});

test('agreements in force are brought by the provider, and not by who asked', () => {
  const asked = { ...smallTexts, 'agreements/a1.oaas.yaml': agreementText({ status: 'requested' }) };
  const askedByStella = { ...smallTexts, 'agreements/a1.oaas.yaml': agreementText({ status: 'requested', requestedBy: 'stella' }) };
  const approvedForStella = { ...smallTexts, 'agreements/a1.oaas.yaml': agreementText({ requestedBy: 'stella' }) };
  const forged = agreementText({ id: 'a3', role: 'full' });
  expect([
    refusals('mia', { 'agreements/a3.oaas.yaml': forged }),
    refusals('fred', { 'agreements/a3.oaas.yaml': forged }),
    refusals('mia', { 'agreements/a1.oaas.yaml': agreementText({ role: 'full' }) }),
    refusals('mia', { 'agreements/a1.oaas.yaml': agreementText() }, asked),
    refusals('stella', { 'agreements/a1.oaas.yaml': agreementText({ requestedBy: 'stella' }) }, askedByStella),
    refusals('stella', { 'agreements/a1.oaas.yaml': agreementText({ requestedBy: 'stella', role: 'full' }) }, approvedForStella),
    refusals('mia', { 'agreements/a3.oaas.yaml': agreementText({ id: 'a3', status: 'requested', requestedBy: 'stella' }) }),
    refusals('mia', { 'agreements/a3.oaas.yaml': agreementText({ id: 'a3', product: 'ghost' }) }),
  ]).toMatchInlineSnapshot(`
    [
      [
        "create agreement a3: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
      ],
      [
        "create agreement a3: an agreement in force is brought by finance's owner or stewards, and fred is none of them",
      ],
      [
        "change agreement a1: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
      ],
      [
        "change agreement a1: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
      ],
      [
        "change agreement a1: stella asked for it, so somebody else approves it",
      ],
      [
        "change agreement a1: stella asked for it, so somebody else approves it",
      ],
      [
        "create agreement a3: an agreement in force is brought by finance's owner or stewards, and mia is none of them",
      ],
      [
        "create agreement a3: the product ghost, which it opens, is not there",
      ],
    ]
  `);
  expect(refusals('mia', { 'agreements/a3.oaas.yaml': agreementText({ id: 'a3', status: 'requested' }) })).toEqual([]);
  expect(refusals('femi', { 'agreements/a1.oaas.yaml': agreementText() }, asked)).toEqual([]);
  expect(refusals('stella', { 'agreements/a1.oaas.yaml': `${agreementText({ requestedBy: 'stella' })}# a comment\n` }, approvedForStella)).toEqual([]);
});

test('products, guests and nobody else than people and the operator apply plans', () => {
  const plan = planOf(smallTexts, { ...smallTexts, 'finance/domain.yaml': 'name: finance\nowner: femi\n' });
  const mesh = meshOf(documentsOf(smallTexts));
  const why = (principal: Principal) =>
    whyNotApply(mesh, principal, plan)
      .map((refusal) => refusal.why)
      .join();
  expect(why({ kind: 'product', productId: 'churn', domain: 'finance' })).toBe('only people apply plans');
  expect(why({ kind: 'guest' })).toBe('only people apply plans');
  expect(why({ kind: 'operator', username: 'root' })).toBe('');
});
