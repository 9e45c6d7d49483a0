import { expect, test } from 'vitest';
import { isDocumentName, mayBeDocument, meantName } from './document-name.ts';

const product = '# Ours\napiVersion: v1.1.0\nkind: DataProduct\n';
const contract = "apiVersion: v3.2.0\nkind: 'DataContract'\n";
const domain = 'name: sales\nowner: ann\n';
const build = 'sources:\n  orders: {file: orders.csv}\n';

test('a file that is meant for a document is told the name it should have', () => {
  const names = [
    ['sales/orders/product.yaml', product],
    ['sales/orders/orders.odsc.yaml', contract],
    ['sales/orders/orders.v2.yaml', contract],
    ['contract.yml', contract],
    ['contract.json', '{"kind": "DataContract"}'],
    ['orders.odcs', contract],
    ['agreements/a.oaas.yaml.yaml', 'kind: AccessAgreement'],
    ['sales/domain.yml', domain],
    ['sales/Domain.yaml', domain],
    ['sales/domian.yaml', domain],
    ['sales/orders/build.yml', build],
    ['sales/orders/builds.yaml', build],
    ['sales/orders/orders.SQL', ''],
  ] as const;
  expect(names.map(([path, head]) => `${path}: ${mayBeDocument(path) ? meantName(path, head) : 'not looked at'}`)).toMatchInlineSnapshot(`
    [
      "sales/orders/product.yaml: product.odps.yaml",
      "sales/orders/orders.odsc.yaml: orders.odcs.yaml",
      "sales/orders/orders.v2.yaml: orders.v2.odcs.yaml",
      "contract.yml: contract.odcs.yaml",
      "contract.json: contract.odcs.json",
      "orders.odcs: orders.odcs.yaml",
      "agreements/a.oaas.yaml.yaml: a.oaas.yaml",
      "sales/domain.yml: domain.yaml",
      "sales/Domain.yaml: domain.yaml",
      "sales/domian.yaml: domain.yaml",
      "sales/orders/build.yml: build.yaml",
      "sales/orders/builds.yaml: build.yaml",
      "sales/orders/orders.SQL: orders.sql",
    ]
  `);
});

test('other files of a repository are left alone', () => {
  const names = [
    ['docker-compose.yaml', 'services: {}\n'],
    ['.github/workflows/build.yml', 'name: build\non: push\njobs: {}\n'],
    ['mkdocs.yml', 'site_name: sales\n'],
    ['k8s/main.yaml', 'kind: Deployment\n'],
    ['notes.yaml', 'kind: __proto__\n'],
    ['package.json', '{"kind": "DataContract"}'],
    ['orders.csv', ''],
    ['README.md', product],
  ] as const;
  expect(names.filter(([path, head]) => mayBeDocument(path) && meantName(path, head) !== undefined)).toEqual([]);
});

test('what is read is not looked at again', () => {
  const read = ['hanse.yaml', 'sales/domain.yaml', 'sales/orders/build.yaml', 'a.odps.yml', 'a/b.odcs.json', 'c.oaas.yaml', 'a/b.sql'];
  expect(read.map((path) => [isDocumentName(path), mayBeDocument(path)])).toEqual(read.map(() => [true, false]));
});
