import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contract, QualityRule, SchemaProperty } from '../contract/contract.ts';
import { type Change, type ChangeKind, changeKey, changeKinds } from './change.ts';
import type { OutputPort, Product } from '../product/product.ts';
import { compareContracts } from './compare-contracts.ts';
import { compareProducts } from './compare-products.ts';

const numRuns = Math.ceil(60 * Number(process.env['HANSE_TEST_SCALE'] ?? 1));

const column = (name: string, more: Partial<SchemaProperty> = {}): SchemaProperty => ({
  id: name,
  name,
  physicalType: 'INTEGER',
  logicalTypeOptions: {},
  required: false,
  unique: false,
  properties: [],
  quality: [],
  tags: [],
  ...more,
});

const contract = (c: Partial<SchemaProperty> = {}, more: Partial<Contract> = {}): Contract => ({
  id: 'k',
  version: '1.0.0',
  apiVersion: 'v3.2.0',
  name: 'k',
  status: 'active',
  objects: [{ id: 't', name: 't', properties: [column('a'), column('c', c)], quality: [] }],
  roles: [{ name: 'full', approvers: [], standing: false, restriction: { columns: [] } }],
  sla: [],
  tags: [],
  ...more,
});

const rule = (written: Readonly<Record<string, unknown>>): readonly QualityRule[] => [
  { type: 'library', id: 'q', ...(typeof written['severity'] === 'string' && { severity: written['severity'] }), written },
];
const option = (logicalTypeOptions: Readonly<Record<string, unknown>>) => contract({ logicalTypeOptions });
const quality = (written: Readonly<Record<string, unknown>>) => contract({ quality: rule(written) });
const custom = (unit: string) => contract({ customProperties: [{ property: 'unit', value: unit }] });
const latency = (value: number, unit = 'h') => contract({}, { sla: [{ property: 'latency', value, unit, element: 't' }] });
const available = (value: number) => contract({}, { sla: [{ property: 'availability', value, unit: '%' }] });
const keyed = (...names: readonly string[]) =>
  contract(
    {},
    {
      objects: [
        {
          id: 't',
          name: 't',
          quality: [],
          properties: ['a', 'c'].map((name) => column(name, names.includes(name) ? { primaryKeyPosition: names.indexOf(name) + 1 } : {})),
        },
      ],
    },
  );
const roles = (...dropped: readonly string[]) =>
  contract(
    {},
    {
      roles: [
        {
          name: 'full',
          approvers: [],
          standing: false,
          restriction: { columns: dropped.map((name) => ({ column: name, action: { kind: 'drop' } as const })) },
        },
      ],
    },
  );
const plain = contract();

