import { expect, test } from 'vitest';
import { parseAgreement } from '../agreement/parse-agreement.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { parseBuild } from '../product/parse-build.ts';
import { parseDomain } from '../product/parse-domain.ts';
import { parseProduct } from '../product/parse-product.ts';
import { checkMesh, type MeshDocuments } from './check-mesh.ts';
import type { Placed } from './placed.ts';
import { lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import type { SourceDocument } from './source-document.ts';

const contract = (id: string, object: string, version = '1.0.0'): string => `apiVersion: v3.2.0
kind: DataContract
id: ${id}
version: ${version}
schema:
  - name: ${object}
    properties:
      - {name: amount, logicalType: number}
roles:
  - role: eu
  - role: full
`;

const product = (id: string, domain: string, ports: string): string =>
  `apiVersion: v1.1.0\nkind: DataProduct\nid: ${id}\nname: ${id}\ndomain: ${domain}\n${ports}`;

const agreement = (consumer: string): string => `apiVersion: v0.9.0
kind: AccessAgreement
id: a1
status: approved
description: {purpose: Look.}
endTimestamp: 2030-12-31
provider: {teamId: finance, dataProductId: churn, outputPortId: metrics, dataContractVersion: 1.0.0}
consumer: ${consumer}
roles:
  - role: eu
`;

const files: Readonly<Record<string, string>> = {
  'finance/domain.yaml': 'name: finance\nowner: ann\n',
  'marketing/domain.yaml': 'name: marketing\nowner: bob\n',
  'finance/churn/churn.odps.yaml': product('churn', 'finance', 'outputPorts:\n  - {name: metrics, version: 1.0.0, contractId: metrics-contract}\n'),
  'finance/churn/metrics.odcs.yaml': contract('metrics-contract', 'metrics'),
  'finance/churn/build.yaml': 'objects: {metrics: {mode: full}, metrics__v2: {external: true}}\n',
  'marketing/spend/spend.odps.yaml': product('spend', 'marketing', 'inputPorts:\n  - {name: churn, version: 1.0.0, contractId: metrics-contract}\n'),
  'agreements/a1.oaas.yaml': agreement('{teamId: marketing, dataProductId: spend}'),
};

function placed<T>(source: SourceDocument, item: T | undefined): readonly Placed<T>[] {
  if (item === undefined) throw new Error(`${source.file} was not parsed`);
  return [{ item, source }];
}

function check(changes: Readonly<Record<string, string | undefined>> = {}, elsewhere: Partial<MeshDocuments> = {}): readonly string[] {
  const sources = Object.entries({ ...files, ...changes }).flatMap(([file, text]) => (text === undefined ? [] : [readDocument(text, file)]));
  const ending = (end: string) => sources.filter(({ file }) => file.endsWith(end));
  return lines(
    checkMesh({
      domains: [...(elsewhere.domains ?? []), ...ending('domain.yaml').flatMap((source) => placed(source, parseDomain(source).domain))],
      products: [...(elsewhere.products ?? []), ...ending('.odps.yaml').flatMap((source) => placed(source, parseProduct(source).product))],
      contracts: [...(elsewhere.contracts ?? []), ...ending('.odcs.yaml').flatMap((source) => placed(source, parseContract(source).contract))],
      agreements: [...(elsewhere.agreements ?? []), ...ending('.oaas.yaml').flatMap((source) => placed(source, parseAgreement(source).agreement))],
      builds: ending('build.yaml').flatMap((source) => placed(source, { productId: 'churn', file: parseBuild(source).build ?? { sources: {}, objects: {} } })),
    }),
  );
}

test('a mesh that fits together has no findings', () => {
  expect(check()).toEqual([]);
});

test('an agreement with the domain opens the input port of its products', () => {
  expect(check({ 'agreements/a1.oaas.yaml': agreement('{teamId: marketing}') })).toEqual([]);
});

test('an input port without an agreement says what to request', () => {
  expect(check({ 'agreements/a1.oaas.yaml': undefined })).toMatchInlineSnapshot(`
    [
      "marketing/spend/spend.odps.yaml:7:5 warning mesh.input: input port \`churn\` reads finance/churn:metrics, and no active agreement opens it to marketing/spend. Request one of its roles (eu, full): hanse access request finance/churn:metrics --for marketing/spend --role <role> --purpose <why> --until <date>.",
    ]
  `);
  expect(check({ 'agreements/a1.oaas.yaml': agreement('{teamId: marketing, userId: mia}') })).toHaveLength(1);
  expect(check({ 'agreements/a1.oaas.yaml': agreement('{teamId: marketing}').replace('approved', 'requested') })).toHaveLength(1);
});

test('products of the same domain need no agreement', () => {
  const spend = product('spend', 'finance', 'inputPorts:\n  - {name: churn, version: 1.0.0, contractId: metrics-contract}\n');
  expect(check({ 'agreements/a1.oaas.yaml': undefined, 'marketing/spend/spend.odps.yaml': spend })).toEqual([]);
});

test('ports, contracts, agreements and builds that point to nothing', () => {
  const churn = files['finance/churn/churn.odps.yaml'] ?? '';
  const spend = files['marketing/spend/spend.odps.yaml'] ?? '';
  const cases = [
    { 'finance/churn/churn.odps.yaml': churn.replace('metrics-contract', 'metric-contract'), 'agreements/a1.oaas.yaml': undefined },
    { 'finance/churn/churn.odps.yaml': churn.replace('version: 1.0.0', 'version: 2.0.0') },
    { 'finance/churn/churn.odps.yaml': churn.replace('domain: finance', 'domain: finanec'), 'finance/churn/build.yaml': undefined },
    { 'marketing/spend/spend.odps.yaml': spend.replace('metrics-contract', 'elsewhere') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: marketing, dataProductId: spend}').replace('role: eu', 'role: ue') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: marketing}').replace('dataProductId: churn', 'dataProductId: finance/churn') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: marketing}').replace('outputPortId: metrics', 'outputPortId: metric') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: marketing}').replace('dataContractVersion: 1', 'dataContractVersion: 3') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: finance, dataProductId: spend}') },
    { 'agreements/a1.oaas.yaml': agreement('{teamId: marketting}') },
    { 'finance/churn/build.yaml': 'objects: {metric: {mode: full}}\n' },
  ];
  expect(cases.map((changes) => check(changes))).toMatchInlineSnapshot(`
    [
      [
        "finance/churn/churn.odps.yaml:7:49 error mesh.contract: output port \`metrics\` names the contract \`metric-contract\`, which is not there. Did you mean \`metrics-contract\`?",
        "marketing/spend/spend.odps.yaml:7:47 warning mesh.contract: input port \`churn\` reads the contract \`metrics-contract\` 1.0.0, which no output port serves. Read what is served, or let a product serve it.",
      ],
      [
        "finance/churn/churn.odps.yaml:7:49 error mesh.contract: output port \`metrics\` has version 2.0.0, and the contract \`metrics-contract\` has no version with that major: 1.0.0. Write a version of major 1, or add the contract of the other major.",
        "marketing/spend/spend.odps.yaml:7:47 warning mesh.contract: input port \`churn\` reads the contract \`metrics-contract\` 1.0.0, which no output port serves. Read what is served, or let a product serve it.",
        "agreements/a1.oaas.yaml:7:11 error mesh.agreement: finance/churn:metrics has no version of major 1: 2.0.0. Name a version that is served.",
      ],
      [
        "finance/churn/churn.odps.yaml:5:9 error mesh.domain: there is no domain \`finanec\`. Did you mean \`finance\`?",
      ],
      [
        "marketing/spend/spend.odps.yaml:7:47 warning mesh.contract: input port \`churn\` names the contract \`elsewhere\`, which is not there. Add the ODCS document that has this id, as a file *.odcs.yaml.",
      ],
      [
        "agreements/a1.oaas.yaml:10:11 error mesh.agreement: the contract of finance/churn:metrics offers no role \`ue\`. Did you mean \`eu\`?",
      ],
      [
        "marketing/spend/spend.odps.yaml:7:5 warning mesh.input: input port \`churn\` reads finance/churn:metrics, and no active agreement opens it to marketing/spend. Request one of its roles (eu, full): hanse access request finance/churn:metrics --for marketing/spend --role <role> --purpose <why> --until <date>.",
        "agreements/a1.oaas.yaml:7:11 warning mesh.agreement: there is no product with the id \`finance/churn\`. Write the product's id: \`churn\`.",
      ],
      [
        "marketing/spend/spend.odps.yaml:7:5 warning mesh.input: input port \`churn\` reads finance/churn:metrics, and no active agreement opens it to marketing/spend. Request one of its roles (eu, full): hanse access request finance/churn:metrics --for marketing/spend --role <role> --purpose <why> --until <date>.",
        "agreements/a1.oaas.yaml:7:11 error mesh.agreement: finance/churn has no output port \`metric\`. Did you mean \`metrics\`?",
      ],
      [
        "marketing/spend/spend.odps.yaml:7:5 warning mesh.input: input port \`churn\` reads finance/churn:metrics, and no active agreement opens it to marketing/spend. Request one of its roles (eu, full): hanse access request finance/churn:metrics --for marketing/spend --role <role> --purpose <why> --until <date>.",
        "agreements/a1.oaas.yaml:7:11 error mesh.agreement: finance/churn:metrics has no version of major 3: 1.0.0. Name a version that is served.",
      ],
      [
        "agreements/a1.oaas.yaml:8:11 error mesh.agreement: the product \`spend\` belongs to marketing, not to finance. Write marketing.",
      ],
      [
        "marketing/spend/spend.odps.yaml:7:5 warning mesh.input: input port \`churn\` reads finance/churn:metrics, and no active agreement opens it to marketing/spend. Request one of its roles (eu, full): hanse access request finance/churn:metrics --for marketing/spend --role <role> --purpose <why> --until <date>.",
        "agreements/a1.oaas.yaml:8:11 warning mesh.domain: there is no domain \`marketting\`. Did you mean \`marketing\`?",
      ],
      [
        "finance/churn/build.yaml:1:19 error mesh.build: no contract of finance/churn has the object \`metric\`. Did you mean \`metrics\`?",
      ],
    ]
  `);
});

