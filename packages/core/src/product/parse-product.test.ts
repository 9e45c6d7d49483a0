import { expect, test } from 'vitest';
import { examplesIn, lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import { parseProduct } from './parse-product.ts';

const HEAD = 'apiVersion: v1.1.0\nkind: DataProduct\nid: p\n';

test('an example of the standard becomes a product', () => {
  const text = examplesIn('odps/examples').find(({ name }) => name === 'customer-data-product.odps.yaml')?.text ?? '';
  const { product } = parseProduct(readDocument(text));
  expect({ ...product, inputPorts: product?.inputPorts.length }).toMatchInlineSnapshot(`
    {
      "domain": "seller",
      "id": "fbe8d147-28db-4f1d-bedf-a3fe9f458427",
      "inputPorts": 4,
      "name": "customer-data-product",
      "outputPorts": [
        {
          "contractId": "c2798941-1b7e-4b03-9e0d-955b1a872b32",
          "deprecated": false,
          "description": "Raw Transactions",
          "name": "rawtransactions",
          "version": "1.0.0",
        },
        {
          "contractId": "c2798941-1b7e-4b03-9e0d-955b1a872b33",
          "deprecated": false,
          "description": "Raw Transactions",
          "name": "rawtransactions",
          "version": "2.0.0",
        },
        {
          "contractId": "a44978be-1fe0-4226-b840-1b715bc25c63",
          "deprecated": false,
          "description": "Consolidated transactions",
          "name": "consolidatedtransactions",
          "version": "1.0.0",
        },
        {
          "contractId": "ef769969-0cbe-4188-876f-bb00abadaee4",
          "deprecated": false,
          "description": "Full transactions with returns",
          "name": "fulltransactionswithreturns",
          "version": "0.3.0",
        },
      ],
      "purpose": "Enterprise view of a customer.",
      "status": "draft",
      "tags": [
        "customer",
      ],
      "team": [
        {
          "role": "owner",
          "username": "john.doe@retailcorp.com",
        },
        {
          "role": "data steward",
          "username": "jane.smith@retailcorp.com",
        },
      ],
    }
  `);
});

test('a list of members, as v0.9 has it, is a team', () => {
  const { product } = parseProduct(
    readDocument('apiVersion: v0.9.0\nkind: DataProduct\nid: p\nstatus: active\ndomain: d\nteam:\n  - {username: ann, role: owner}\n'),
  );
  expect(product?.team).toEqual([{ username: 'ann', role: 'owner' }]);
});

test('the folder gives the domain that the document does not name', () => {
  expect(parseProduct(readDocument(HEAD), 'finance').product?.domain).toBe('finance');
  expect(parseProduct(readDocument(`${HEAD}domain: sales\n`), 'finance').product?.domain).toBe('sales');
});

test('a deprecated product has deprecated ports', () => {
  const { product } = parseProduct(readDocument(`${HEAD}deprecated: true\noutputPorts:\n  - {name: a, contractId: c}\n`), 'd');
  expect(product?.outputPorts).toEqual([{ name: 'a', version: '1.0.0', contractId: 'c', deprecated: true }]);
});

test('what the schema of the standard cannot say', () => {
  const { product, findings } = parseProduct(
    readDocument(`${HEAD}name: "!!"
inputPorts:
  - name: nothing
outputPorts:
  - {name: a, version: 1.0.0, contractId: c}
  - {name: a, version: 1.2.0, contractId: c}
  - {name: a, version: 2.0.0}
  - {name: a__v3, version: 3.0.0, contractId: c}
  - {name: two words, version: 1.0.0, contractId: c}
`),
  );
  expect(product).toBeUndefined();
  expect(lines(findings)).toMatchInlineSnapshot(`
    [
      "a.yaml:1:1 error product.domain: the product names no domain. Write \`domain: <name>\`, or put a domain.yaml into a folder above it.",
      "a.yaml:4:7 error product.name: the product has no name that can be its address. Write \`name:\` with a letter in it, as \`churn\`.",
      "a.yaml:6:5 error product.port: the input port \`nothing\` names no contract. Add \`contractId:\` with the id of the contract that promises what is read.",
      "a.yaml:9:24 error product.port: the output port \`a\` stands twice with the major version 1. Keep one: the same name is served once for each major version.",
      "a.yaml:10:5 warning product.port: the output port \`a\` has no contract, so nothing is served there. Add \`contractId:\` with the id of an ODCS document.",
      "a.yaml:11:12 error product.name: the output port name \`a__v3\` cannot be part of an address. Use letters, digits, \`_\` and \`-\`, beginning with a letter and without \`__\`.",
      "a.yaml:12:12 error product.name: the output port name \`two words\` cannot be part of an address. Use letters, digits, \`_\` and \`-\`, beginning with a letter and without \`__\`.",
    ]
  `);
});