/** One edit of each kind, and what its inverse is. */
const EDITS: readonly (readonly [ChangeKind, Contract, Contract, ChangeKind])[] = [
  ['object-removed', plain, contract({}, { objects: [] }), 'object-added'],
  ['object-renamed', plain, contract({}, { objects: plain.objects.map((object) => ({ ...object, name: 'u' })) }), 'object-renamed'],
  ['column-removed', plain, contract({}, { objects: plain.objects.map((object) => ({ ...object, properties: object.properties.slice(1) })) }), 'column-added'],
  ['column-renamed', plain, contract({ name: 'd' }), 'column-renamed'],
  ['type-widened', plain, contract({ physicalType: 'BIGINT' }), 'type-changed'],
  ['type-widened', contract({ physicalType: 'STRUCT(x INT, y FLOAT)[]' }), contract({ physicalType: 'STRUCT(x BIGINT, y FLOAT, z INT)[]' }), 'type-changed'],
  ['type-widened', contract({ physicalType: 'MAP(VARCHAR, DECIMAL(9,2))' }), contract({ physicalType: 'MAP(TEXT, DECIMAL(12,2))' }), 'type-changed'],
  ['type-changed', contract({ physicalType: 'STRUCT(x INT)' }), contract({ physicalType: 'STRUCT(y INT)' }), 'type-changed'],
  ['required-added', plain, contract({ required: true }), 'required-dropped'],
  ['unique-added', plain, contract({ unique: true }), 'unique-dropped'],
  ['key-added', plain, keyed('a'), 'key-dropped'],
  ['key-changed', keyed('a'), keyed('c'), 'key-changed'],
  ['key-changed', keyed('a'), keyed('a', 'c'), 'key-changed'],
  ['values-narrowed', plain, contract({ enum: ['x'] }), 'values-widened'],
  ['values-narrowed', contract({ enum: ['x', 'y'] }), contract({ enum: ['y'] }), 'values-widened'],
  ['values-changed', contract({ enum: ['x'] }), contract({ enum: ['y'] }), 'values-changed'],
  ['limits-tightened', plain, option({ maximum: 10 }), 'limits-loosened'],
  ['limits-tightened', option({ maximum: 10 }), option({ maximum: 9 }), 'limits-loosened'],
  ['limits-tightened', option({ minimum: 1 }), option({ minimum: 2 }), 'limits-loosened'],
  ['limits-tightened', option({ minimum: '2026-01-01' }), option({ minimum: '2026-02-01' }), 'limits-loosened'],
  ['limits-tightened', option({ multipleOf: 5 }), option({ multipleOf: 10 }), 'limits-loosened'],
  ['limits-changed', option({ pattern: '^a' }), option({ pattern: '^b' }), 'limits-changed'],
  ['limits-changed', option({ multipleOf: 2 }), option({ multipleOf: 3 }), 'limits-changed'],
  ['rule-added', plain, quality({ metric: 'nullValues', mustBe: 0 }), 'rule-removed'],
  ['rule-tightened', quality({ metric: 'nullValues', mustBeLessThan: 9 }), quality({ metric: 'nullValues', mustBeLessThan: 5 }), 'rule-loosened'],
  ['rule-tightened', quality({ metric: 'nullValues', mustBeLessOrEqualTo: 9 }), quality({ metric: 'nullValues', mustBeLessThan: 9 }), 'rule-loosened'],
  ['rule-tightened', quality({ metric: 'nullValues', mustBe: 0, severity: 'warning' }), quality({ metric: 'nullValues', mustBe: 0 }), 'rule-loosened'],
  ['rule-changed', quality({ metric: 'nullValues', mustBe: 0 }), quality({ metric: 'nullValues', mustBe: 1 }), 'rule-changed'],
  ['advice-changed', plain, quality({ metric: 'nullValues', mustBe: 0, severity: 'info' }), 'advice-changed'],
  ['service-level-tightened', plain, latency(4), 'service-level-loosened'],
  ['service-level-tightened', latency(1, 'd'), latency(4), 'service-level-loosened'],
  ['service-level-tightened', available(99), available(99.9), 'service-level-loosened'],
  [
    'service-level-changed',
    contract({}, { sla: [{ property: 'charm', value: 1 }] }),
    contract({}, { sla: [{ property: 'charm', value: 2 }] }),
    'service-level-changed',
  ],
  ['meaning-changed', custom('USD'), custom('EUR'), 'meaning-changed'],
  ['meaning-changed', contract({ definitions: ['https://example.com/a'] }), contract({ definitions: ['https://example.com/b'] }), 'meaning-changed'],
  ['meaning-stated', plain, custom('EUR'), 'meaning-changed'],
  ['classification-raised', contract({ classification: 'public' }), contract({ classification: 'restricted' }), 'classification-lowered'],
  ['role-added', contract({}, { roles: [] }), plain, 'role-removed'],
  ['role-widened', roles('a', 'c'), roles('a'), 'role-changed'],
  ['role-answered', plain, contract({}, { roles: plain.roles.map((role) => ({ ...role, standing: true })) }), 'role-answered'],
  ['server-changed', plain, contract({}, { servers: [{ name: 's', type: 'local' }] }), 'server-changed'],
  ['deprecated', plain, contract({}, { status: 'deprecated' }), 'status-changed'],
  ['retired', plain, contract({}, { status: 'retired' }), 'status-changed'],
  ['words-changed', plain, contract({ description: 'x' }), 'words-changed'],
  ['words-changed', plain, contract({ tags: ['x'] }), 'words-changed'],
];

const product = (...outputPorts: readonly OutputPort[]): Product => ({
  id: 'p',
  domain: 'd',
  name: 'p',
  status: 'active',
  inputPorts: [],
  outputPorts,
  team: [],
  tags: [],
});
const port: OutputPort = { name: 'o', version: '1.0.0', contractId: 'k', deprecated: false };

/** The same of products. */
const PORT_EDITS: readonly (readonly [ChangeKind, Product, Product, ChangeKind | undefined])[] = [
  ['port-added', product(port), product(port, { ...port, version: '2.0.0' }), 'port-removed'],
  ['port-moved', product(port), product({ ...port, contractId: 'other' }), 'port-moved'],
  ['deprecated', product(port), product({ ...port, deprecated: true }), undefined],
];

test.each(PORT_EDITS)('%s of a product is told once, and its inverse too', (kind, before, after, inverse) => {
  expect([kinds(compareProducts(before, after)), kinds(compareProducts(after, before))]).toEqual([[kind], inverse === undefined ? [] : [inverse]]);
  expect(compareProducts(after, { ...after, outputPorts: after.outputPorts.toReversed() })).toEqual([]);
});

const kinds = (changes: readonly Change[]) => changes.map(({ kind }) => kind);

test.each(EDITS)('%s is told once as what it is, and its inverse too', (kind, before, after, inverse) => {
  expect([kinds(compareContracts(before, after)), kinds(compareContracts(after, before))]).toEqual([[kind], [inverse]]);
  expect([compareContracts(before, before), compareContracts(after, after)]).toEqual([[], []]);
});

