import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseContract } from '../contract/parse-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { compileRules } from './compile-rules.ts';

type Written = Readonly<Record<string, unknown>>;

/** What a clause of the standard becomes: an example of it that must add a rule, or why it promises nothing that data could break. */
type Clause = { readonly gives: Written } | { readonly says: string };

const gives = (written: Written): Clause => ({ gives: written });
const about: Clause = { says: 'describes, and promises nothing' };
const inside: Clause = { says: 'walked by itself' };
const type = (logicalType: string, logicalTypeOptions: Written): Clause => gives({ logicalType, logicalTypeOptions });
const checked = (quality: Written): Clause => gives({ quality: [quality] });
const metric = { metric: 'nullValues', mustBe: 0 };

const ofProperty: Readonly<Record<string, Clause>> = {
  ...Object.fromEntries(
    [
      'id',
      'name',
      'physicalName',
      'description',
      'businessName',
      'deprecated',
      'synonyms',
      'authoritativeDefinitions',
      'tags',
      'customProperties',
      'context',
      'logicalType',
      'physicalType',
      'partitioned',
      'partitionKeyPosition',
      'primaryKeyPosition',
      'classification',
      'encryptedName',
      'transformSourceObjects',
      'transformLogic',
      'transformDescription',
      'examples',
      'criticalDataElement',
      'semanticType',
    ].map((name) => [name, about]),
  ),
  logicalTypeOptions: inside,
  primaryKey: gives({ primaryKey: true }),
  required: gives({ required: true }),
  unique: gives({ unique: true }),
  enum: gives({ enum: [{ value: 'a' }] }),
  relationships: gives({ relationships: [{ to: 'others.id' }] }),
  quality: checked(metric),
  items: gives({ logicalType: 'array', items: { logicalType: 'string', required: true } }),
  properties: gives({ logicalType: 'object', properties: [{ name: 'inner', logicalType: 'string', required: true }] }),
  map: gives({ logicalType: 'map', map: { key: { logicalType: 'string' }, value: { logicalType: 'string', required: true } } }),
};

const ofType: Readonly<Record<string, Clause>> = {
  minLength: type('string', { minLength: 1 }),
  maxLength: type('string', { maxLength: 1 }),
  pattern: type('string', { pattern: 'a' }),
  format: type('string', { format: 'email' }),
  minimum: type('integer', { minimum: 1 }),
  maximum: type('integer', { maximum: 1 }),
  exclusiveMinimum: type('integer', { exclusiveMinimum: 1 }),
  exclusiveMaximum: type('integer', { exclusiveMaximum: 1 }),
  multipleOf: type('integer', { multipleOf: 5 }),
  minItems: type('array', { minItems: 1 }),
  maxItems: type('array', { maxItems: 1 }),
  uniqueItems: type('array', { uniqueItems: true }),
  minProperties: type('object', { minProperties: 1 }),
  maxProperties: type('object', { maxProperties: 1 }),
  required: type('object', { required: ['a'] }),
  dimensions: type('vector', { dimensions: 3 }),
  ...Object.fromEntries(
    ['timezone', 'defaultTimezone', 'elementType', 'distanceMetric', 'embeddingModel', 'embeddingModelVersion', 'normalized'].map((name) => [
      name,
      { says: 'is part of the type' },
    ]),
  ),
};

const operators = ['mustBe', 'mustNotBe', 'mustBeGreaterThan', 'mustBeGreaterOrEqualTo', 'mustBeLessThan', 'mustBeLessOrEqualTo'];
const ofQuality: Readonly<Record<string, Clause>> = {
  ...Object.fromEntries(
    [
      'id',
      'authoritativeDefinitions',
      'businessImpact',
      'customProperties',
      'description',
      'dimension',
      'method',
      'name',
      'schedule',
      'scheduler',
      'severity',
      'tags',
      'unit',
      'arguments',
      'engine',
    ].map((name) => [name, about]),
  ),
  ...Object.fromEntries(operators.map((name) => [name, checked({ metric: 'nullValues', [name]: 1 })])),
  mustBeBetween: checked({ metric: 'nullValues', mustBeBetween: [0, 1] }),
  mustNotBeBetween: checked({ metric: 'nullValues', mustNotBeBetween: [2, 3] }),
  type: checked({ type: 'text', description: 'is right' }),
  metric: checked(metric),
  rule: checked({ type: 'library', metric: 'nullValues', rule: 'nullCheck', mustBe: 0 }),
  query: checked({ type: 'sql', query: 'SELECT 1', mustBe: 1 }),
  implementation: checked({ type: 'custom', engine: 'soda', implementation: '- row_count > 0' }),
};

function propertyNames(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(propertyNames);
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, allOf, oneOf, anyOf, then } = schema as Record<string, unknown>;
  return [...Object.keys(properties as object), ...[allOf, oneOf, anyOf, then].flatMap(propertyNames)];
}

