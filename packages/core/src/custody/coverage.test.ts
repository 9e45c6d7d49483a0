import { expect, it } from 'vitest';
import { parseContract } from '../contract/parse-contract.ts';
import { readYaml } from '../document/read-yaml.ts';
import { type CoverageQuestion, coverageOf, enforceable } from './coverage.ts';
import { custodies, custodyInPlace } from './custody.ts';

const CONTRACT = `apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
roles: [{ role: full, access: read }]
schema:
  - name: orders
    properties:
      - { name: id, logicalType: integer, required: true }
    quality:
      - { id: few, type: library, metric: rowCount, mustBeGreaterThan: 0, severity: warning }
      - { id: note, type: text, description: Cents are lost. }
      - { id: own, type: custom, engine: dbt, implementation: { name: is_even } }
      - { id: mon, type: custom, engine: monte-carlo, implementation: { name: m } }
      - { id: lost, type: text, description: Rows stay., customProperties: [{ property: change, value: { rowsLost: 0 } }] }
slaProperties:
  - { property: availability, value: 99, unit: percent }
  - { property: frequency, value: 1, unit: d }
`;

function covered(but: Partial<CoverageQuestion>, text = CONTRACT): readonly string[] {
  const document = readYaml('c.odcs.yaml', text).document;
  const contract = document === undefined ? undefined : parseContract(document).contract;
  const [object] = contract?.objects ?? [];
  if (contract === undefined || object === undefined) throw new Error('the contract does not parse');
  return coverageOf({ contract, object, custody: 'held', level: 'block', granted: false, ...but }).map(({ clause, coverage }) => `${coverage}: ${clause}`);
}

it('what the mesh holds is enforced where it can be, and each clause is named', () => {
  expect(covered({})).toMatchInlineSnapshot(`
    [
      "enforced: id must be a column of type BIGINT or like it",
      "enforced: id must not be null",
      "observed: orders number of rows must be greater than 0",
      "only words: orders Cents are lost.",
      "only words: orders has a check of another tool",
      "only words: orders has a check of another tool",
      "enforced: orders Rows stay.",
      "only words: orders availability 99 percent is promised",
      "observed: orders must be published every 1 d",
      "enforced: the role full sees everything",
      "enforced: no reader is broken within a major version",
      "observed: readers are told before a change, by the days of their agreements",
    ]
  `);
});

it('a lower level lets through, and is told as watching', () => {
  expect(covered({ level: 'warn' }).filter((line) => line.startsWith('enforced'))).toEqual(['enforced: the role full sees everything']);
});

it('in place nothing is enforced but what a database holds; where nobody looks, all is words', () => {
  const count = (lines: readonly string[]) =>
    Object.fromEntries(['enforced', 'observed', 'only words'].map((one) => [one, lines.filter((line) => line.startsWith(one)).length]));
  expect(Object.fromEntries(custodies.map((custody) => [custody, count(covered({ custody }))]))).toMatchInlineSnapshot(`
    {
      "held": {
        "enforced": 5,
        "observed": 3,
        "only words": 4,
      },
      "in place": {
        "enforced": 0,
        "observed": 2,
        "only words": 10,
      },
      "in place, connected": {
        "enforced": 0,
        "observed": 6,
        "only words": 6,
      },
      "in place, through dbt": {
        "enforced": 0,
        "observed": 7,
        "only words": 5,
      },
    }
  `);
  expect(covered({ custody: 'in place, through dbt' })).toContain('observed: orders has a check of another tool');
});

it('only what is listed as enforceable is ever said to be enforced', () => {
  const said = custodies.flatMap((custody) => {
    const document = readYaml('c.odcs.yaml', CONTRACT).document;
    const contract = document === undefined ? undefined : parseContract(document).contract;
    const [object] = contract?.objects ?? [];
    if (contract === undefined || object === undefined) throw new Error('the contract does not parse');
    const clauses = [true, false].flatMap((granted) => coverageOf({ contract, object, custody, level: 'block', granted }));
    return clauses.filter(({ coverage }) => coverage === 'enforced').map(({ kind }) => `${custody}/${kind}`);
  });
  expect(new Set(said)).toEqual(new Set(enforceable));
});

it('custody is what the contract says of its first server', () => {
  const of = (more: string) => {
    const document = readYaml('c.odcs.yaml', CONTRACT + more).document;
    return custodyInPlace((document === undefined ? undefined : parseContract(document).contract) ?? {});
  };
  expect(of('servers: [{ server: s, type: snowflake, account: a, database: d, schema: x }]\n')).toBe('in place');
  expect(of('servers: [{ server: s, type: postgres, host: h, port: 5432, database: d, schema: x }]\n')).toBe('in place, connected');
  expect(
    of('servers: [{ server: s, type: snowflake, account: a, database: d, schema: x }]\ncustomProperties: [{ property: dbtModel, value: model.a.b }]\n'),
  ).toBe('in place, through dbt');
  expect(
    of('servers: [{ server: s, type: postgres, host: h, port: 5432, database: d, schema: x, customProperties: [{ property: custody, value: dbt }] }]\n'),
  ).toBe('in place, through dbt');
});
