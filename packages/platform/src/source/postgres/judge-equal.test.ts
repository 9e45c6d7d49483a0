import type { SchemaObject, SchemaProperty } from '@hanse/core/contract/contract.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { checkRows, type DuckDb, library, object, openDuckDb, property } from '../../check/check-case.fixture.ts';
import { openPostgresPlace } from './open-place.ts';

const server = await startPostgres();
const runs = Math.ceil(100 * Number(process.env['HANSE_TEST_SCALE'] ?? 1));
const label = 'orders.odcs.yaml: server shop';

/** A column in both engines, with values that both can write. */
interface Shape {
  readonly name: string;
  readonly duckdb: string;
  readonly postgres: string;
  readonly physicalType: string;
  readonly values: readonly string[];
  /** Rules that mean something there, and some that do not. */
  readonly properties: readonly Partial<SchemaProperty>[];
}

const options = (...written: readonly SchemaProperty['logicalTypeOptions'][]) => written.map((logicalTypeOptions) => ({ logicalTypeOptions }));
const texts = [
  '',
  'a',
  'A',
  'ab',
  'a b',
  '2024_02-29',
  '12ab-cdef-\\\\%_ä😀',
  '12ab-cdef-xx_ä😀',
  'user@example\\ncom',
  'ä',
  '😀',
  'x\ny',
  'x\r',
  'user@example.com',
  '10.0.0.1',
  '2024-02-29',
  '2023-02-29',
  '2024-02-29T12:00:00Z',
  'K-7',
  'aaaa',
  '::1',
  '\u00a0',
  '١',
  '_',
  '\\',
  "it's",
  'a-b',
  'é',
  '-',
  ']',
];
const patterns = [
  '^[A-Z]{1,2}$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^[a-z]{4}@[^A]{7}.com$',
  '^(?:[0-9a-f]{4}-){2}\\\\%_[\\u00e4-\\u{1F600}]{2}$',
  '\\d',
  '\\w\\b',
  '^.{2,3}$',
  '[^a-z]',
  '\\s',
  '^\\S+$',
  '[\\w-]+$',
  '(?:a|b)+?c?$',
  '^(?<x>a)b?$',
  '\\u00e9|\\x41',
  '[\\D]',
  '^a{0,300}$',
  '\\.',
  '[[]|\\]',
  'x$',
  '^$',
  '[\\s\\S]',
  '{',
  'a{,2}',
  '\\B',
  '\\\\',
  '^[^\\W]$',
  '[!-/]',
  '\\p{L}',
  '(?i)a',
  '(a)\\1',
  '(?=a)',
  '\\e',
  '(',
  '[b-a]',
  '\\Z',
  '[\\b]',
  '\\0',
  '^\\z',
  '\\_',
  '[a-\\d]',
  '.*',
];