test('two tables of the same name', () => {
  const other = {
    'finance/other/other.odps.yaml': product('other', 'finance', 'outputPorts:\n  - {name: other, version: 1.0.0, contractId: other-contract}\n'),
    'finance/other/other.odcs.yaml': contract('other-contract', 'Metrics'),
  };
  expect(check(other)).toMatchInlineSnapshot(`
    [
      "finance/other/other.odps.yaml:7:5 error mesh.table: the table \`finance.Metrics\` is served by finance/other:Metrics and by finance/churn:metrics. Rename the object in one of their contracts: a table name is unique in its domain.",
    ]
  `);
});

test('two documents of the same identity', () => {
  expect(
    check({
      'finance/churn/copy.odcs.yaml': contract('metrics-contract', 'metrics', '1.4.0'),
      'finance/twin/twin.odps.yaml': product('churn', 'finance', ''),
      'sales/domain.yaml': 'name: finance\nowner: eve\n',
    }),
  ).toMatchInlineSnapshot(`
    [
      "sales/domain.yaml:1:7 error mesh.duplicate: there already is a domain \`finance\`, in finance/domain.yaml. Give one of the two another.",
      "finance/twin/twin.odps.yaml:3:5 error mesh.duplicate: there already is a product with the id \`churn\`, in finance/churn/churn.odps.yaml. Give one of the two another.",
      "finance/twin/twin.odps.yaml:4:7 error mesh.duplicate: there already is a product \`finance/churn\`, in finance/churn/churn.odps.yaml. Give one of the two another.",
      "finance/churn/copy.odcs.yaml:3:5 error mesh.duplicate: there already is a contract (id and major version) \`metrics-contract@1\`, in finance/churn/metrics.odcs.yaml. Give one of the two another.",
      "marketing/spend/spend.odps.yaml:7:47 warning mesh.contract: input port \`churn\` reads the contract \`metrics-contract\` 1.0.0, which no output port serves. Read what is served, or let a product serve it.",
      "agreements/a1.oaas.yaml:7:11 error mesh.agreement: finance/churn has no output port \`metrics\`. It has .",
    ]
  `);
});

