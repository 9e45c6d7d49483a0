import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Contract } from '@hanse/core/contract/contract.ts';
import { parseLoneContract } from '@hanse/core/contract/parse-lone-contract.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import type { OtherTable } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { formatCheck } from '@hanse/core/rule/format-check.ts';
import { formatPath, type Rule } from '@hanse/core/rule/rule.ts';
import { sampleContract } from '@hanse/core/sample/sample-contract.ts';
import type { Left } from '@hanse/core/sample/wishes.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { admitRules } from './admit-rules.ts';
import { type DuckDb, openDuckDb } from './check-case.fixture.ts';
import { checkTable } from './check-table.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const root = new URL('../../../../', import.meta.url).pathname;

async function contractAt(path: string): Promise<Contract> {
  const { document } = readYaml(path, await readFile(`${root}${path}`));
  const { contract } = document === undefined ? {} : parseLoneContract(document);
  if (contract === undefined) throw new Error(`${path} is no contract`);
  return contract;
}

let schemas = 0;
/** What our own checks find in a contract's sample, beside what was left out of it. */
async function judged(contract: Contract, rows: number): Promise<{ readonly broken: readonly string[]; readonly left: readonly Left[] }> {
  const schema = `sample_${(schemas += 1)}`;
  const { objects, left } = sampleContract(contract, { seed: 1, rows });
  await db.run(`CREATE SCHEMA ${schema}`);
  const others = new Map<string, OtherTable>();
  for (const { object, sql } of objects) {
    const relation = `${schema}.${quoteName(object.name)}`;
    await db.run(`CREATE TABLE ${relation} AS ${sql}`);
    others.set(object.name, { relation, columns: await db.columns(relation), object });
  }
  const broken: string[] = [];
  for (const { object } of objects) {
    const table = others.get(object.name);
    if (table === undefined || !('relation' in table)) throw new Error(object.name);
    const rules = await admitRules(db.parse, compileRules(object, contract));
    const { checks } = await checkTable(db, {
      rules,
      columns: table.columns,
      relation: table.relation,
      files: [{ name: object.name, relation: table.relation }],
      context: { now: '2026-06-01T00:00:00.000Z', others },
    });
    const isLeft = ({ rule }: Check) => left.some(({ what }) => saysOf(object.name, rule).some((said) => what === said || what.startsWith(`${said} refers`)));
    const wrong = checks.filter((check) => (check.status === 'fail' || check.status === 'warn') && !isLeft(check));
    broken.push(...wrong.map((check) => `${check.status} ${formatCheck(object.name, check)}`));
  }
  return { broken, left };
}

/** How a rule, or the whole column that it is of, may be told among what is left. */
function saysOf(object: string, { path, expectation }: Rule): readonly string[] {
  const subject = path.length === 0 ? object : `${object}.${formatPath(path)}`;
  if (expectation.startsWith('number of rows')) return [`${subject} has a rule for its number of rows`];
  return path.length === 0 ? [`${subject} ${expectation}`] : [subject, `${subject} ${expectation}`];
}

const airline = globSync('examples/airline/**/*.odcs.yaml', { cwd: root }).toSorted();
test.each(airline)('%s', async (path) => {
  const { broken, left } = await judged(await contractAt(path), 300);
  expect(broken).toEqual([]);
  expect(left.filter(({ why }) => !/its query is not read|values are the same on every day|there are as many rows/.test(why))).toEqual([]);
});

const standards = globSync('test/fixtures/standards/odcs/examples-*/**/*.odcs.yaml', { cwd: root }).toSorted();
test.each(standards)('%s', async (path) => {
  const contract = await contractAt(path).catch(() => undefined);
  if (contract === undefined) return;
  expect((await judged(contract, 100)).broken).toEqual([]);
});

async function judgedText(schema: unknown, rows: number) {
  const written = JSON.stringify({ apiVersion: 'v3.2.0', kind: 'DataContract', id: 'x', version: '1.0.0', status: 'active', schema });
  const { document } = readYaml('x.odcs.yaml', Buffer.from(written));
  const { contract, findings } = document === undefined ? { contract: undefined, findings: [] } : parseLoneContract(document);
  if (contract === undefined) throw new Error(JSON.stringify(findings));
  return judged(contract, rows);
}

const key = (name: string, more = {}) => ({ name, logicalType: 'string', primaryKey: true, required: true, ...more });

test('references hold to the table itself, one to one, over several tables, and from fields of structs', async () => {
  const schema = [
    { name: 'badges', properties: [{ name: 'owner', logicalType: 'string', unique: true, required: true, relationships: [{ to: 'people.id' }] }] },
    { name: 'people', properties: [key('id'), { name: 'boss', logicalType: 'string', relationships: [{ to: 'people.id' }] }] },
    {
      name: 'trips',
      properties: [
        key('person', { primaryKeyPosition: 1, relationships: [{ to: 'people.id' }] }),
        key('trip', { primaryKeyPosition: 2, logicalTypeOptions: { maxLength: 1 } }),
        { name: 'guide', logicalType: 'object', properties: [{ name: 'id', logicalType: 'string', relationships: [{ to: 'people.id' }] }] },
      ],
    },
    {
      name: 'stops',
      properties: [
        key('person', { primaryKeyPosition: 1 }),
        key('trip', { primaryKeyPosition: 2 }),
        key('stop', { primaryKeyPosition: 3, logicalType: 'integer', logicalTypeOptions: { minimum: 1, maximum: 3 } }),
      ],
      relationships: [{ from: ['stops.person', 'stops.trip'], to: ['trips.person', 'trips.trip'] }],
    },
  ];
  expect(await judgedText(schema, 200)).toEqual({ broken: [], left: [] });
});

