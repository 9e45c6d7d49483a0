import { parseContract } from '../contract/parse-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { compileRules } from './compile-rules.ts';

export type Written = Readonly<Record<string, unknown>>;

/** What a clause of the standard becomes: an example of it that must add a rule, or why it promises nothing that data could break. */
type Clause = { readonly gives: Written } | { readonly says: string };

const gives = (written: Written): Clause => ({ gives: written });
export const about: Clause = { says: 'describes, and promises nothing' };
const inside: Clause = { says: 'walked by itself' };
const type = (logicalType: string, logicalTypeOptions: Written): Clause => gives({ logicalType, logicalTypeOptions });
const checked = (quality: Written): Clause => gives({ quality: [quality] });
const metric = { metric: 'nullValues', mustBe: 0 };

export const ofProperty: Readonly<Record<string, Clause>> = {
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

export const ofType: Readonly<Record<string, Clause>> = {
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
export const ofQuality: Readonly<Record<string, Clause>> = {
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
  query: checked({ type: 'sql', query: 'SELECT count(*) FROM ${object}', mustBe: 1 }),
  implementation: checked({ type: 'custom', engine: 'soda', implementation: '- row_count > 0' }),
};

/** Each clause that gives a rule, by the part of the standard it stands in. */
export const clauseExamples = Object.entries({ property: ofProperty, type: ofType, quality: ofQuality }).flatMap(([part, known]) =>
  Object.entries(known).flatMap(([name, clause]) => ('gives' in clause ? [[`${part} ${name}`, clause.gives] as const] : [])),
);

/** The rules of an object whose only column is `x`. */
export function rulesOf(property: Written, sla: readonly Written[] = []) {
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