const shapes: readonly Shape[] = [
  {
    name: 'i',
    duckdb: 'INTEGER',
    postgres: 'integer',
    physicalType: 'INT',
    values: ['0', '1', '-1', '2', '3', '2147483647', '-2147483648', '127', '128'],
    properties: [
      ...options({ minimum: 1 }, { exclusiveMaximum: 2.5 }, { multipleOf: 2 }, { multipleOf: 0.5 }, { format: 'i8' }, { format: 'u8' }, { minLength: 1 }),
      { enum: [1, 2, 2.5] },
      { enum: ['1', '2'] },
    ],
  },
  {
    name: 'l',
    duckdb: 'BIGINT',
    postgres: 'bigint',
    physicalType: 'BIGINT',
    values: ['0', '9007199254740993', '9223372036854775807', '-5', '10'],
    properties: [
      ...options({ maximum: 9007199254740992 }, { maximum: '9007199254740993' as never }, { multipleOf: 5 }, { format: 'i32' }, { format: 'u64' }),
      { enum: ['9007199254740993', 10] },
    ],
  },
  {
    name: 'n',
    duckdb: 'DECIMAL(18,2)',
    postgres: 'numeric(18,2)',
    physicalType: 'DECIMAL(18,2)',
    values: ['0', '0.10', '2.50', '-9999999999999999.99', '100.40'],
    properties: [...options({ maximum: 100 }, { minimum: 0.1, multipleOf: 0.25 }, { exclusiveMinimum: 1e-7 }, { format: 'i16' }), { enum: [0.1, 2.5] }],
  },
  {
    name: 'd',
    duckdb: 'DOUBLE',
    postgres: 'double precision',
    physicalType: 'DOUBLE',
    values: ["'0'", "'-0'", "'0.3'", "'1e300'", "'nan'", "'inf'", "'-inf'", "'5e-324'", "'2.5'"],
    properties: [
      ...options({ maximum: 100 }, { minimum: -1 }, { multipleOf: 0.1 }, { multipleOf: 7 }, { multipleOf: 1e-10 }, { multipleOf: 1e10 }, { format: 'i64' }),
      { enum: [0, 0.3] },
    ],
  },
  {
    name: 'f',
    duckdb: 'FLOAT',
    postgres: 'real',
    physicalType: 'REAL',
    values: ["'0.1'", "'nan'", "'1e30'", "'16777216'", "'-inf'"],
    properties: [...options({ maximum: 0.1 }, { exclusiveMinimum: 0.1 }, { multipleOf: 0.1 }), { enum: [0.1] }],
  },
  {
    name: 't',
    duckdb: 'VARCHAR',
    postgres: 'text',
    physicalType: 'VARCHAR',
    values: texts.map((text) => `'${text.replaceAll("'", "''")}'`),
    properties: [
      ...options({ minLength: 2 }, { maxLength: 1 }, ...patterns.map((pattern) => ({ pattern }))),
      ...options(...['email', 'uuid', 'uri', 'hostname', 'ipv4', 'ipv6', 'date', 'time', 'date-time', 'byte', 'iban'].map((format) => ({ format }))),
      { enum: ['a', 'ä', ''] },
      { enum: [] },
      {
        quality: [
          library({ metric: 'invalidValues', arguments: { pattern: '^a' }, mustBe: 0 }),
          library({ metric: 'missingValues', arguments: { missingValues: ['', 'a'] }, mustBeLessThan: 50, unit: 'percent' }),
        ],
      },
    ],
  },
  {
    name: 'b',
    duckdb: 'BOOLEAN',
    postgres: 'boolean',
    physicalType: 'BOOLEAN',
    values: ['true', 'false'],
    properties: [{ enum: [true] }, ...options({ minimum: 1 })],
  },
  {
    name: 'day',
    duckdb: 'DATE',
    postgres: 'date',
    physicalType: 'DATE',
    values: ["'2024-02-29'", "'1969-12-31'", "'2026-01-01'", "'9999-12-31'"],
    properties: [
      ...options(
        { minimum: '2024-02-29' as never },
        { exclusiveMaximum: '2026-01-01T00:00:00Z' as never },
        { maximum: 'soon' as never },
        { format: 'yyyy-MM-dd' },
      ),
      { enum: ['2026-01-01'] },
    ],
  },
  {
    name: 'clock',
    duckdb: 'TIME',
    postgres: 'time',
    physicalType: 'TIME',
    values: ["'00:00:00'", "'12:30:00.123456'", "'23:59:59.999999'"],
    properties: [...options({ minimum: '12:30:00.1234567' as never }, { maximum: '12:30' as never })],
  },
  {
    name: 'at',
    duckdb: 'TIMESTAMP',
    postgres: 'timestamp',
    physicalType: 'TIMESTAMP',
    values: ["'2024-03-31 02:30:00'", "'2024-10-27 02:30:00'", "'1900-01-01 00:00:00.000001'"],
    properties: [
      ...options(
        { minimum: '2024-03-31T02:30:00Z' as never },
        { exclusiveMaximum: '2024-10-27 02:30:00' as never },
        { maximum: '2024-10-27T03:30:00+01:00' as never },
      ),
    ],
  },
  {
    name: 'moment',
    duckdb: 'TIMESTAMPTZ',
    postgres: 'timestamptz',
    physicalType: 'TIMESTAMPTZ',
    values: ["'2024-03-31 01:30:00+00'", "'2024-10-27 01:30:00+00'", "'2024-10-27 00:30:00+00'"],
    properties: [
      ...options(
        { minimum: '2024-03-31 02:30:00' as never, defaultTimezone: 'Europe/Berlin' },
        { maximum: '2024-10-27 02:30:00' as never, defaultTimezone: 'Europe/Berlin' },
        { maximum: '2024-10-27' as never },
      ),
    ],
  },
  {
    name: 'u',
    duckdb: 'UUID',
    postgres: 'uuid',
    physicalType: 'UUID',
    values: ["'00000000-0000-0000-0000-00000000000a'", "'ffffffff-0000-0000-0000-000000000000'"],
    properties: [{ enum: ['00000000-0000-0000-0000-00000000000A'] }, ...options({ format: 'uuid' }, { minLength: 3 })],
  },
  {
    name: 'list',
    duckdb: 'INTEGER[]',
    postgres: 'integer[]',
    physicalType: 'INT[]',
    values: ['ARRAY[]::INTEGER[]', 'ARRAY[1, 2]', 'ARRAY[1, 1]', 'ARRAY[NULL, NULL]::INTEGER[]', 'ARRAY[NULL, 3]', 'ARRAY[-1]'],
    properties: [
      ...options({ minItems: 1 }, { maxItems: 1 }, { uniqueItems: true }),
      { logicalType: 'array', items: property('items', { physicalType: 'INT', required: true, logicalTypeOptions: { minimum: 0 } }) },
    ],
  },
  {
    name: 's',
    duckdb: 'STRUCT(x INTEGER, y VARCHAR)',
    postgres: 'pair',
    physicalType: 'STRUCT(x INT, y VARCHAR)',
    values: ["ROW(1, 'a')", 'ROW(NULL, NULL)', "ROW(-1, '')", "ROW(NULL, 'b')"],
    properties: [
      ...options({ required: ['x'] }, { minProperties: 2 }, { maxProperties: 0 }, { required: ['z'] }),
      {
        logicalType: 'object',
        properties: [
          property('x', { physicalType: 'INT', required: true, unique: true, logicalTypeOptions: { minimum: 0 } }),
          property('y', { physicalType: 'VARCHAR', logicalTypeOptions: { minLength: 1 } }),
        ],
      },
    ],
  },
];