/** The names below `logicalTypeOptions` wherever a type says them. */
function optionNames(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(optionNames);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => (key === 'logicalTypeOptions' ? propertyNames(value) : optionNames(value)));
}

function rulesOf(property: Written, sla: readonly Written[] = []) {
  const document = {
    apiVersion: 'v3.2.0',
    kind: 'DataContract',
    id: 'c',
    version: '1.0.0',
    status: 'active',
    schema: [
      { name: 'others', properties: [{ name: 'id', logicalType: 'string' }] },
      { name: 'orders', properties: [{ name: 'x', ...property }] },
    ],
    slaProperties: sla,
  };
  const { document: read } = readYaml('c.odcs.yaml', JSON.stringify(document));
  const { contract, findings } = read === undefined ? { findings: [] } : parseContract(read);
  if (contract?.objects[1] === undefined) throw new Error(JSON.stringify(findings.map(({ message }) => message)));
  return compileRules(contract.objects[1], contract);
}

describe.each(['3.0.2', '3.1.0', '3.2.0'])('ODCS %s', (version) => {
  const { $defs } = JSON.parse(readFileSync(new URL(`../../standards/odcs/odcs-json-schema-v${version}.json`, import.meta.url), 'utf8'));
  const named = (...names: readonly string[]) => names.flatMap((name) => propertyNames($defs[name]));

  test.each([
    ['a property', named('SchemaElement', 'SchemaObject', 'SchemaBaseProperty', 'SchemaItemProperty'), { ...ofProperty, dataGranularityDescription: about }],
    ['a type', optionNames($defs.SchemaBaseProperty), ofType],
    ['a quality rule', named('DataQuality', 'DataQualityOperators', 'DataQualityLibrary', 'DataQualitySql', 'DataQualityCustom'), ofQuality],
  ])('each clause of %s is a rule, or is known to promise nothing', (_, names, known) => {
    expect(names.length).toBeGreaterThan(10);
    expect([...new Set(names)].filter((name) => !Object.hasOwn(known, name))).toEqual([]);
  });
});

const cases = [ofProperty, ofType, ofQuality].flatMap((known) =>
  Object.entries(known).flatMap(([name, clause]) => ('gives' in clause ? [[name, clause.gives] as const] : [])),
);

test.each(cases)('%s gives a rule', (_, written) => {
  const bare = rulesOf({ logicalType: written['logicalType'] === undefined || written['logicalType'] === 'map' ? 'string' : written['logicalType'] });
  const rules = rulesOf({ logicalType: 'string', ...written });
  expect(rules.length).toBe(bare.length + 1);
  expect(rules.filter(({ test: { kind } }) => kind === 'unsupported')).toEqual([]);
});

test.each([
  ['freshness', 4, 'h', 'x newest value must be at most 4 h old'],
  ['latency', 4, 'd', 'x newest value must be at most 4 d old'],
  ['retention', 3, 'y', 'x oldest value must be at most 3 y old'],
  ['frequency', 1, 'd', 'x must be published every 1 d'],
  ['timeOfAvailability', '09:00-08:00', undefined, 'x must be published by 09:00 (UTC-08:00)'],
  ['volume', 1000, 'rows', 'x number of rows must be at least 1000'],
  ['availability', 99.9, 'percent', 'x availability 99.9 percent is promised'],
  ['endOfLife', '2042-05-12', undefined, 'x endOfLife 2042-05-12 is promised'],
  ['anything', 'at all', undefined, 'x anything at all is promised'],
  ['freshness', 'soon', undefined, 'x has a rule that is not evaluated here'],
])('the service level %s of %s %s is a rule of the object it names', (property, value, unit, expected) => {
  const level = { property, value, element: 'orders.x', ...(unit !== undefined && { unit }) };
  const rules = rulesOf({ logicalType: 'timestamp' }, [level]);
  expect(rules.slice(1).map(({ path, expectation }) => `${path[0]?.kind === 'field' ? path[0].name : ''} ${expectation}`)).toEqual([expected]);
});

test('what is calculated has no column: its clauses are words, unless a physical name tells where it lies', () => {
  const written = { logicalType: 'number', required: true, transformLogic: 'SUM(amount)' };
  const kinds = (more: Written) => rulesOf({ ...written, ...more }).map(({ test: { kind } }) => kind);
  expect(kinds({ semanticType: 'measure' })).toEqual(['words', 'words']);
  expect(kinds({ semanticType: 'dimension' })).toEqual(['words', 'words']);
  expect(kinds({ semanticType: 'measure', physicalName: 'total' })).toEqual(['schema', 'required']);
  expect(kinds({ semanticType: 'dimension', transformLogic: undefined })).toEqual(['schema', 'required']);
  expect(kinds({ semanticType: 'column' })).toEqual(['schema', 'required']);
});
