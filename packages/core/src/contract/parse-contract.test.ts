import { expect, test } from 'vitest';
import { examplesIn, lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import { formatPredicate } from '../restriction/format-predicate.ts';
import { parseContract } from './parse-contract.ts';

const HEAD = 'apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 2.1.0\n';

function parse(rest: string) {
  return parseContract(readDocument(HEAD + rest));
}

test('an example of the standard becomes a contract', () => {
  const text = examplesIn('odcs/examples-v3.1.0').find(({ name }) => name === 'full-example.odcs.yaml')?.text ?? '';
  const { contract } = parseContract(readDocument(text));
  expect({
    ...contract,
    objects: contract?.objects.map(({ name, properties }) => [
      name,
      properties.map((property) => `${property.name} ${property.primaryKeyPosition ?? '-'} ${property.classification ?? '-'}`),
    ]),
    sla: contract?.sla.length,
  }).toMatchInlineSnapshot(`
    {
      "apiVersion": "v3.1.0",
      "description": "Views built on top of the seller tables.",
      "id": "53581432-6c55-4ba2-a65f-72344a91553a",
      "name": "53581432-6c55-4ba2-a65f-72344a91553a",
      "objects": [
        [
          "tbl",
          [
            "transaction_reference_date - public",
            "rcvr_id 1 restricted",
            "rcvr_cntry_code - public",
          ],
        ],
        [
          "receivers",
          [
            "id 1 restricted",
            "country_code 2 public",
            "receiver_name - restricted",
            "receiver_type - public",
          ],
        ],
      ],
      "roles": [
        {
          "approvers": [
            "Reporting Manager",
            "mandolorian",
          ],
          "name": "microstrategy_user_opr",
          "restriction": {
            "columns": [],
          },
          "standing": false,
        },
        {
          "approvers": [
            "Reporting Manager",
            "na",
          ],
          "name": "bq_queryman_user_opr",
          "restriction": {
            "columns": [],
          },
          "standing": false,
        },
        {
          "approvers": [
            "Reporting Manager",
            "dathvador",
          ],
          "name": "risk_data_access_opr",
          "restriction": {
            "columns": [],
          },
          "standing": false,
        },
        {
          "approvers": [
            "Reporting Manager",
            "mickey",
          ],
          "name": "bq_unica_user_opr",
          "restriction": {
            "columns": [],
          },
          "standing": false,
        },
      ],
      "servers": [
        {
          "custody": "connected",
          "database": "pypl-edw",
          "host": "localhost",
          "name": "my-postgres",
          "port": 5432,
          "schema": "pp_access_views",
          "type": "postgres",
        },
      ],
      "sla": 8,
      "status": "active",
      "tags": [
        "transactions",
      ],
      "version": "1.1.0",
    }
  `);
});

test('properties nest, keep their ids, and hold lists, maps and enumerations', () => {
  const { contract, findings } = parse(`schema:
  - name: t
    properties:
      - {name: second, primaryKey: true, primaryKeyPosition: 2, logicalType: integer}
      - {name: first, primaryKey: true, primaryKeyPosition: 1, logicalType: integer}
      - {id: kept, name: renamed, logicalType: string, enum: [{value: a}, {value: b, label: B}]}
      - {name: address, logicalType: object, properties: [{name: city, logicalType: string, required: true}]}
      - {name: list, logicalType: array, items: {logicalType: number}}
      - {name: map, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: number}}}
      - {name: untyped, physicalType: VARCHAR}
`);
  expect(lines(findings)).toEqual([]);
  const [object] = contract?.objects ?? [];
  const [second, first, kept, address, list, map, untyped] = object?.properties ?? [];
  expect([second?.primaryKeyPosition, first?.primaryKeyPosition]).toEqual([2, 1]);
  expect([kept?.id, kept?.name, kept?.enum]).toEqual(['kept', 'renamed', ['a', 'b']]);
  expect(address?.properties.map(({ name, required }) => [name, required])).toEqual([['city', true]]);
  expect([list?.items?.logicalType, map?.keys?.logicalType, map?.values?.logicalType, untyped?.logicalType]).toEqual(['number', 'string', 'number', undefined]);
});

test('a key without positions is in the order of the list', () => {
  const { contract } = parse(
    'schema:\n  - name: t\n    properties:\n      - {name: x}\n      - {name: a, primaryKey: true}\n      - {name: b, primaryKey: true}\n',
  );
  expect(contract?.objects[0]?.properties.map(({ primaryKeyPosition }) => primaryKeyPosition)).toEqual([undefined, 1, 2]);
});

test('a contract without roles has plain, without what is restricted, and full', () => {
  const { contract } = parse(`schema:
  - name: t
    properties:
      - {name: a, classification: public}
      - {name: b, classification: PII}
      - {name: c, classification: Restricted}
      - {name: d, logicalType: object, properties: [{name: e, classification: sensitive}]}
      - {name: f}
`);
  expect(contract?.roles.map(({ name, restriction }) => [name, restriction])).toEqual([
    ['plain', { columns: ['b', 'c', 'd'].map((column) => ({ column, action: { kind: 'drop' } })) }],
    ['full', { columns: [] }],
  ]);
});

const TABLE = `schema:
  - id: customers
    name: customers
    properties:
      - {id: region_id, name: region, logicalType: string}
      - {name: email, logicalType: string}
      - {name: born, logicalType: date}
      - {name: address, logicalType: object, properties: [{name: city, logicalType: string}]}
`;

function withRole(value: string, rest = ''): string {
  return `${TABLE}roles:\n  - role: eu\n    firstLevelApprovers: ann, bob\n    secondLevelApprovers: carol\n    customProperties:\n      - {property: restriction, value: ${value}}${rest}\n`;
}

test('a role restricts rows and columns', () => {
  const { contract, findings } = parse(
    withRole(
      `{rows: "region = 'EU'", columns: {email: drop, born: {mask: truncate-date, unit: year}, address.city: {mask: show-last, count: 4}, region_id: {mask: "null"}}}`,
      '\n      - {property: approval, value: standing}',
    ),
  );
  expect(lines(findings)).toEqual([]);
  const [role] = contract?.roles ?? [];
  expect(role).toMatchInlineSnapshot(`
    {
      "approvers": [
        "ann",
        "bob",
        "carol",
      ],
      "name": "eu",
      "restriction": {
        "columns": [
          {
            "action": {
              "kind": "drop",
            },
            "column": "email",
          },
          {
            "action": {
              "kind": "truncate-date",
              "unit": "year",
            },
            "column": "born",
          },
          {
            "action": {
              "count": 4,
              "kind": "show-last",
            },
            "column": "address.city",
          },
          {
            "action": {
              "kind": "null",
            },
            "column": "region_id",
          },
        ],
        "rows": {
          "column": "region",
          "kind": "compare",
          "operator": "=",
          "value": "EU",
        },
      },
      "standing": true,
    }
  `);
  expect(role?.restriction.rows === undefined ? '' : formatPredicate(role.restriction.rows)).toBe("region = 'EU'");
});

test('mistakes in a restriction are named, and leave no contract', () => {
  const cases = [
    '{columns: {emial: drop}}',
    '{rows: "regoin = 1"}',
    '{rows: "region = EU"}',
    '{rows: 7}',
    '{row: "a = 1"}',
    '{columns: {email: hide}}',
    '{columns: {email: {mask: fixed}}}',
    '{columns: {email: {mask: show-last, count: 0}}}',
    '{columns: {email: {mask: blur}}}',
    '{columns: [email]}',
    'drop everything',
  ];
  const results = cases.map((value) => parse(withRole(value)));
  expect(results.every(({ contract }) => contract === undefined)).toBe(true);
  expect(results.map(({ findings }) => lines(findings))).toMatchInlineSnapshot(`
    [
      [
        "a.yaml:18:51 error contract.role-column: role eu: the contract has no column \`emial\`. Did you mean \`email\`?",
      ],
      [
        "a.yaml:18:41 error contract.role-column: role eu: the contract has no column \`regoin\`. Did you mean \`region\`?",
      ],
      [
        "a.yaml:18:47 error contract.rows: the row condition cannot be read at character 10: expected a text in single quotes, a number, true or false, found \`EU\`: region = ▸EU. Write comparisons of a column with a value, as \`region = 'EU' and born is not null\`.",
      ],
      [
        "a.yaml:18:47 error document.shape: roles.eu.customProperties.restriction.value.rows must be a text, not the number 7. Put it in quotes, on one line with its key.",
      ],
      [
        "a.yaml:18:41 error document.shape: roles.eu.customProperties.restriction.value: \`row\` is not known here. Did you mean \`rows\`?",
      ],
      [
        "a.yaml:18:58 error document.shape: roles.eu.customProperties.restriction.value.columns.email must be \`drop\`, \`null\` or \`keyed-hash\`, not \`hide\`. Write one of them.",
      ],
      [
        "a.yaml:18:58 error document.shape: roles.eu.customProperties.restriction.value.columns.email: \`value\` is missing. Add it: a text.",
      ],
      [
        "a.yaml:18:83 error document.shape: roles.eu.customProperties.restriction.value.columns.email.count must be at least 1, not the number 0. Write at least 1.",
      ],
      [
        "a.yaml:18:65 error document.shape: roles.eu.customProperties.restriction.value.columns.email.mask must be \`fixed\`, \`show-last\`, \`truncate-date\`, \`drop\`, \`null\` or \`keyed-hash\`, not \`blur\`. Write one of them.",
      ],
      [
        "a.yaml:18:50 error document.shape: roles.eu.customProperties.restriction.value.columns must be a mapping, not a list. Write \`key: value\` lines below it.",
      ],
      [
        "a.yaml:18:40 error document.shape: roles.eu.customProperties.restriction.value must be a mapping, not \`drop everything\`. Write \`key: value\` lines below it.",
      ],
    ]
  `);
});

test('a row condition on a column that another object lacks closes that object', () => {
  const { findings } = parse(withRole('{rows: "region = 1"}').replace('roles:', '  - name: orders\n    properties:\n      - {name: amount}\nroles:'));
  expect(lines(findings)).toMatchInlineSnapshot(`
    [
      "a.yaml:21:47 warning contract.role-column: role eu keeps rows by \`region\`, which \`orders\` does not have: in this role nobody can read \`orders\`. Add the column, or put \`orders\` into a contract of its own.",
    ]
  `);
});

test('what the schema of the standard cannot say', () => {
  const { findings } = parse(
    `schema:
  - name: two__parts
    properties:
      - {name: a, primaryKey: true, primaryKeyPosition: 1}
      - {name: A, primaryKey: true, primaryKeyPosition: 1}
      - {id: a, name: b, classification: confidental}
  - name: order lines
    properties:
      - {name: o, logicalType: object, properties: [{name: x}, {name: x}]}
  - name: Order Lines
roles:
  - role: r
  - role: r
`.replace('version: 2.1.0', 'version: latest'),
  );
  expect(lines(findings)).toMatchInlineSnapshot(`
    [
      "a.yaml:14:11 error contract.duplicate: there are two objects named \`Order Lines\`. Rename one; upper and lower case do not tell them apart in SQL.",
      "a.yaml:6:11 error contract.name: the object name \`two__parts\` contains \`__\`, which begins a major version in SQL. Write \`two_parts\`; \`physicalName\` can keep the other.",
      "a.yaml:9:16 error contract.duplicate: there are two properties named \`A\`. Rename one; upper and lower case do not tell them apart in SQL.",
      "a.yaml:10:14 error contract.duplicate: \`b\` has the id \`a\`, as another property does. Give it an id of its own: roles and history follow the id.",
      "a.yaml:9:57 error contract.primary-key: \`A\` and \`a\` both are at position 1 of the primary key of \`two__parts\`. Number the key columns 1, 2, 3.",
      "a.yaml:10:42 info contract.classification: \`b\` is classified as \`confidental\`, which says nothing to Hanse: the role \`plain\` shows it. Did you mean \`confidential\`?",
      "a.yaml:11:11 error contract.name: the object name \`order lines\` cannot be a table's name in SQL. Write \`order_lines\`; \`physicalName\` and \`businessName\` can keep the other.",
      "a.yaml:13:71 error contract.duplicate: there are two properties named \`x\`. Rename one; upper and lower case do not tell them apart in SQL.",
      "a.yaml:14:11 error contract.name: the object name \`Order Lines\` cannot be a table's name in SQL. Write \`Order_Lines\`; \`physicalName\` and \`businessName\` can keep the other.",
      "a.yaml:17:11 error contract.duplicate: there are two roles named \`r\`. Rename one; upper and lower case do not tell them apart in SQL.",
    ]
  `);
});

test('a version without a major is a warning', () => {
  const { contract, findings } = parseContract(readDocument(HEAD.replace('2.1.0', 'latest')));
  expect(contract?.version).toBe('latest');
  expect(lines(findings)).toMatchInlineSnapshot(`
    [
      "a.yaml:4:10 warning contract.version: version \`latest\` has no major version, so it counts as 1. Write a semantic version, as 1.0.0.",
    ]
  `);
});