test('each kind of change is among the edits, and what breaks readers one way breaks writers the other', () => {
  const told = new Set([...EDITS, ...PORT_EDITS].flatMap(([kind, , , inverse]) => [kind, inverse]));
  expect(Object.keys(changeKinds).filter((kind) => ![...told].some((one) => one === kind))).toEqual([]);
  const mirrored = new Set(
    EDITS.filter(
      ([kind, , , inverse]) => changeKinds[kind].readers === changeKinds[inverse].writers && changeKinds[kind].writers === changeKinds[inverse].readers,
    ),
  );
  // A type cannot shrink in place; what a column means, how it is classified, who sees it and whether it goes on is the readers' alone.
  expect([...new Set(EDITS.filter((edit) => !mirrored.has(edit)).map(([kind]) => kind))]).toEqual([
    'type-widened',
    'meaning-stated',
    'classification-raised',
    'role-added',
    'role-widened',
    'retired',
  ]);
});

test('a rename is a rename: rules, keys and roles that mention the column have not changed', () => {
  const mention = (name: string) =>
    contract(
      { name, id: 'c', primaryKeyPosition: 1, unique: true, logicalTypeOptions: { minimum: 1 }, quality: rule({ metric: 'nullValues', mustBe: 0 }) },
      { sla: [{ property: 'latency', value: 4, unit: 'h', element: `t.${name}` }] },
    );
  const whole = (name: string) => {
    const one = mention(name);
    const query = { type: 'sql', query: `SELECT count(*) FROM t WHERE ${name} < a`, mustBe: 0 };
    return {
      ...one,
      objects: one.objects.map((object) => ({
        ...object,
        quality: [{ type: 'sql' as const, id: 's', written: query }],
        relationships: [{ from: `t.${name}`, to: 'u.x' }],
      })),
    };
  };
  expect(kinds(compareContracts(whole('c'), whole('total')))).toEqual(['column-renamed']);
});

test('two columns that swap their names are two renames', () => {
  const swapped = plain.objects.map((object) => ({ ...object, properties: [column('a', { name: 'c', unique: true }), column('c', { name: 'a' })] }));
  const before = plain.objects.map((object) => ({ ...object, properties: [column('a', { unique: true }), column('c')] }));
  expect(kinds(compareContracts(contract({}, { objects: before }), contract({}, { objects: swapped })))).toEqual(['column-renamed', 'column-renamed']);
});

test('a column that comes or goes brings or takes its rules', () => {
  const more = { required: true, unique: true, enum: ['x'], logicalTypeOptions: { minLength: 1 }, quality: rule({ metric: 'nullValues', mustBe: 0 }) };
  const wide = contract({}, { objects: plain.objects.map((object) => ({ ...object, properties: [...object.properties, column('new', more)] })) });
  expect([kinds(compareContracts(plain, wide)), kinds(compareContracts(wide, plain))]).toEqual([['column-added'], ['column-removed']]);
});

test('edits add up, whatever their order, and the order of what is written says nothing', () => {
  const parts: readonly Partial<SchemaProperty>[] = [
    { required: true },
    { unique: true },
    { enum: ['x'] },
    { name: 'z' },
    { physicalType: 'BIGINT' },
    { logicalTypeOptions: { maximum: 3 } },
    { classification: 'restricted' },
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray([...parts]), (chosen) => {
      const after = contract(Object.assign({}, ...chosen));
      const turned = { ...after, objects: after.objects.map((object) => ({ ...object, properties: object.properties.toReversed() })) };
      const [one, other] = [after, turned].map((each) =>
        compareContracts(plain, each)
          .map((change) => `${change.kind} ${changeKey(change)} ${change.message}`)
          .toSorted(),
      );
      expect(one).toEqual(other);
      expect(one).toHaveLength(chosen.length);
    }),
    { numRuns },
  );
});

test('who accepts one change of a query or a role accepts no other', () => {
  const sql = (query: string) => contract({ quality: [{ type: 'sql', id: 'q', written: { type: 'sql', query, mustBe: 0 } }] });
  const key = (before: Contract, after: Contract) => compareContracts(before, after).map(changeKey).join();
  const queries = ['SELECT 1', 'SELECT 2', 'SELECT 3'].map(sql);
  expect(new Set(queries.slice(1).map((query) => key(queries[0] ?? plain, query))).size).toBe(2);
  expect(key(roles(), roles('a'))).not.toBe(key(roles(), roles('c')));
});

test('a key names one change, in letters that a shell and Markdown take as they are', () => {
  const keys = EDITS.flatMap(([, before, after]) => compareContracts(before, after).map(changeKey));
  for (const key of keys) expect(key).toMatch(/^[\w.:=%-]+$/);
  expect(changeKey({ kind: 'column-removed', object: 'a b', column: "x'; rm -rf `~` (*)|é" })).toBe(
    'column-removed:a%20b:x%27%3B%20rm%20-rf%20%60%7E%60%20%28%2A%29%7C%C3%A9',
  );
  expect(changeKey({ kind: 'type-changed', object: 't', column: 'c', after: 'DATE' })).not.toBe(
    changeKey({ kind: 'type-changed', object: 't', column: 'c', after: 'TIME' }),
  );
});
