import { expect, test } from 'vitest';
import { lines } from '../../../../test/fixtures/read-document.ts';
import { agreementText, contractText, filesOf, productText, smallTexts, type Texts } from '../../../../test/fixtures/small-mesh.ts';
import { parseTree } from './parse-tree.ts';

/** The documents of a tree, and what is wrong with it. */
function parsed(edits: Texts, base: Texts = smallTexts) {
  const { documents, findings } = parseTree(filesOf({ ...base, ...edits }));
  return {
    documents: documents.map(({ kind, id, ref, path, body }) => `${kind} ${id}: ${ref} of ${String(body['domain'])} in ${path}`),
    findings: lines(findings),
  };
}

/** What edits change in a tree that has nothing wrong with it. */
function changed(edits: Texts) {
  const [before, after] = [parsed({}), parsed(edits)];
  expect(before.findings).toEqual([]);
  return {
    gone: before.documents.filter((one) => !after.documents.includes(one)),
    come: after.documents.filter((one) => !before.documents.includes(one)),
    findings: after.findings,
  };
}

test('every file is one document, and a folder with SQL or build.yaml is its product’s build', () => {
  expect(parsed({}).documents).toMatchInlineSnapshot(`
    [
      "domain finance: finance of finance in finance/domain.yaml",
      "domain marketing: marketing of marketing in marketing/domain.yaml",
      "product churn: finance/churn of finance in finance/churn/churn.odps.yaml",
      "product spend: marketing/spend of marketing in marketing/spend/spend.odps.yaml",
      "contract metrics@1: finance/metrics 1.0.0 of finance in finance/churn/metrics.odcs.yaml",
      "contract spend@1: marketing/spend 1.0.0 of marketing in marketing/spend/spend.odcs.yaml",
      "build churn: finance/churn of finance in finance/churn/build.yaml",
      "build spend: marketing/spend of marketing in marketing/spend/build.yaml",
      "agreement a1: a1 of finance in agreements/a1.oaas.yaml",
      "agreement a2: a2 of finance in agreements/a2.oaas.yaml",
    ]
  `);
});

test('a build is the folder of its product: other SQL beside it, without build.yaml, or none', () => {
  const { documents } = parseTree(
    filesOf({
      ...smallTexts,
      'finance/churn/metrics__v1.sql': 'select 1',
      'finance/churn/note.policy.sql': 'select 2',
      'finance/rules/audit.policy.sql': 'select 3',
      'loose.sql': 'select 4',
      'finance/churn/deep/more.sql': 'select 5',
    }),
  );
  const builds = documents.filter(({ kind }) => kind === 'build').map(({ id, body }) => [id, body['value']]);
  expect(Object.fromEntries(builds)).toMatchInlineSnapshot(`
    {
      "churn": {
        "file": {
          "objects": {},
          "sources": {
            "rows": {
              "file": "rows.csv",
              "kind": "file",
            },
          },
        },
        "productId": "churn",
        "statements": [
          {
            "object": "metrics",
            "path": "finance/churn/metrics.sql",
            "sql": "select * from source.rows",
          },
          {
            "object": "metrics__v1",
            "path": "finance/churn/metrics__v1.sql",
            "sql": "select 1",
          },
        ],
      },
      "spend": {
        "file": {
          "objects": {},
          "sources": {},
        },
        "productId": "spend",
        "statements": [
          {
            "object": "spend",
            "path": "marketing/spend/spend.sql",
            "sql": "select customer, amount from finance.metrics",
          },
        ],
      },
    }
  `);
});

test('a build belongs to one product', () => {
  expect([
    changed({ 'finance/churn/second.odps.yaml': productText('second', 'finance') }).findings,
    changed({ 'finance/churn/churn.odps.yaml': undefined }).findings,
    changed({ 'finance/stray/stray.sql': 'select 1' }).findings,
    changed({ 'finance/second.odps.yaml': productText('second', 'finance'), 'finance/third.odps.yaml': productText('third', 'finance') }).findings,
  ]).toMatchInlineSnapshot(`
    [
      [
        "finance/churn/build.yaml:1:1 error tree.product: the folder holds more than one product, so nobody can tell whose build this is. Keep each product, with its contracts and its build, in a folder of its own.",
      ],
      [
        "finance/churn/build.yaml:1:1 error tree.product: the folder has a build and no product (*.odps.yaml) without errors. Keep each product, with its contracts and its build, in a folder of its own.",
      ],
      [
        "finance/stray/stray.sql:1:1 error tree.product: the folder has a build and no product (*.odps.yaml) without errors. Keep each product, with its contracts and its build, in a folder of its own.",
      ],
      [],
    ]
  `);
});

