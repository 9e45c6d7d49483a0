import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readYaml } from '../../document/read-yaml.ts';
import { formatDraft } from '../format-draft.ts';
import { draftDatacontract } from './draft-datacontract.ts';

function adopted(text: string): { readonly contract: string; readonly left: readonly string[] } {
  const document = readYaml('orders.datacontract.yaml', text).document;
  const draft = document === undefined ? undefined : draftDatacontract(document.value, { path: 'orders.datacontract.yaml', label: 'orders' });
  if (draft === undefined) throw new Error('it is no Data Contract Specification');
  const files = formatDraft(draft, { domain: 'checkout', folder: '' });
  return { contract: files.find(({ path }) => path.endsWith('.odcs.yaml'))?.text ?? '', left: draft.left.map(({ what, why }) => `${what}: ${why}`) };
}

it('each clause has its place in ODCS', () => {
  const { contract } = adopted(readFileSync(new URL('../../../../../test/fixtures/adopt/orders.datacontract.yaml', import.meta.url), 'utf8'));
  expect(contract).toMatchInlineSnapshot(`
    "apiVersion: v3.2.0
    kind: DataContract
    id: orders-latest
    name: Orders Latest
    version: 2.0.0
    status: active
    domain: checkout
    tags: [checkout]

    description:
      purpose: Orders of the shop.
      limitations: Not for real time.
      usage: Reports.
      authoritativeDefinitions:
        - type: privacy
          url: https://policy.example
      customProperties:
        - property: billing
          value: 5000 USD per month
        - property: noticePeriod
          value: P3M

    authoritativeDefinitions:
      - type: docs
        url: https://docs.example

    support:
      - channel: Jo
        url: https://teams.example/checkout

    team:
      name: Checkout Team

    slaProperties:
      - property: availability
        value: 99.9
        unit: percent
        description: In office hours.
      - property: retention
        value: P1Y
        element: orders.seen_at
      - property: latency
        value: 25h
        element: orders.seen_at
      - property: freshness
        value: 25h
        element: orders.seen_at
      - property: frequency
        value: 1d
        scheduler: cron
        schedule: 0 0 * * *
      - property: support
        value: "time: 9am to 5pm, responseTime: 1h"

    servers:
      - server: production
        type: s3
        environment: prod
        location: s3://lake/
        format: json
        delimiter: new_line
        customProperties:
          - property: roles
            value:
              - name: analyst
          - property: locationTemplate
            value: s3://lake/{model}/*.json
      - server: warehouse
        type: postgres
        host: db.example
        port: 5432
        database: shop
        schema: public
      - server: odd
        type: custom
        customProperties:
          - property: type
            value: dataframe

    schema:
      - id: orders
        name: orders
        businessName: Orders
        logicalType: object
        physicalType: table
        description: One row per order.
        properties:
          - id: order_id
            name: order_id
            businessName: Order id
            description: Number of the order.
            logicalType: string
            primaryKey: true
            primaryKeyPosition: 1
            required: true
            unique: true
            logicalTypeOptions:
              pattern: ^[A-Z0-9]+$
            examples: [A1]
          - id: total
            name: total
            logicalType: number
            physicalType: decimal(12,2)
            logicalTypeOptions:
              minimum: 0
            quality:
              - type: sql
                description: Few are large.
                query: SELECT max(\${property}) FROM \${object}
                mustBeLessOrEqualTo: 100000
          # Suggested: classification: restricted. It seems to be personal: the contract says pii (confidence 1).
          - id: customer_email
            name: customer_email
            logicalType: string
            physicalType: text
            logicalTypeOptions:
              format: email
            customProperties:
              - property: pii
                value: true
              - property: config
                value:
                  avroType: string
          - id: status
            name: status
            logicalType: string
            enum:
              - value: placed
              - value: sent
          - id: seen_at
            name: seen_at
            logicalType: timestamp
            logicalTypeOptions:
              timezone: true
          - id: address
            name: address
            logicalType: object
            properties:
              - id: city
                name: city
                logicalType: string
                logicalTypeOptions:
                  maxLength: 50
              - id: zip
                name: zip
                logicalType: string
                logicalTypeOptions:
                  pattern: ^[0-9]{5}$
          - id: labels
            name: labels
            logicalType: map
            map:
              key:
                id: key
                name: key
                logicalType: string
              value:
                id: value
                name: value
                logicalType: integer
                physicalType: int
          - id: skus
            name: skus
            logicalType: array
            items:
              id: element
              name: element
              logicalType: string
        quality:
          - type: sql
            query: SELECT count(*) FROM \${object}
            mustBeGreaterThan: 5
          - type: custom
            engine: soda
            implementation:
              checks:
                - row_count > 3
      - id: line_items
        name: line_items
        logicalType: object
        physicalType: table
        properties:
          - id: line_id
            name: line_id
            logicalType: string
            primaryKey: true
            primaryKeyPosition: 1
            required: true
          - id: order_id
            name: order_id
            logicalType: string
            relationships:
              - to: orders.order_id
    "
  `);
});

it('version 0.9 has checks of a tool for all models, and examples, which are left', () => {
  const { contract, left } = adopted(`dataContractSpecification: 0.9.3
id: a
info: { title: A, version: "1.0" }
models: { orders: { fields: { id: { type: int } } }, lines: { fields: { id: { type: variant } } } }
examples: [{ type: csv, model: orders, data: "id" }]
quality:
  type: SodaCL
  specification:
    checks for orders: [row_count > 10]
    checks for lines: [duplicate_count(id) = 0]
`);
  expect(contract.match(/version: .*|- (row|dup).*/g)).toEqual(['version: 1.0.0', '- row_count > 10', '- duplicate_count(id) = 0']);
  expect(left).toEqual(['lines.id: the type variant: ODCS has no such type', 'the contract: examples: a contract has no clause for it']);
});
