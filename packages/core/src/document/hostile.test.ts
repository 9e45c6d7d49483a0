import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAgreement } from '../agreement/parse-agreement.ts';
import { parseContract } from '../contract/parse-contract.ts';
import type { Finding } from '../finding/finding.ts';
import { parseBuild } from '../product/parse-build.ts';
import { parseDomain } from '../product/parse-domain.ts';
import { parseProduct } from '../product/parse-product.ts';
import { canonicalJson } from './document.ts';
import { editDocument } from './edit-document.ts';
import { parseMesh } from './parse-mesh.ts';
import { examplesIn, scale } from '../../../../test/fixtures/read-document.ts';
import { readYaml } from './read-yaml.ts';
import type { SourceDocument } from './source-document.ts';

const examples = ['odcs/examples-v3.1.0', 'odcs/examples-v3.2.0-dev', 'odcs/negative-v3.2.0-dev', 'odps/examples']
  .flatMap(examplesIn)
  .filter(({ text }) => text.length < 4_000);
const encoder = new TextEncoder();

const deep = ['[', '{', '- ', '? ', '&a [', '{"a":'].map((text) => text.repeat(150));
const snippet = fc.oneof(
  fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '\t',
    '\n',
    '\r',
    ': ',
    '- ',
    '? ',
    '#',
    '|\n',
    '>-\n',
    '&a ',
    '*a',
    '<<: *a',
    '!x ',
    '!!binary ',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    ',',
    '~',
  ),
  fc.constantFrom(
    '\uFEFF',
    '\0',
    '\u2028',
    '__proto__: x\n',
    'constructor: {}\n',
    'apiVersion: v3.2.0\n',
    'schema: null\n',
    '${A}',
    '1e999',
    '0x',
    '-0',
    '99999999999999999999',
  ),
  fc.constantFrom(...deep),
);

type Mutation = (bytes: Uint8Array) => Uint8Array;
const at = fc.double({ min: 0, max: 1, noNaN: true });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, snippet).map(([where, text]) => insert(where, encoder.encode(text))),
  fc.tuple(at, fc.nat(40)).map(([where, length]) => cut(where, length)),
  fc.tuple(at, at, fc.nat(200)).map(([from, to, length]) => copy({ from, to, length })),
  fc.tuple(at, fc.nat(255)).map(([where, byte]) => flip(where, byte)),
  at.map(
    (where): Mutation =>
      (bytes) =>
        bytes.slice(0, place(bytes, where)),
  ),
);

function place(bytes: Uint8Array, where: number): number {
  return Math.floor(where * bytes.length);
}

function insert(where: number, part: Uint8Array): Mutation {
  return (bytes) => Uint8Array.from([...bytes.slice(0, place(bytes, where)), ...part, ...bytes.slice(place(bytes, where))]);
}

function cut(where: number, length: number): Mutation {
  return (bytes) => Uint8Array.from([...bytes.slice(0, place(bytes, where)), ...bytes.slice(place(bytes, where) + length)]);
}

function copy({ from, to, length }: { readonly from: number; readonly to: number; readonly length: number }): Mutation {
  return (bytes) => insert(to, bytes.slice(place(bytes, from), place(bytes, from) + length))(bytes);
}

function flip(where: number, byte: number): Mutation {
  return (bytes) => bytes.map((old, index) => (index === place(bytes, where) ? byte : old));
}

const parsers: readonly ((document: SourceDocument) => { readonly findings: readonly Finding[] })[] = [
  parseContract,
  parseProduct,
  parseDomain,
  parseBuild,
  parseMesh,
  parseAgreement,
];

test('mutated documents end in a document that round-trips, or in findings with a place', { timeout: 60_000 * Math.max(1, scale) }, () => {
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(mutation, { minLength: 1, maxLength: 4 }), ({ name, text }, mutations) => {
      const bytes = mutations.reduce<Uint8Array>((before, mutate) => mutate(before), encoder.encode(text));
      const { document, findings } = readYaml(name, bytes);
      expect(findings.every(({ at: position, hint }) => position !== undefined && hint !== undefined)).toBe(true);
      expect(document !== undefined || findings.length > 0).toBe(true);
      if (document === undefined) return;
      expect(encoder.encode(document.text)).toEqual(bytes);
      expect(editDocument(document, [])).toEqual({ text: document.text });
      const json = JSON.stringify(document.value);
      const again = readYaml(name, json).document;
      expect(again === undefined ? json : canonicalJson(again.value)).toBe(canonicalJson(document.value));
      for (const parse of parsers)
        for (const { at: position, message } of parse(document).findings) expect([position === undefined, message.length < 1_000]).toEqual([false, true]);
    }),
    { numRuns: Math.ceil(2_000 * scale) },
  );
});

const HEAD = 'apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nschema:\n  - name: t\n    properties:\n';
const many: Readonly<Record<string, readonly [(document: SourceDocument) => { readonly findings: readonly Finding[] }, string]>> = {
  'columns with two mistakes each': [
    parseContract,
    `${HEAD}${Array.from({ length: 6_000 }, (_, index) => `    - {nme: a${index}, logicalType: text}\n`).join('')}`,
  ],
  'columns of the same name and key': [
    parseContract,
    `${HEAD}${'    - {name: a, primaryKey: true, primaryKeyPosition: 1, classification: x}\n'.repeat(4_000)}`,
  ],
  'ports of the same name': [parseProduct, `apiVersion: v1.1.0\nkind: DataProduct\nid: p\ndomain: d\noutputPorts:\n${'- {name: a b}\n'.repeat(8_000)}`],
  'unknown keys': [parseBuild, Array.from({ length: 15_000 }, (_, index) => `key${index}: 1\n`).join('')],
  'unknown members': [parseDomain, `name: a\nowner: a\nmembers:\n${'- {user: a}\n'.repeat(10_000)}`],
};

test.each(Object.entries(many))('many %s are a few findings', (_, [parse, text]) => {
  const { document, findings } = readYaml('a.yaml', text);
  expect(findings).toEqual([]);
  const found = document === undefined ? [] : parse(document).findings;
  expect(found.length).toBeGreaterThan(10);
  expect(found.length).toBeLessThanOrEqual(50);
});
