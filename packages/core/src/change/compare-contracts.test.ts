import { expect, test } from 'vitest';
import { parseContract } from '../contract/parse-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { compareContracts } from './compare-contracts.ts';

const contractWith = (type: string) => read(`schema:\n  - name: orders\n    properties:\n      - {name: amount, ${type}}\n`);

function read(parts: string) {
  const text = `apiVersion: v3.1.0
kind: DataContract
id: c1
name: orders
version: 1.0.0
status: active
${parts}`;
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

function rolesOn(names: string, columns: string, rows: string) {
  const roles = `roles: [{role: eu, customProperties: [{property: restriction, value: {rows: "${rows}", columns: {${columns}}}}]}]`;
  return read(`schema:\n  - {id: t, name: orders, properties: [${names}]}\n${roles}\n`);
}

test('a role follows a column by its id: a new name alone restricts nothing otherwise, a name that moves does', () => {
  const before = rolesOn('{id: a, name: email}, {id: b, name: region}', 'email: drop', "region = 'email'");
  const told = (names: string, columns: string, rows: string) => {
    const changes = compareContracts(before, rolesOn(names, columns, rows));
    return changes.map(({ message }) => message).filter((message) => message.includes('role'));
  };
  expect(told('{id: a, name: mail}, {id: b, name: area}', 'mail: drop', "area = 'email'")).toEqual([]);
  expect(told('{id: a, name: mail}, {id: b, name: area}', 'a: drop', "b = 'email'")).toEqual([]);
  expect(told('{id: a, name: mail}, {id: b, name: region}', 'mail: drop', "region = 'mail'")).toEqual(['role eu restricts otherwise']);
  expect(told('{id: a, name: region}, {id: b, name: email}', 'email: drop', "region = 'email'")).toEqual(['role eu restricts otherwise']);
});
