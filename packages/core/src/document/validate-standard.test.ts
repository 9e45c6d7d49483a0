import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileStandard, standards } from '../../../../tools/compile-standards.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { isError } from '../finding/finding.ts';
import { parseProduct } from '../product/parse-product.ts';
import { examplesIn, lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import { validateStandard } from './validate-standard.ts';

const valid = ['odcs/examples-v3.1.0', 'odcs/examples-v3.2.0-dev', 'odps/examples'].flatMap((folder) =>
  examplesIn(folder).map(({ name, text }) => ({ name, text, folder })),
);

test.each(valid)('$folder/$name is valid', ({ folder, name, text }) => {
  const document = readDocument(text, name);
  const { findings } = folder.startsWith('odps') ? parseProduct(document, 'example') : parseContract(document);
  expect(lines(findings.filter(isError))).toEqual([]);
});

test('an example that is ahead of the version it states says so', () => {
  const document = readDocument(valid.find(({ name }) => name === 'basic-four-dpo.odcs.yaml')?.text ?? '', 'basic-four-dpo.odcs.yaml');
  expect(lines(validateStandard(document, 'ODCS'))).toMatchInlineSnapshot(`
    [
      "basic-four-dpo.odcs.yaml:2:13 warning document.version: the document states v3.0.2 and uses what v3.1.0 brought. Write \`apiVersion: v3.1.0\`.",
    ]
  `);
});

test('every negative example is rejected, in words', () => {
  const found = examplesIn('odcs/negative-v3.2.0-dev').map(({ name, text }) =>
    lines(validateStandard(readDocument(text, name.replace('.odcs.yaml', '')), 'ODCS')),
  );
  expect(found.every((findings) => findings.length > 0)).toBe(true);
  expect(found).toMatchInlineSnapshot(`
    [
      [
        "additional-unknown-property:9:1 error document.schema: \`unknownRootField\` is no key of ODCS v3.2.0 here. Remove it, or put what is yours under \`customProperties\`.",
      ],
      [
        "enum-empty:15:15 error document.schema: schema.orders.properties.status.enum must not be empty. See ODCS v3.2.0.",
      ],
      [
        "invalid-api-version:5:13 error document.version: ODCS v4.0.0 is not read; v3.0.0 to v3.2.0 are. Write \`apiVersion: v3.2.0\` and follow what \`hanse plan\` then says.",
      ],
      [
        "invalid-quality-dimension:20:24 error document.schema: schema.orders.properties.amount.quality[0].dimension must be one of accuracy, completeness, conformity, consistency, coverage, timeliness, uniqueness, not \`validity\`. Use one of them.",
      ],
      [
        "invalid-quality-type:17:19 error document.schema: schema.orders.properties.status.quality[0].type must be one of text, library, sql, custom, not \`unknown\`. Use one of them.",
      ],
      [
        "map-missing-key:16:11 error document.schema: schema.orders.properties.user_preferences.map: \`key\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "missing-required-fields:4:1 error document.schema: \`id\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "quality-element-field:18:13 error document.schema: schema.orders.properties.customer_id.quality[0]: \`element\` is no key of ODCS v3.2.0 here. Remove it here: the standard has that key elsewhere.",
        "quality-element-field:19:13 error document.schema: schema.orders.properties.customer_id.quality[0]: \`rule\` is no key of ODCS v3.2.0 here. Remove it here: the standard has that key elsewhere.",
      ],
      [
        "quality-multiple-operators:17:13 error document.schema: schema.orders.properties.customer_id.quality[0]: \`mustBe\` and \`mustNotBe\` stand together. Keep one and remove the others.",
      ],
      [
        "quality-sql-missing-query:17:13 error document.schema: schema.orders.properties.amount.quality[0]: \`query\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "relationship-schema-level-missing-from-to:13:9 error document.schema: schema.orders.relationships[0]: \`from\` is missing. Add it: ODCS v3.2.0 requires it.",
        "relationship-schema-level-missing-from-to:13:9 error document.schema: schema.orders.relationships[0]: \`to\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "schema-property-missing-name:13:9 error document.schema: schema.orders.properties[0]: \`name\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "server-missing-conditional-fields:10:5 error document.schema: servers.athena-prod: \`schema\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "sla-missing-required-value:10:5 error document.schema: slaProperties.latency: \`value\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
    ]
  `);
});

const contract = (version: string, rest: string): string => `apiVersion: ${version}\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n${rest}`;
const product = (rest: string): string => `apiVersion: v1.1.0\nkind: DataProduct\nid: p\n${rest}`;

test('common mistakes in a contract', () => {
  const cases = [
    'version: 1.0.0\nid: a\n',
    'apiVersion: 3.2.0\nid: a\n',
    'uuid: x\nkind: DataContract\n',
    'apiVersion: v2.2.2\nuuid: x\n',
    'apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.1\n',
    '- a\n',
    contract('v3.2.0', 'shema: []\n'),
    contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      - name: a\n        logicalTyp: string\n        requird: true\n'),
    contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      - name: a\n        logicalType: text\n        required: yes\n'),
    contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      - name: a\n        logicalType: string\n        logicalTypeOptions: {maximum: 3}\n'),
    contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      - name: a\n        quality:\n          - metric: nullValues\n'),
    contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      a: {logicalType: string}\n'),
    contract('v3.2.0', 'servers:\n  - server: prod\n    type: postgres\n    host: h\n    port: x y\n'),
    contract('v3.1.0', 'roles:\n  - name: reader\n'),
    contract('v3.1.0', 'team: ann\n'),
    contract('v3.0.2', 'slaProperties:\n  - property: freshness\n    value: 1\n    descripion: x\n'),
    contract('v3.2.0', 'description: What it is.\n'),
  ];
  expect(cases.map((text) => lines(validateStandard(readDocument(text), 'ODCS')))).toMatchInlineSnapshot(`
    [
      [
        "a.yaml:1:1 error document.version: \`apiVersion\` is missing. Write \`apiVersion: v3.2.0\` and follow what \`hanse plan\` then says.",
      ],
      [
        "a.yaml:1:13 error document.version: ODCS 3.2.0 is not read; v3.0.0 to v3.2.0 are. Write \`apiVersion: v3.2.0\`.",
      ],
      [
        "a.yaml:1:1 error document.version: \`apiVersion\` is missing. Raise it to v3.2.0: \`uuid\` becomes \`id\`, \`dataset\` becomes \`schema\`, \`table\` and \`column\` become \`name\`, \`columns\` becomes \`properties\`, \`isPrimaryKey\` and \`isUnique\` become \`primaryKey\` and \`unique\`, \`isNullable: false\` becomes \`required: true\`, \`stakeholders\` becomes \`team\`.",
      ],
      [
        "a.yaml:1:13 error document.version: ODCS v2.2.2 is not read; v3.0.0 to v3.2.0 are. Raise it to v3.2.0: \`uuid\` becomes \`id\`, \`dataset\` becomes \`schema\`, \`table\` and \`column\` become \`name\`, \`columns\` becomes \`properties\`, \`isPrimaryKey\` and \`isUnique\` become \`primaryKey\` and \`unique\`, \`isNullable: false\` becomes \`required: true\`, \`stakeholders\` becomes \`team\`.",
      ],
      [
        "a.yaml:4:10 error document.schema: version must be a text, not the number 1.1. Put it in quotes, on one line with its key.",
      ],
      [
        "a.yaml:1:1 error document.schema: the document is no mapping. Begin it with \`apiVersion: v3.2.0\`.",
      ],
      [
        "a.yaml:6:1 error document.schema: \`shema\` is no key of ODCS v3.2.0 here. Did you mean \`schema\`?",
      ],
      [
        "a.yaml:10:9 error document.schema: schema.t.properties.a: \`logicalTyp\` is no key of ODCS v3.2.0 here. Did you mean \`logicalType\`?",
        "a.yaml:11:9 error document.schema: schema.t.properties.a: \`requird\` is no key of ODCS v3.2.0 here. Did you mean \`required\`?",
      ],
      [
        "a.yaml:10:22 error document.schema: schema.t.properties.a.logicalType must be one of string, date, timestamp, time, number, integer, object, array, boolean, map, vector, not \`text\`. Use one of them.",
        "a.yaml:11:19 error document.schema: schema.t.properties.a.required must be true or false, not \`yes\`. Write \`true\` or \`false\`, without quotes.",
      ],
      [
        "a.yaml:11:30 error document.schema: schema.t.properties.a.logicalTypeOptions: \`maximum\` is no key of ODCS v3.2.0 here. Remove it here: the standard has that key elsewhere.",
      ],
      [
        "a.yaml:11:13 error document.schema: schema.t.properties.a.quality[0]: needs one of \`mustBe\`, \`mustNotBe\`, \`mustBeGreaterThan\`, \`mustBeGreaterOrEqualTo\`, \`mustBeLessThan\`, \`mustBeLessOrEqualTo\`, \`mustBeBetween\` or \`mustNotBeBetween\`. Add one of them.",
      ],
      [
        "a.yaml:9:7 error document.schema: schema.t.properties must be a list, not a mapping. Begin each entry with \`- \`, or write [a, b].",
      ],
      [
        "a.yaml:7:5 error document.schema: servers.prod: \`database\` is missing. Add it: ODCS v3.2.0 requires it.",
        "a.yaml:7:5 error document.schema: servers.prod: \`schema\` is missing. Add it: ODCS v3.2.0 requires it.",
      ],
      [
        "a.yaml:7:5 error document.schema: roles.reader: \`role\` is missing. Add it: ODCS v3.1.0 requires it.",
        "a.yaml:7:5 error document.schema: roles.reader: \`name\` is no key of ODCS v3.1.0 here. Remove it here: the standard has that key elsewhere.",
      ],
      [
        "a.yaml:6:7 error document.schema: team must be a mapping or a list, not \`ann\`. See ODCS v3.1.0.",
      ],
      [],
      [
        "a.yaml:6:14 error document.schema: description must be a mapping, not \`What it is.\`. Write \`key: value\` lines below it.",
      ],
    ]
  `);
});

test('common mistakes in a product', () => {
  const cases = [
    product('outputPort: []\n'),
    product('outputPorts:\n  - version: 1.0.0\n'),
    product('outputPorts:\n  - name: a\n    version: 1.0.0\n    contractID: x\n'),
    product('outputPorts:\n  - name: a\n    version: 1\n'),
    product('team:\n  - username: ann\n'),
    product('tags: finance\n'),
    product('support:\n  - {channel: a, url: not an address}\n  - {channel: b, url: "${HOST}/page"}\n'),
    product('productCreatedTs: 2026-01-31\n'),
    product(
      'type: aggregate\ndeprecated: false\nsynonyms: [{synonym: x}]\ncontext: For agents.\noutputPorts:\n  - {name: a, deprecated: true, context: {instructions: x}}\n',
    ),
    'apiVersion: v1.0.0\nkind: DataProduct\nid: p\nstatus: active\ndeprecated: true\n',
    'apiVersion: v1.2.0\nkind: DataProduct\nid: p\n',
    'kind: DataProduct\nid: p\n',
  ];
  expect(cases.map((text) => lines(validateStandard(readDocument(text), 'ODPS')))).toMatchInlineSnapshot(`
    [
      [
        "a.yaml:4:1 error document.schema: \`outputPort\` is no key of ODPS v1.1.0 here. Did you mean \`outputPorts\`?",
      ],
      [
        "a.yaml:5:5 error document.schema: outputPorts[0]: \`name\` is missing. Add it: ODPS v1.1.0 requires it.",
      ],
      [
        "a.yaml:7:5 error document.schema: outputPorts.a: \`contractID\` is no key of ODPS v1.1.0 here. Did you mean \`contractId\`?",
      ],
      [
        "a.yaml:6:14 error document.schema: outputPorts.a.version must be a text, not the number 1. Put it in quotes, on one line with its key.",
      ],
      [
        "a.yaml:5:3 error document.schema: team must be a mapping, not a list. Write \`key: value\` lines below it.",
      ],
      [
        "a.yaml:4:7 error document.schema: tags must be a list, not \`finance\`. Begin each entry with \`- \`, or write [a, b].",
      ],
      [
        "a.yaml:5:23 error document.schema: support.a.url must be an absolute address, as https://... or mailto:.... See ODPS v1.1.0.",
      ],
      [
        "a.yaml:4:19 error document.schema: productCreatedTs must be a time with its zone, as 2026-01-31T10:00:00Z. See ODPS v1.1.0.",
      ],
      [],
      [
        "a.yaml:1:13 warning document.version: the document states v1.0.0 and uses what v1.1.0 brought. Write \`apiVersion: v1.1.0\`.",
      ],
      [
        "a.yaml:1:13 error document.version: ODPS v1.2.0 is not read; v0.9.0 to v1.1.0 are. Write \`apiVersion: v1.1.0\` and follow what \`hanse plan\` then says.",
      ],
      [
        "a.yaml:1:1 error document.version: \`apiVersion\` is missing. Write \`apiVersion: v1.1.0\` and follow what \`hanse plan\` then says.",
      ],
    ]
  `);
});

test('a column without a logical type is valid, as the standard says', () => {
  const document = readDocument(contract('v3.2.0', 'schema:\n  - name: t\n    properties:\n      - name: a\n        physicalType: VARCHAR\n'));
  expect(validateStandard(document, 'ODCS')).toEqual([]);
});

test.each(Object.entries(standards))('%s is compiled from the schema that lies beside it', (name, path) => {
  const compiled = readFileSync(new URL(`../../standards/compiled/${name}.mjs`, import.meta.url), 'utf8');
  expect(compileStandard(path) === compiled, 'run node tools/compile-standards.ts').toBe(true);
});
