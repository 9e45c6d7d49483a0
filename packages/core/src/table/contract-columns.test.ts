import { describe, expect, test } from 'vitest';
import type { SchemaProperty } from '../contract/contract.ts';
import { contractColumns } from './contract-columns.ts';
import { formatType } from './wanted-type.ts';

function property(name: string, written: Partial<SchemaProperty> = {}): SchemaProperty {
  return { id: `${name}_id`, name, logicalTypeOptions: {}, required: false, unique: false, properties: [], quality: [], tags: [], ...written };
}

function read(...properties: readonly SchemaProperty[]) {
  const { columns, findings } = contractColumns({ id: 't', name: 't', properties, quality: [] });
  return { types: columns.map(({ type }) => `${formatType(type)}${type.loose ? '?' : ''}`), findings };
}

describe('columns of a contract', () => {
  test.each<[string, Partial<SchemaProperty>, string]>([
    ['string', { logicalType: 'string' }, 'VARCHAR?'],
    ['binary string', { logicalType: 'string', logicalTypeOptions: { format: 'binary' } }, 'BLOB?'],
    ['integer', { logicalType: 'integer' }, 'BIGINT?'],
    ['small integer', { logicalType: 'integer', logicalTypeOptions: { format: 'i8' } }, 'BIGINT?'],
    ['unsigned 64 bits', { logicalType: 'integer', logicalTypeOptions: { format: 'u64' } }, 'DECIMAL(20,0)?'],
    ['number', { logicalType: 'number' }, 'DOUBLE?'],
    ['number with a scale', { logicalType: 'number', logicalTypeOptions: { precision: 12, scale: 2 } }, 'DECIMAL(12,2)'],
    ['boolean', { logicalType: 'boolean' }, 'BOOLEAN'],
    ['date', { logicalType: 'date' }, 'DATE'],
    ['time', { logicalType: 'time' }, 'TIME'],
    ['timestamp', { logicalType: 'timestamp' }, 'TIMESTAMP?'],
    ['timestamp with a zone', { logicalType: 'timestamp', logicalTypeOptions: { timezone: true } }, 'TIMESTAMP WITH TIME ZONE'],
    ['timestamp without', { logicalType: 'timestamp', logicalTypeOptions: { timezone: false } }, 'TIMESTAMP'],
    [
      'physical timestamp with a zone',
      { logicalType: 'timestamp', physicalType: 'timestamp', logicalTypeOptions: { timezone: true } },
      'TIMESTAMP WITH TIME ZONE',
    ],
    ['the physical type first', { logicalType: 'integer', physicalType: 'INT' }, 'INTEGER'],
    ['a bare NUMBER of integers', { logicalType: 'integer', physicalType: 'NUMBER' }, 'DECIMAL(38,0)?'],
    ['a length in brackets', { logicalType: 'string', physicalType: 'varchar[50]' }, 'VARCHAR'],
    ['json', { logicalType: 'object', physicalType: 'json', properties: [property('a')] }, 'VARCHAR'],
    ['object', { logicalType: 'object', properties: [property('a', { logicalType: 'date' })] }, 'STRUCT("a" DATE)'],
    ['array', { logicalType: 'array', physicalType: 'array', items: property('items', { logicalType: 'integer' }) }, 'BIGINT[]'],
    ['array by its physical type', { logicalType: 'array', physicalType: 'INT[]' }, 'INTEGER[]'],
    ['vector', { logicalType: 'vector', logicalTypeOptions: { dimensions: 3 } }, 'DOUBLE[]'],
    ['vector of small fractions', { logicalType: 'vector', logicalTypeOptions: { dimensions: 3, elementType: 'float32' } }, 'FLOAT[]'],
    ['map', { logicalType: 'map', keys: property('key', { logicalType: 'string' }), values: property('value', { logicalType: 'date' }) }, 'MAP(VARCHAR, DATE)'],
  ])('%s', (_, written, expected) => {
    expect(read(property('x', written))).toEqual({ types: [expected], findings: [] });
  });

  test('a stable key, required and the description come along; key columns are required', () => {
    const { columns } = contractColumns({
      id: 't',
      name: 't',
      quality: [],
      properties: [
        property('a', { logicalType: 'date', required: true, description: 'A day.' }),
        property('b', { logicalType: 'date', primaryKeyPosition: 1 }),
        property('c', { logicalType: 'date' }),
      ],
    });
    expect(columns.map(({ key, name, required, doc }) => [key, name, required, doc])).toEqual([
      ['a_id', 'a', true, 'A day.'],
      ['b_id', 'b', true, undefined],
      ['c_id', 'c', false, undefined],
    ]);
  });

  test('an unknown physical type falls back with a finding; nothing known is an error', () => {
    const { types, findings } = read(
      property('a', { logicalType: 'string', physicalType: 'GEOGRAPHY' }),
      property('b'),
      property('c', { physicalType: 'GEOGRAPHY' }),
      property('d', { logicalType: 'object' }),
    );
    expect(types).toEqual(['VARCHAR?']);
    expect(findings.map(({ code, severity, message }) => `${code} ${severity}: ${message}`)).toMatchInlineSnapshot(`
      [
        "table.physical-type-unknown info: t.a: the physical type GEOGRAPHY is not known here; the logical type string is used",
        "table.type-missing error: t.b: no known type",
        "table.type-missing error: t.c: no known type (physicalType GEOGRAPHY)",
        "table.type-missing error: t.d: no known type",
      ]
    `);
  });
});
