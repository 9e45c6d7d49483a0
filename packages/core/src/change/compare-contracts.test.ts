import { expect, test } from 'vitest';
import { parseContract } from '../contract/parse-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { compareContracts } from './compare-contracts.ts';

function contractWith(type: string) {
  const text = `apiVersion: v3.1.0
kind: DataContract
id: c1
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: amount, ${type}}
`;
  const { document } = readYaml('orders.odcs.yaml', text);
  const contract = document === undefined ? undefined : parseContract(document).contract;
  if (contract === undefined) throw new Error(`No contract: ${text}`);
  return contract;
}

const kindsOf = (before: string, after: string) => compareContracts(contractWith(before), contractWith(after)).map(({ kind }) => kind);

test.each([
  ['INT', 'integer'],
  ['VARCHAR(10)', 'TEXT'],
  ['DECIMAL(10,2)', 'numeric(10, 2)'],
  ['DOUBLE', 'DOUBLE PRECISION'],
])('%s is written %s, and nothing changes', (before, after) => {
  expect(kindsOf(`physicalType: "${before}"`, `physicalType: "${after}"`)).toEqual([]);
});

test.each([
  ['INT', 'BIGINT'],
  ['REAL', 'DOUBLE'],
  ['DECIMAL(10,2)', 'DECIMAL(12,2)'],
])('%s widens to %s', (before, after) => {
  expect(kindsOf(`physicalType: "${before}"`, `physicalType: "${after}"`)).toEqual(['type-widened']);
});

test.each([
  ['BIGINT', 'INT'],
  ['DECIMAL(10,2)', 'DECIMAL(12,3)'],
  ['DECIMAL(12,2)', 'DECIMAL(10,2)'],
  ['VARCHAR', 'UUID'],
  ['GEOMETRY', 'GEOGRAPHY'],
  ['INT', 'VARCHAR'],
])('%s to %s is another type', (before, after) => {
  expect(kindsOf(`physicalType: "${before}"`, `physicalType: "${after}"`)).toEqual(['type-changed']);
});

test('a logical type that changes is another type', () => {
  expect(kindsOf('logicalType: integer', 'logicalType: number')).toEqual(['type-changed']);
  expect(kindsOf('logicalType: integer', 'logicalType: integer, physicalType: BIGINT')).toEqual(['type-changed']);
});
