import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contract, Role, SchemaProperty } from '../contract/contract.ts';
import type { Change } from './change.ts';
import { compareContracts } from './compare-contracts.ts';
import { judgeChange, type Usage } from './judge-change.ts';

const numRuns = Math.ceil(300 * Number(process.env['HANSE_TEST_SCALE'] ?? 1));
const TYPES = ['BIGINT', 'INTEGER', 'VARCHAR', 'DATE', 'DECIMAL(10,2)', 'BOOLEAN'];

const property = (id: string, more: Partial<SchemaProperty> = {}): SchemaProperty => ({
  id,
  name: `name_${id}`,
  logicalTypeOptions: {},
  required: false,
  unique: false,
  properties: [],
  quality: [],
  tags: [],
  ...more,
});

/** Columns with ids c0, c1, ...; some have fields, or elements that have fields. */
const columns: fc.Arbitrary<readonly SchemaProperty[]> = fc
  .array(fc.record({ type: fc.constantFrom(...TYPES), required: fc.boolean(), fields: fc.nat(2), shape: fc.constantFrom('plain', 'object', 'array') }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((drawn) =>
    drawn.map(({ type, required, fields, shape }, index) => {
      const inner = Array.from({ length: fields + 1 }, (_, each) => property(`c${index}f${each}`, { physicalType: type }));
      if (shape === 'object') return property(`c${index}`, { logicalType: 'object', properties: inner, required });
      if (shape === 'array')
        return property(`c${index}`, { logicalType: 'array', items: property('element', { logicalType: 'object', properties: inner }), required });
      return property(`c${index}`, { physicalType: type, required });
    }),
  );

const contractOf = (properties: readonly SchemaProperty[], roles: readonly Role[] = []): Contract => ({
  id: 'c',
  version: '1.0.0',
  apiVersion: 'v3.2.0',
  name: 'c',
  status: 'active',
  objects: [{ id: 't', name: 't', properties, quality: [] }],
  roles,
  sla: [],
  tags: [],
});
const compare = (before: readonly SchemaProperty[], after: readonly SchemaProperty[]) => compareContracts(contractOf(before), contractOf(after));
const spoken = (changes: readonly Change[]) => changes.map(({ kind, column, readers }) => `${readers ? 'breaking ' : ''}${kind} ${column ?? ''}`.trim());

/** Where in a list of columns a change is made, and what to. */
const place = fc.record({ at: fc.nat(5), type: fc.constantFrom(...TYPES) });

test('a contract compared with itself or with its columns in another order is the same; other descriptions are words', () => {
  fc.assert(
    fc.property(columns, fc.nat(), (before, shift) => {
      const turned = [...before.slice(shift % before.length), ...before.slice(0, shift % before.length)].map((each) => ({
        ...each,
        properties: each.properties.toReversed(),
      }));
      const described = before.map((each) => ({ ...each, description: 'other words' }));
      expect([compare(before, before), compare(before, turned)]).toEqual([[], []]);
      expect(spoken(compare(before, described))).toEqual(before.map(({ name }) => `words-changed ${name}`));
    }),
    { numRuns },
  );
});

test('one change is told as what it is, once', () => {
  fc.assert(
    fc.property(columns, place, (before, { at, type }) => {
      const target = before[at % before.length];
      if (target === undefined) return;
      const edited = (edit: (column: SchemaProperty) => readonly SchemaProperty[]) =>
        spoken(
          compare(
            before,
            before.flatMap((column) => (column === target ? edit(column) : [column])),
          ),
        );
      expect(edited(() => [])).toEqual([`breaking column-removed ${target.name}`]);
      expect(edited((column) => [column, property('new')])).toEqual(['column-added name_new']);
      expect(edited((column) => [{ ...column, name: 'another' }])).toEqual([`breaking column-renamed ${target.name}`]);
      expect(edited((column) => [{ ...column, required: !column.required }])).toEqual([
        target.required ? `breaking required-dropped ${target.name}` : `required-added ${target.name}`,
      ]);
      if (target.physicalType === undefined || target.physicalType === type) return;
      const widens = target.physicalType === 'INTEGER' && type === 'BIGINT';
      expect(edited((column) => [{ ...column, physicalType: type }])).toEqual([
        widens ? `type-widened ${target.name}` : `breaking type-changed ${target.name}`,
      ]);
    }),
    { numRuns },
  );
});

test('what changes within a column is told under its name, in structs and in lists of structs', () => {
  fc.assert(
    fc.property(columns, place, (before, { at }) => {
      const nested = before.filter(({ properties, items }) => properties.length > 0 || items !== undefined);
      const target = nested[at % Math.max(1, nested.length)];
      if (target === undefined) return;
      const [gone] = target.items?.properties ?? target.properties;
      const without = (column: SchemaProperty): SchemaProperty => ({
        ...column,
        properties: column.properties.slice(1),
        ...(column.items !== undefined && { items: { ...column.items, properties: column.items.properties.slice(1) } }),
      });
      expect(
        spoken(
          compare(
            before,
            before.map((column) => (column === target ? without(column) : column)),
          ),
        ),
      ).toEqual([`breaking column-removed ${target.name}.${gone?.name}`]);
    }),
    { numRuns },
  );
});

const allowed = (...values: readonly string[]) => property('c0', { physicalType: 'VARCHAR', enum: values });

test('allowed values break readers when new ones may come, and writers when some may no longer', () => {
  const free = property('c0', { physicalType: 'VARCHAR' });
  const told = (before: SchemaProperty, after: SchemaProperty) => compare([before], [after]).map(({ kind, readers, writers }) => [kind, readers, writers]);
  expect(told(allowed('a', 'b'), allowed('a', 'b', 'c'))).toEqual([['values-widened', true, false]]);
  expect(told(allowed('a', 'b'), free)).toEqual([['values-widened', true, false]]);
  expect(told(allowed('a', 'b'), allowed('b'))).toEqual([['values-narrowed', false, true]]);
  expect(told(free, allowed('a'))).toEqual([['values-narrowed', false, true]]);
  expect(told(allowed('a', 'b'), allowed('b', 'c'))).toEqual([['values-changed', true, true]]);
  expect(told(allowed('a', 'b'), allowed('b', 'a'))).toEqual([]);
});

const role = (restriction: Role['restriction']): Role => ({ name: 'eu', approvers: [], standing: false, restriction });
const drop = (column: string) => ({ column, action: { kind: 'drop' } }) as const;
const hash = (column: string) => ({ column, action: { kind: 'keyed-hash' } }) as const;
const EU = { kind: 'compare', column: 'region', operator: '=', value: 'EU' } as const;

test('a role that shows a column too breaks nobody; one that shows other rows or values does', () => {
  const changes = (before: Role['restriction'], after: Role['restriction']) =>
    compareContracts(contractOf([], [role(before)]), contractOf([], [role(after)])).map(({ readers, message }) => `${readers ? 'breaking: ' : ''}${message}`);
  expect(changes({ columns: [drop('a'), drop('b')] }, { columns: [drop('b')] })).toEqual(['role eu shows a too']);
  expect(changes({ columns: [drop('a'), drop('b')], rows: EU }, { columns: [drop('b'), drop('a')], rows: EU })).toEqual([]);
  const breaking: readonly (readonly [Role['restriction'], Role['restriction']])[] = [
    [{ columns: [drop('a')] }, { columns: [drop('a'), drop('b')] }],
    [{ columns: [hash('a')] }, { columns: [] }],
    [{ columns: [drop('a')] }, { columns: [hash('a')] }],
    [{ columns: [], rows: EU }, { columns: [] }],
    [{ columns: [] }, { columns: [], rows: EU }],
    [{ columns: [drop('a')], rows: EU }, { columns: [] }],
  ];
  expect(breaking.flatMap(([before, after]) => changes(before, after))).toEqual(breaking.map(() => 'breaking: role eu restricts otherwise'));
});

test('a verdict for each kind of use, never safe by guess', () => {
  const [removed, renamed] = [
    compare([property('c0'), property('c1')], [property('c0')])[0],
    compareContracts(contractOf([]), { ...contractOf([]), objects: [{ id: 't', name: 'u', properties: [], quality: [] }] })[0],
  ];
  const added = compare([], [property('c0')])[0];
  const gone = compareContracts(contractOf([], [role({ columns: [] })]), contractOf([]))[0];
  const uses: readonly (readonly string[] | undefined)[] = [['name_c1'], ['NAME_C1'], ['name_c0'], [], undefined];
  const verdicts = (change: Change | undefined, usage: Partial<Usage> = {}) =>
    uses.map((columns) => change && judgeChange(change, { consumer: 'mia', evidence: 'e', columns, ...usage }).verdict);
  expect(verdicts(removed)).toEqual(['breaks', 'breaks', 'safe', 'safe', 'unknown']);
  expect(verdicts(renamed)).toEqual(['breaks', 'breaks', 'breaks', 'breaks', 'breaks']);
  expect(verdicts(added)).toEqual(['safe', 'safe', 'safe', 'safe', 'safe']);
  expect(verdicts(gone, { role: 'eu' })).toEqual(['breaks', 'breaks', 'breaks', 'breaks', 'breaks']);
  expect(verdicts(gone, { role: 'full' })).toEqual(['safe', 'safe', 'safe', 'safe', 'safe']);
});
