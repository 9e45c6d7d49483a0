import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseLoneContract } from '../contract/parse-lone-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { contractColumns, isColumn } from '../table/contract-columns.ts';
import { formatType } from '../table/wanted-type.ts';
import { exporters } from './exporters.ts';
import type { ExportSubject } from './export-subject.ts';
import { exportFormats } from './format-names.ts';

const ROOT = new URL('../../../../', import.meta.url).pathname;

function subjectOf(file: string, text: string): ExportSubject | undefined {
  const { document } = readYaml(file, text);
  const { contract } = document === undefined ? { contract: undefined } : parseLoneContract(document);
  return contract === undefined ? undefined : { contract, text, file: basename(file), at: '2026-01-01T00:00:00Z', owner: 'femi' };
}

const files = globSync(['examples/airline/**/*.odcs.yaml', 'test/fixtures/standards/odcs/examples-*/*.odcs.yaml'], { cwd: ROOT });
const subjects = files.flatMap((file) => subjectOf(file, readFileSync(join(ROOT, file), 'utf8')) ?? []);

test('every example of the standard and of the airline is written in every form, each file once', () => {
  expect(subjects.length).toBeGreaterThan(30);
  for (const subject of subjects)
    for (const format of exportFormats) {
      const { files: written } = exporters[format](subject);
      expect(new Set(written.map(({ name }) => name)).size, `${subject.file} as ${format}`).toBe(written.length);
      expect(
        written.every(({ text }) => text !== ''),
        `${subject.file} as ${format}`,
      ).toBe(true);
    }
});

test('a JSON Schema takes a row that the contract takes, and no other', () => {
  const subject = subjectOf(
    'a.odcs.yaml',
    `apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true, logicalTypeOptions: {minimum: 1}}
      - {name: state, logicalType: string, enum: [{value: open}, {value: done}]}
      - {name: mail, logicalType: string, required: true, logicalTypeOptions: {format: email}}
      - {name: parts, logicalType: array, items: {name: part, logicalType: object, properties: [{name: n, logicalType: integer, required: true}]}}
`,
  );
  if (subject === undefined) throw new Error('the contract does not parse');
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const check = ajv.compile(JSON.parse(exporters['json-schema'](subject).files[0]?.text ?? '{}') as object);
  const row = { id: 1, state: null, mail: 'ana@example.org', parts: [{ n: 1 }] };
  expect(check(row)).toBe(true);
  for (const wrong of [{ id: 0 }, { id: null }, { state: 'lost' }, { mail: 'ana' }, { mail: null }, { parts: [{ n: null }] }, { more: 1 }])
    expect(check({ ...row, ...wrong }), JSON.stringify(wrong)).toBe(false);
});

test('tables of one contract refer to each other by their keys, as the database calls them; what leads elsewhere is told', () => {
  const subject = subjectOf(
    'a.odcs.yaml',
    `apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: orders
    physicalName: t_orders
    properties:
      - {name: shop, logicalType: string, primaryKey: true, primaryKeyPosition: 2, physicalName: shop_id}
      - {name: number, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
  - name: lines
    properties:
      - {name: shop, logicalType: string}
      - {name: number, logicalType: integer, relationships: [{to: others.number}]}
    relationships:
      - {from: [lines.shop, lines.number], to: [orders.shop, orders.number]}
`,
  );
  if (subject === undefined) throw new Error('the contract does not parse');
  const { files: written, left } = exporters.sql(subject);
  expect(written.map(({ text }) => text).join('')).toMatchInlineSnapshot(`
    "CREATE TABLE "t_orders" (
      "shop_id" text,
      "number" bigint,
      PRIMARY KEY ("number", "shop_id")
    );
    CREATE TABLE "lines" (
      "shop" text,
      "number" bigint,
      FOREIGN KEY ("shop", "number") REFERENCES "t_orders" ("shop_id", "number")
    );
    "
  `);
  expect(left).toMatchInlineSnapshot(`
    [
      {
        "what": "number: a relationship to others.number: the contract has no object others",
        "why": "it leads out of the contract, or has no form as a foreign key",
      },
    ]
  `);
});

test('a dbt model has every column with its type', () => {
  for (const { contract, ...subject } of subjects)
    for (const [index, { text }] of exporters.dbt({ contract, ...subject }).files.entries()) {
      const { models } = parse(text) as { models: { columns: { name: string; data_type: string }[] }[] };
      const object = contract.objects[index];
      expect(models[0]?.columns.map(({ name }) => name)).toEqual(object?.properties.filter(isColumn).map(({ name, physicalName }) => physicalName ?? name));
      const [first] = object === undefined ? [] : contractColumns(object).columns;
      if (first !== undefined) expect(models[0]?.columns.map(({ data_type: type }) => type)).toContain(formatType(first.type).toLowerCase());
    }
});

test('dataset events are valid by the standard', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(JSON.parse(readFileSync(join(ROOT, 'test/fixtures/standards/openlineage/OpenLineage.json'), 'utf8')) as object);
  const check = ajv.getSchema('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent');
  for (const { text } of subjects.flatMap((subject) => exporters.openlineage(subject).files)) expect(check?.(JSON.parse(text)), text).toBe(true);
});

test('no text of a contract becomes markup of a page', () => {
  const hostile = '<script>x</script> ](https://evil.example) **b** | a\n# h @team';
  const [first] = subjects;
  if (first === undefined) throw new Error('no contract');
  const subject = { ...first, contract: { ...first.contract, name: hostile, description: hostile } };
  const [html, markdown] = [exporters.html(subject), exporters.markdown(subject)].map(({ files: [file] }) => file?.text ?? '');
  expect(html).not.toMatch(/<script|<\/title>.*<\/title>/);
  expect(markdown?.split('\n')[0]).toMatchInlineSnapshot(
    `"# &#60;script&#62;x&#60;/script&#62; &#93;(https&#58;//evil.example) &#42;&#42;b&#42;&#42; &#124; a &#35;&#8203; h &#64;&#8203;team"`,
  );
  const starts = ['- a', '+ a', '1. a', '2) a', '---', '==='].map((description) => ({ ...first, contract: { ...first.contract, description, objects: [] } }));
  expect(starts.map((one) => exporters.markdown(one).files[0]?.text.split('\n')[2])).toMatchInlineSnapshot(`
    [
      "&#45; a",
      "&#43; a",
      "1&#46; a",
      "2&#41; a",
      "&#45;--",
      "&#61;==",
    ]
  `);
});