test('a circle of references is told, and all else holds', async () => {
  const schema = [
    { name: 'hens', properties: [key('id'), { name: 'egg', logicalType: 'string', relationships: [{ to: 'eggs.id' }] }] },
    { name: 'eggs', properties: [key('id'), { name: 'hen', logicalType: 'string', relationships: [{ to: 'hens.id' }] }] },
  ];
  const { broken, left } = await judgedText(schema, 20);
  expect({ broken, left }).toEqual({ broken: [], left: [{ what: 'eggs.hen refers to hens id', why: 'the objects refer to each other in a circle' }] });
});

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const text = fc.record(
  {
    logicalType: fc.constant('string'),
    required: fc.boolean(),
    unique: fc.boolean(),
    logicalTypeOptions: fc.oneof(
      fc.record({ minLength: fc.nat(12) }, { requiredKeys: [] }),
      fc.record({ maxLength: fc.integer({ min: 2, max: 40 }) }),
      fc.record({
        pattern: fc.constantFrom(
          '^[A-Z]{3}-[0-9]+$',
          '^(eu|us|asia)-[a-f0-9]{4,6}$',
          'x',
          '^\\w+\\s\\w+$',
          '^[^a-z]{2,}',
          '(?:ab|cd){2,3}$',
          '^\\d{3}\\.\\d?[A-C]*$',
        ),
      }),
      fc.record({ format: fc.constantFrom('email', 'uuid', 'uri', 'hostname', 'ipv4', 'ipv6', 'date', 'time', 'date-time', 'byte') }),
    ),
  },
  { requiredKeys: ['logicalType'] },
);
const number = fc.record(
  {
    logicalType: fc.constant('number'),
    physicalType: fc.constantFrom('DECIMAL(9,3)', 'DOUBLE', 'NUMERIC(38,0)', 'DECIMAL(5,5)'),
    unique: fc.boolean(),
    required: fc.boolean(),
    logicalTypeOptions: fc.record({ multipleOf: fc.constantFrom(1, 5, 0.5) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['logicalType'] },
);
const whole = fc.record(
  {
    logicalType: fc.constant('integer'),
    physicalType: fc.constantFrom('INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'HUGEINT'),
    unique: fc.boolean(),
    logicalTypeOptions: fc.record(
      { minimum: fc.integer({ min: -50, max: 20 }), exclusiveMaximum: fc.integer({ min: 40, max: 100 }), multipleOf: fc.constantFrom(1, 3, 7) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['logicalType'] },
);
const day = fc.record(
  {
    logicalType: fc.constantFrom('date', 'timestamp'),
    required: fc.boolean(),
    logicalTypeOptions: fc.record(
      { minimum: fc.constantFrom('2020-02-29', '1890-01-01'), maximum: fc.constantFrom('2020-03-01', '2031-12-31') },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['logicalType'] },
);
const leaf = fc.oneof(text, number, whole, day, fc.record({ logicalType: fc.constant('boolean') }), fc.record({ logicalType: fc.constant('time') }));
const property = fc.oneof(
  { weight: 5, arbitrary: leaf },
  fc.record({ logicalType: fc.constant('number'), physicalType: fc.constant('REAL'), unique: fc.boolean() }),
  fc.record({
    logicalType: fc.constant('array'),
    items: leaf.map(({ ...item }) => ({ ...item, unique: false })),
    logicalTypeOptions: fc.record({ minItems: fc.nat(3), maxItems: fc.integer({ min: 3, max: 5 }), uniqueItems: fc.boolean() }, { requiredKeys: [] }),
  }),
  fc.record({
    logicalType: fc.constant('object'),
    properties: fc
      .uniqueArray(fc.tuple(name, leaf), { selector: ([one]) => one, minLength: 1, maxLength: 3 })
      .map((fields) => fields.map(([one, field]) => ({ ...field, name: one, unique: false }))),
  }),
  fc.record({
    logicalType: fc.constant('map'),
    map: fc.record({ key: fc.constant({ logicalType: 'string' }), value: leaf.map((value) => ({ ...value, unique: false })) }),
  }),
);
const properties = fc.uniqueArray(fc.tuple(name, property), { selector: ([one]) => one, minLength: 1, maxLength: 4 });
const tables = fc.tuple(properties, properties, fc.boolean()).map(([parent, child, isComposite]) => {
  const columns = (list: typeof parent) => list.map(([one, written]) => ({ ...written, name: one }));
  const numbered = (position: number) => ({ logicalType: 'integer', primaryKey: true, primaryKeyPosition: position, required: true });
  const to = isComposite ? ['p.k1', 'p.k2'] : 'p.k1';
  const keys = isComposite
    ? [
        { ...numbered(1), name: 'k1' },
        { ...numbered(2), name: 'k2' },
      ]
    : [{ ...numbered(1), name: 'k1' }];
  return [
    { name: 'p', properties: [...keys, ...columns(parent)] },
    {
      name: 'q',
      properties: [...columns(child), { name: 'r1', logicalType: 'integer', required: true }, { name: 'r2', logicalType: 'integer' }],
      relationships: [{ from: isComposite ? ['q.r1', 'q.r2'] : ['q.r1'], to: Array.isArray(to) ? to : [to] }],
    },
  ];
});

test('rows keep any contract, but for what is told', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (schema) => {
      const { broken, left } = await judgedText(schema, 60);
      expect(broken).toEqual([]);
      expect(left.filter(({ why }) => !/there are as many rows|can be had/.test(why))).toEqual([]);
    }),
    { numRuns: 25 * Number(process.env['HANSE_TEST_SCALE'] ?? 1), seed: 7 },
  );
}, 60_000);