test('products and contracts lie in their domain’s folder, wherever that is', () => {
  expect([
    changed({ 'finance/churn/churn.odps.yaml': productText('churn', 'marketing') }).findings,
    changed({ 'shared/extra.odps.yaml': productText('extra', 'finance') }).findings,
    changed({ 'shared/extra.odcs.yaml': contractText('extra') }).findings,
  ]).toMatchInlineSnapshot(`
    [
      [
        "finance/churn/churn.odps.yaml:1:1 error tree.place: the product churn names the domain marketing, and lies in the folder of finance. Put it below marketing, where marketing's domain.yaml is.",
      ],
      [
        "shared/extra.odps.yaml:1:1 error tree.place: the product extra lies in no domain's folder. Put it below finance, where finance's domain.yaml is.",
      ],
      [
        "shared/extra.odcs.yaml:1:1 error tree.place: the contract extra lies in no domain's folder. Put it beside the product that serves it.",
      ],
    ]
  `);
  const moved = Object.fromEntries(Object.entries(smallTexts).map(([path, text]) => [path.replace('finance/', 'teams/money/finance/'), text]));
  expect(parsed({}, moved).findings).toEqual([]);
});

test('a folder within another domain’s folder is the nearer one’s', () => {
  const { come, findings } = changed({
    'finance/lab/domain.yaml': 'name: lab\nowner: lea\n',
    'finance/lab/trial/trial.odps.yaml': productText('trial', 'lab'),
    'finance/lab/trial/trial.odcs.yaml': contractText('trial'),
  });
  expect(findings).toEqual([]);
  expect(come).toMatchInlineSnapshot(`
    [
      "domain lab: lab of lab in finance/lab/domain.yaml",
      "product trial: lab/trial of lab in finance/lab/trial/trial.odps.yaml",
      "contract trial@1: lab/trial 1.0.0 of lab in finance/lab/trial/trial.odcs.yaml",
    ]
  `);
});

test('a repository that is one domain', () => {
  const root = { 'domain.yaml': 'name: finance\nowner: femi\n', 'churn.odps.yaml': productText('churn', 'finance'), 'metrics.sql': 'select 1' };
  expect(parsed({}, root).documents.at(-1)).toBe('build churn: finance/churn of finance in build.yaml');
  const alone = {
    'domain.yaml': 'name: finance\nowner: femi\n',
    'churn/churn.odps.yaml': productText('churn', 'finance'),
    'churn/metrics.odcs.yaml': contractText('metrics'),
  };
  expect(parsed({}, alone)).toMatchInlineSnapshot(`
    {
      "documents": [
        "domain finance: finance of finance in domain.yaml",
        "product churn: finance/churn of finance in churn/churn.odps.yaml",
        "contract metrics@1: finance/metrics 1.0.0 of finance in churn/metrics.odcs.yaml",
      ],
      "findings": [],
    }
  `);
});

test('an agreement is its provider’s, wherever it lies', () => {
  expect(changed({ 'marketing/agreements/a3.oaas.yaml': agreementText({ id: 'a3' }) }).come).toEqual([
    'agreement a3: a3 of finance in marketing/agreements/a3.oaas.yaml',
  ]);
});

test('a file with errors is left out, and only it', () => {
  const { gone, come, findings } = changed({ 'finance/churn/metrics.odcs.yaml': 'kind: [', 'agreements/a1.oaas.yaml': agreementText({ status: 'perhaps' }) });
  expect(gone).toEqual([
    'contract metrics@1: finance/metrics 1.0.0 of finance in finance/churn/metrics.odcs.yaml',
    'agreement a1: a1 of finance in agreements/a1.oaas.yaml',
  ]);
  expect(come).toEqual([]);
  expect(findings.map((finding) => finding.split(' error ')[0])).toEqual(
    expect.arrayContaining(['finance/churn/metrics.odcs.yaml:1:8', 'agreements/a1.oaas.yaml:4:9']),
  );
});

test('two files that state the same document', () => {
  expect([
    changed({ 'finance/other/metrics.odcs.yaml': contractText('metrics', 'metrics', '1.9.0') }).findings,
    changed({ 'agreements/b.oaas.yaml': agreementText() }).findings,
    changed({ 'money/domain.yaml': 'name: finance\nowner: mia\n' }).findings,
  ]).toMatchInlineSnapshot(`
    [
      [
        "finance/other/metrics.odcs.yaml:1:1 error tree.duplicate: contract metrics@1 stands in finance/churn/metrics.odcs.yaml too. Give each its own id, or remove one; two majors of a contract differ in version.",
      ],
      [
        "agreements/b.oaas.yaml:1:1 error tree.duplicate: agreement a1 stands in agreements/a1.oaas.yaml too. Give each its own id, or remove one; two majors of a contract differ in version.",
      ],
      [
        "money/domain.yaml:1:1 error tree.duplicate: domain finance stands in finance/domain.yaml too. Give each its own id, or remove one; two majors of a contract differ in version.",
      ],
    ]
  `);
  expect(changed({ 'finance/churn/two.odcs.yaml': contractText('metrics', 'metrics', '2.0.0') }).findings).toEqual([]);
});
