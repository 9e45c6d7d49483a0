import { expect, test } from 'vitest';
import { lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import { parseAgreement } from './parse-agreement.ts';

const ACCESS = `apiVersion: v0.9.0
kind: AccessAgreement
id: a1
status: approved
description:
  purpose: Train the churn prediction.
startTimestamp: 2026-07-01T00:00:00Z
endTimestamp: 2027-06-30
provider:
  teamId: sales
  dataProductId: orders
  outputPortId: lines
  dataContractVersion: 2.1.0
consumer:
  teamId: marketing
  dataProductId: churn
roles:
  - role: eu
customProperties:
  - {property: onward, value: aggregate}
  - {property: noticePeriod, value: P3M}
  - {property: answeredBy, value: ann}
  - {property: costCenter, value: MKT-4711}
`;

test('an agreement in the shape of the draft', () => {
  const { agreement, findings } = parseAgreement(readDocument(ACCESS));
  expect(findings).toEqual([]);
  expect(agreement).toMatchInlineSnapshot(`
    {
      "answeredBy": "ann",
      "consumer": {
        "domain": "marketing",
        "kind": "product",
        "productId": "churn",
      },
      "end": "2027-06-30T23:59:59.999Z",
      "id": "a1",
      "noticeDays": 90,
      "onward": "aggregate",
      "provider": {
        "major": 2,
        "port": "lines",
        "productId": "orders",
      },
      "purpose": "Train the churn prediction.",
      "requestedBy": "marketing",
      "role": "eu",
      "start": "2026-07-01T00:00:00.000Z",
      "status": "active",
    }
  `);
});

test('an agreement of one person', () => {
  const text = ACCESS.replace('dataProductId: churn', 'userId: mia');
  expect(parseAgreement(readDocument(text)).agreement?.consumer).toEqual({ kind: 'person', username: 'mia', domain: 'marketing' });
});

test('the whole domain is the consumer where nothing else is named', () => {
  expect(parseAgreement(readDocument(ACCESS.replace('  dataProductId: churn\n', ''))).agreement?.consumer).toEqual({ kind: 'domain', domain: 'marketing' });
});

test('an approved agreement that was revoked is revoked', () => {
  expect(parseAgreement(readDocument(`${ACCESS}  - {property: revoked, value: true}\n`)).agreement?.status).toBe('revoked');
});

test('mistakes in an agreement', () => {
  const cases = [
    ACCESS.replace('AccessAgreement', 'AcessAgreement'),
    ACCESS.replace('kind: AccessAgreement\n', ''),
    ACCESS.replace('v0.9.0', 'v1.0.0'),
    ACCESS.replace('status: approved', 'status: active'),
    ACCESS.replace('2027-06-30', '2026-06-30'),
    ACCESS.replace('2027-06-30', 'next year'),
    ACCESS.replace('endTimestamp: 2027-06-30\n', ''),
    ACCESS.replace('  dataContractVersion: 2.1.0\n', ''),
    ACCESS.replace('  - role: eu\n', '  - role: eu\n  - role: us\n'),
    ACCESS.replace('  teamId: marketing\n', '').replace('dataProductId: churn', 'userId: mia\n  dataProductId: churn'),
    ACCESS.replace('P3M', '3 months'),
    ACCESS.replace('value: aggregate', 'value: maybe'),
    ACCESS.replace('outputPortId', 'outputPort'),
  ];
  const results = cases.map((text) => parseAgreement(readDocument(text)));
  expect(results.every(({ agreement }) => agreement === undefined)).toBe(true);
  expect(results.map(({ findings }) => lines(findings).join('\n'))).toMatchInlineSnapshot(`
    [
      "a.yaml:2:7 error agreement.terms: \`AcessAgreement\` is no kind of agreement. Did you mean \`AccessAgreement\`?",
      "a.yaml:1:1 error agreement.terms: \`kind\` is missing. Write \`kind: AccessAgreement\`.",
      "a.yaml:1:13 error document.shape: apiVersion must be \`v0.9.0\`, not \`v1.0.0\`. Did you mean \`v0.9.0\`?",
      "a.yaml:4:9 error document.shape: status must be \`requested\`, \`approved\` or \`rejected\`, not \`active\`. Write one of them.",
      "a.yaml:8:15 error agreement.dates: the agreement ends (2026-06-30) before it starts (2026-07-01). Put the end after the start.",
      "a.yaml:8:15 error document.shape: endTimestamp is no date or time. Write 2026-01-31, or a time in UTC as 2026-01-31T10:00:00Z.",
      "a.yaml:1:1 error agreement.terms: the agreement has no end. Add \`endTimestamp: 2027-12-31\`; it can be renewed.",
      "a.yaml:10:3 error agreement.terms: the agreement does not say which version of the contract it is for. Add \`dataContractVersion: 1.0.0\` under \`provider\`; its major version counts.",
      "a.yaml:18:3 error agreement.terms: the agreement names several roles. Write \`roles: [{role: <one of the contract's roles>}]\`; another role is another agreement.",
      "a.yaml:15:3 error agreement.terms: the agreement does not name the consumer's domain. Add \`teamId: <domain>\` under \`consumer\`.
    a.yaml:15:3 error agreement.terms: the agreement is for a product and for a person at once. Keep \`dataProductId\` or \`userId\`; the other is another agreement.",
      "a.yaml:21:37 error agreement.terms: the custom property \`noticePeriod\` is no length of time in days. Write an ISO 8601 duration, as P90D or P3M.",
      "a.yaml:20:31 error agreement.terms: the custom property \`onward\` must be one of no, aggregate, yes. Correct the value, or remove the property.",
      "a.yaml:10:3 error document.shape: provider: \`outputPortId\` is missing. Add it: a text.
    a.yaml:12:3 error document.shape: provider: \`outputPort\` is not known here. Did you mean \`outputPortId\`?",
    ]
  `);
});