test('two major versions of one port are one table', () => {
  const ports =
    'outputPorts:\n  - {name: metrics, version: 1.0.0, contractId: metrics-contract}\n  - {name: metrics, version: 2.0.0, contractId: metrics-contract}\n';
  expect(
    check({
      'finance/churn/churn.odps.yaml': product('churn', 'finance', ports),
      'finance/churn/two.odcs.yaml': contract('metrics-contract', 'metrics', '2.0.0'),
    }),
  ).toEqual([]);
});

test('what is known from elsewhere counts, and is not checked itself', () => {
  const { domain } = parseDomain(readDocument('name: finance\nowner: ann\n'));
  if (domain === undefined) throw new Error('not parsed');
  expect(check({ 'finance/domain.yaml': undefined }, { domains: [{ item: domain }] })).toEqual([]);
});

test('a port serves contracts of its own domain only', () => {
  const foreign = check({ 'finance/churn/metrics.odcs.yaml': undefined }, { contracts: placedIn('marketing') });
  expect(foreign[0]).toMatchInlineSnapshot(
    `"finance/churn/churn.odps.yaml:7:49 error mesh.contract: output port \`metrics\` names the contract \`metrics-contract\`, which belongs to marketing. Give the port a contract of its own domain, with an id of its own."`,
  );
  expect(check({ 'finance/churn/metrics.odcs.yaml': undefined }, { contracts: placedIn('finance') })).toEqual([]);
});

function placedIn(domain: string): MeshDocuments['contracts'] {
  const parsed = parseContract(readDocument(contract('metrics-contract', 'metrics'))).contract;
  return parsed === undefined ? [] : [{ item: { ...parsed, domain } }];
}
