import { expect, test } from 'vitest';
import type { Contract } from '../contract/contract.ts';
import { parseLoneContract } from '../contract/parse-lone-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { sampleContract } from './sample-contract.ts';

function contract(properties: string, more = ''): Contract {
  const text = `apiVersion: v3.2.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n${properties}\n${more}`;
  const { document } = readYaml('x.odcs.yaml', text);
  const parsed = document === undefined ? undefined : parseLoneContract(document).contract;
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const KEY = '      - {name: id, logicalType: integer, primaryKey: true, logicalTypeOptions: {minimum: 100}}';

test('a column is an expression of the row’s number', () => {
  expect(sampleContract(contract(`${KEY}\n      - {name: size, logicalType: string, enum: [{value: s}, {value: m}]}`), { seed: 3, rows: 5 })).toMatchObject({
    objects: [
      {
        rows: 5,
        sql: [
          'SELECT',
          '  CAST(CAST((100 + (i)::HUGEINT * 1)::BIGINT AS BIGINT) AS BIGINT) AS "id",',
          `  CAST(CASE WHEN hash(i, '3/t/size/null') % 20 <> 0 THEN CAST(['s', 'm'][((hash(i, '3/t/size/') % 2)::BIGINT) + 1] AS VARCHAR) END AS VARCHAR) AS "size"`,
          'FROM range(5) AS sample(i)',
        ].join('\n'),
      },
    ],
    left: [],
  });
});

test.each([
  ['      - {name: a, logicalType: string, logicalTypeOptions: {pattern: "^(?=a)b$"}}', 't.a: no value that keeps it could be made'],
  ['      - {name: a, logicalType: integer, logicalTypeOptions: {minimum: 9, maximum: 3}}', 't.a: no value that keeps it could be made'],
  ['      - {name: a, logicalType: boolean, unique: true}', 't: a distinct: its columns have 2 values that differ: there are as many rows'],
  ['      - {name: a, logicalType: integer, relationships: [{to: shop.orders.id}]}', 't.a refers to shop.orders id: what it refers to is in another contract'],
  [`${KEY}\n    quality: [{type: sql, name: odd, query: "select 1", mustBe: 1}]`, "t the query's answer must be 1: its query is not read"],
  [
    `${KEY}\n    quality: [{type: library, metric: rowCount, mustBeGreaterThan: 9000000}]`,
    't has a rule for its number of rows: no number of rows up to 100000 keeps all that is asked of it',
  ],
])('what cannot be kept is told: %s', (properties, told) => {
  expect(sampleContract(contract(properties), { seed: 1, rows: 50 }).left.map(({ what, why }) => `${what}: ${why}`)).toEqual([told]);
});

test('the same seed gives the same statement, another seed another one', () => {
  const sql = (seed: number) => sampleContract(contract('      - {name: a, logicalType: number}'), { seed, rows: 5 }).objects[0]?.sql;
  expect(sql(1)).toBe(sql(1));
  expect(sql(2)).not.toBe(sql(1));
});
