import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { about, clauseExamples, ofProperty, ofQuality, ofType, rulesOf, type Written } from './every-clause.fixture.ts';

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

test.each(clauseExamples)('%s gives a rule', (_, written) => {
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