const metrics = fc.constantFrom<Record<string, unknown>>(
  { metric: 'nullValues', mustBe: 0 },
  { metric: 'nullValues', mustBeBetween: [10, 50], unit: 'percent' },
  { metric: 'duplicateValues', mustBeLessThan: 2 },
  { metric: 'duplicateValues', mustBe: 0, unit: 'percent' },
  { metric: 'rowCount', mustBeGreaterThan: 3 },
);

interface Case {
  readonly schema: SchemaObject;
  readonly shapes: readonly Shape[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows that are not asked, and rows that may violate. */
const relaxations = fc.constantFrom<Readonly<Record<string, string>> | undefined>(
  undefined,
  { tolerance: '1 rows' },
  { tolerance: '30 percent' },
  { where: '1 = 1' },
  { where: '? IS NOT NULL' },
  { where: 'NULL', tolerance: '1 rows' },
);

function relaxed(shape: Shape, chosen: Readonly<Record<string, string>> | undefined) {
  return chosen && { customProperties: Object.entries(chosen).map(([name, value]) => ({ property: name, value: value.replace('?', `"${shape.name}"`) })) };
}

function columnOf(shape: Shape): fc.Arbitrary<SchemaProperty> {
  return fc
    .record({
      rules: fc.constantFrom(...shape.properties),
      required: fc.boolean(),
      unique: fc.boolean(),
      key: fc.boolean(),
      wrong: fc.integer({ min: 0, max: 12 }),
      quality: fc.array(metrics, { maxLength: 1 }),
      relaxation: relaxations,
    })
    .map(({ rules, required, unique, key, wrong, quality, relaxation }) =>
      property(shape.name, {
        physicalType: wrong === 0 ? 'BLOB' : shape.physicalType,
        required,
        unique: unique && !key,
        ...(key && { primaryKeyPosition: 1 }),
        ...rules,
        ...(shape.name !== 's' && relaxed(shape, relaxation)),
        quality: [...(rules.quality ?? []), ...quality.map(library)],
      }),
    )
    .map((one) =>
      shape.name === 's'
        ? { ...one, unique: false, primaryKeyPosition: undefined as never, quality: one.quality.filter(({ written }) => written.metric !== 'duplicateValues') }
        : one,
    );
}

const cases: fc.Arbitrary<Case> = fc.subarray([...shapes], { minLength: 1, maxLength: 4 }).chain((some) =>
  fc.record({
    schema: fc.tuple(...some.map(columnOf)).map((properties) => object(properties)),
    shapes: fc.constant(some),
    rows: fc.array(fc.tuple(...some.map((shape) => fc.constantFrom('NULL', ...shape.values))), { maxLength: 8 }),
  }),
);

describe.runIf(server !== undefined)('the same contract on DuckDB and on PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });
  let db: DuckDb;
  beforeAll(async () => {
    await client.connect();
    await client.query('create type pair as (x integer, y text)');
    db = await openDuckDb();
  });
  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  async function onDuckDb({ schema, shapes: some, rows }: Case): Promise<readonly Check[]> {
    const typed = (row: readonly string[]) => some.map((shape, index) => `(${row[index]})::${shape.duckdb} AS "${shape.name}"`).join(', ');
    const selects = rows.map((row) => `SELECT ${typed(row)}`);
    const none = `SELECT ${typed(some.map(() => 'NULL'))} WHERE false`;
    return (await checkRows(db, schema, [none, ...selects].join(' UNION ALL '))).checks;
  }

  async function onPostgres({ schema, shapes: some, rows }: Case): Promise<readonly Check[]> {
    const values = rows.map((row) => `(${row.map((value, index) => `(${value})::${some[index]?.postgres}`).join(', ')})`);
    await client.query(
      `drop table if exists orders; create table orders (${some.map(({ name, postgres }) => `"${name}" ${postgres}`).join(', ')}); ${values.length === 0 ? '' : `insert into orders values ${values.join(', ')}`}`,
    );
    await using place = await openPostgresPlace({ connection: server?.url ?? '', schema: 'public', label, deadlineMs: 60_000 });
    return (await place.judge(await place.describe('orders'), compileRules(schema))).checks;
  }

  /** What the engines say in their own words is theirs. */
  function verdicts(checks: readonly Check[]) {
    return checks.map(({ rule, status, found, violatingRows, value }) => ({
      id: rule.id,
      asks: rule.expectation,
      status,
      violatingRows,
      value,
      found: status === 'error' ? '' : found,
    }));
  }

  /** But for what PostgreSQL refuses by name. */
  async function onBoth(one: Case) {
    const there = await onPostgres(one);
    const refused = new Set(there.filter(({ found }) => found.endsWith('which PostgreSQL does not have')).map(({ rule }) => rule.id));
    const others = (checks: readonly Check[]) => verdicts(checks).filter(({ id }) => !refused.has(id));
    return { there: others(there), here: others(await onDuckDb(one)) };
  }

  test(`${runs} random tables and contracts: each rule finds the same`, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { there, here } = await onBoth(one);
        expect(there).toEqual(here);
      }),
      { numRuns: runs },
    );
  }, 120_000);

  test.each(shapes.map((shape) => [shape.name, shape] as const))('every rule that is written for the column %s', async (_, shape) => {
    const rows = [['NULL'], ...shape.values.map((value) => [value]), [shape.values[0] ?? '']];
    const properties = shape.properties.map((rules) => property(shape.name, { physicalType: shape.physicalType, ...rules }));
    for (const one of properties) {
      const { there, here } = await onBoth({ schema: object([one]), shapes: [shape], rows });
      expect(there).toEqual(here);
    }
  });
});
