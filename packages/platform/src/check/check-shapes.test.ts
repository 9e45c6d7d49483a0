import { beforeAll, describe, expect, test } from 'vitest';
import { checkRows, type DuckDb, library, lines, object, openDuckDb, property } from './check-case.fixture.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

async function checked(...[schema, select]: [Parameters<typeof checkRows>[1], string]) {
  return lines((await checkRows(db, schema, select)).checks);
}

describe('columns', () => {
  test('a missing column and a wrong type fail once, and their other rules are skipped', async () => {
    const schema = object([
      property('id', { physicalType: 'BIGINT', required: true, unique: true }),
      property('amount', { physicalType: 'DECIMAL(12,2)', logicalTypeOptions: { minimum: 0 } }),
      property('Email', { logicalType: 'string', quality: [library({ metric: 'nullValues', mustBe: 0 })] }),
    ]);
    expect(await checked(schema, `SELECT 1::INT AS id, 1.5::DECIMAL(18,3) AS amount, 'a' AS email`)).toMatchInlineSnapshot(`
      [
        "pass id must be a column of type BIGINT: it is INTEGER",
        "pass id must not be null: 0 of 1 rows are null",
        "pass id must be unique: 0 of 1 rows repeat a value",
        "fail amount must be a column of type DECIMAL(12,2): it is DECIMAL(18,3)",
        "skip amount must be at least 0: the column amount is missing or has the wrong type",
        "fail Email must be a column of type VARCHAR or like it: the column is missing; there is email",
        "skip Email null values must be 0: the column Email is missing or has the wrong type",
      ]
    `);
  });

  test('names with quotes, spaces and unicode, in every kind of pass', async () => {
    const name = `we"ird 'näme' 😀`;
    const schema = object([
      property(name, {
        primaryKeyPosition: 1,
        logicalTypeOptions: { minLength: 2 },
        quality: [{ type: 'sql', written: { query: 'SELECT count(*) FROM ${object} WHERE {property} IS NULL', mustBe: 0 } }],
      }),
      property('second"', { primaryKeyPosition: 2 }),
    ]);
    expect(await checked(schema, `SELECT 'x' AS "we""ird 'näme' 😀", 1 AS "second""" FROM range(2)`)).toMatchInlineSnapshot(`
      [
        "pass we"ird 'näme' 😀 must be a column: VARCHAR",
        "fail we"ird 'näme' 😀 must have at least 2 characters: 2 of 2 rows are shorter; e.g. 'x'",
        "pass we"ird 'näme' 😀 the query's answer must be 0: it is 0",
        "pass second" must be a column: INTEGER",
        "fail must identify a row by we"ird 'näme' 😀, second": 1 of 2 rows repeat a value; e.g. we"ird 'näme' 😀 'x', second" 1",
      ]
    `);
  });

  test('an empty table and a column of nulls', async () => {
    const schema = object([property('x', { required: true, unique: true, logicalTypeOptions: { minimum: 1 } })], {
      quality: [library({ metric: 'rowCount', mustBeGreaterThan: 0 })],
    });
    const percent = object([property('x', { quality: [library({ metric: 'nullValues', mustBeLessThan: 1, unit: 'percent' })] })]);
    expect(await checked(schema, 'SELECT 1 AS x WHERE false')).toMatchInlineSnapshot(`
      [
        "pass x must be a column: INTEGER",
        "pass x must not be null: 0 of 0 rows are null",
        "pass x must be unique: 0 of 0 rows repeat a value",
        "pass x must be at least 1: 0 of 0 rows are less",
        "fail number of rows must be greater than 0: it is 0",
      ]
    `);
    expect(await checked(percent, 'SELECT 1 AS x WHERE false')).toContain('pass x null values must be less than 1 percent: 0 of 0 rows are (0 percent)');
    expect(await checked(schema, 'SELECT NULL::INT AS x FROM range(2)')).toContain('fail x must not be null: 2 of 2 rows are null');
  });
});

describe('values inside values', () => {
  const schema = object([
    property('address', {
      logicalType: 'object',
      properties: [
        property('city', { logicalType: 'string', required: true, logicalTypeOptions: { minLength: 2 } }),
        property('zip', { logicalType: 'string', unique: true }),
      ],
    }),
    property('tags', { logicalType: 'array', items: property('items', { logicalType: 'string', required: true, logicalTypeOptions: { maxLength: 3 } }) }),
    property('lines', {
      logicalType: 'array',
      items: property('items', { logicalType: 'object', properties: [property('n', { logicalType: 'integer', logicalTypeOptions: { minimum: 1 } })] }),
    }),
    property('prices', {
      logicalType: 'map',
      keys: property('key', { logicalType: 'string', enum: ['EUR', 'USD'] }),
      values: property('value', { logicalType: 'number', logicalTypeOptions: { exclusiveMinimum: 0 } }),
    }),
  ]);
  const row = (city: string, tags: string, n: string, prices: string) =>
    `SELECT {'city': ${city}, 'zip': 'z'}::STRUCT(city VARCHAR, zip VARCHAR) AS address, ${tags}::VARCHAR[] AS tags, ${n}::STRUCT(n BIGINT)[] AS lines, ${prices}::MAP(VARCHAR, DOUBLE) AS prices`;

  test('good ones pass, also where the whole is absent', async () => {
    const good = `${row(`'Rome'`, `['a', 'b']`, `[{'n': 1}, NULL]`, `MAP {'EUR': 1.5}`)} UNION ALL SELECT NULL, NULL, NULL, NULL`;
    expect((await checked(schema, good)).filter((line) => !line.startsWith('pass'))).toEqual([]);
  });

  test('one bad value breaks its row', async () => {
    const bad = `${row(`'R'`, `['a', NULL, 'long!']`, `[{'n': 1}, {'n': 0}]`, `MAP {'GBP': 1, 'EUR': 0}`)} UNION ALL ${row('NULL', '[]', '[]', 'MAP {}')}`;
    expect((await checked(schema, bad)).filter((line) => !line.startsWith('pass')).map((line) => line.replace(/; e\.g\..*$/, ''))).toMatchInlineSnapshot(`
      [
        "fail address.city must not be null: 1 of 2 rows are null",
        "fail address.city must have at least 2 characters: 1 of 2 rows are shorter",
        "fail address.zip must be unique: 1 of 2 rows repeat a value",
        "fail tags[] must not be null: 1 of 2 rows are null",
        "fail tags[] must have at most 3 characters: 1 of 2 rows are longer",
        "fail lines[].n must be at least 1: 1 of 2 rows are less",
        "fail prices.key must be one of 'EUR', 'USD': 1 of 2 rows are something else",
        "fail prices.value must be greater than 0: 1 of 2 rows are not",
      ]
    `);
  });
});

describe('queries', () => {
  const query = (text: string, written: Record<string, unknown> = { mustBe: 0 }) =>
    object([property('x')], { quality: [{ type: 'sql', written: { query: text, ...written } }] });
  const last = async (schema: Parameters<typeof checkRows>[1]) => (await checked(schema, 'SELECT * FROM range(3) AS t(x)')).at(-1);

  test.each([
    ['by placeholder', 'SELECT count(*) FROM ${table} WHERE x > 1', { mustBe: 1 }, "pass the query's answer must be 1: it is 1"],
    [
      'by the name of the object, with a comment and a semicolon',
      'SELECT count(*) FROM orders -- all\n;',
      { mustBeBetween: [1, 2] },
      "fail the query's answer must be between 1 and 2: it is 3",
    ],
    [
      'with its own WITH',
      'WITH a AS (SELECT max(x) AS m FROM {object}) SELECT m FROM a',
      { mustBeLessThan: 3 },
      "pass the query's answer must be less than 3: it is 2",
    ],
    ['answering true or false', 'SELECT bool_and(x < 2) FROM orders', {}, "fail the query's answer must be true: it is false"],
    ['answering a decimal', 'SELECT sum(x)::DECIMAL(9,1) / 2 FROM orders', { mustBe: 1.5 }, "pass the query's answer must be 1.5: it is 1.5"],
    [
      'answering null',
      'SELECT max(x) FROM orders WHERE x > 9',
      { mustBe: 0 },
      "error the query's answer must be 0: the query answers null, neither a number nor true or false",
    ],
    ['answering rows', 'SELECT x FROM orders', { mustBe: 0 }, "error the query's answer must be 0: the query must answer one value, not several rows"],
    ['without an operator', 'SELECT count(*) FROM orders', {}, "error the query's answer must be true: the rule names no operator for the query's answer 3"],
    [
      'asking for a property where there is none',
      'SELECT count({property}) FROM orders',
      { mustBe: 0 },
      "error the query's answer must be 0: the query names a property: the rule stands at none",
    ],
  ])('%s', async (_, text, written, expected) => {
    expect(await last(query(text, written))).toBe(expected);
  });

  test('a broken query is the error of its rule alone', async () => {
    const schema = object([property('x', { required: true })], { quality: [{ type: 'sql', written: { query: 'SELEC 1', mustBe: 1 } }] });
    const said = await checked(schema, 'SELECT 1 AS x');
    expect(said.slice(0, 2).map((line) => line.slice(0, 4))).toEqual(['pass', 'pass']);
    expect(said[2]).toMatch(/^error the query's answer must be 1: The statement cannot be parsed: syntax error/);
  });
});

describe('rules in, results out', () => {
  test('what cannot be evaluated says so by name', async () => {
    const schema = object(
      [
        property('x', {
          logicalType: 'string',
          logicalTypeOptions: { pattern: '(?=a)b', format: 'iban', minimum: 1, minLength: -1, shape: 'round' },
          quality: [
            { type: 'text', description: 'is nice', written: {} },
            { type: 'custom', written: { engine: 'soda', implementation: 'x' } },
            library({ metric: 'median', mustBe: 1 }),
            library({ metric: 'nullValues', unit: 'furlongs', mustBe: 1 }),
            library({ metric: 'nullValues', mustBe: 1, mustNotBe: 2 }),
            library({ metric: 'invalidValues', arguments: { validMax: 3 }, mustBe: 0 }),
            library({ metric: 'invalidValues', mustBe: 0 }),
            library({ metric: 'rowCount' }),
          ],
        }),
        property('y', { physicalType: 'GEOGRAPHY', relationships: [{ to: 'a.b' }] }),
        property('z', { logicalType: 'date', logicalTypeOptions: { format: 'yyyy-MM-dd', minimum: 'soon' } }),
      ],
      {
        quality: [library({ metric: 'duplicateValues', mustBe: 0 }), library({ metric: 'duplicateValues', mustBe: 0, arguments: { properties: ['nope'] } })],
        relationships: [{}],
      },
    );
    const said = await checked(schema, `SELECT 'a' AS x, 'b' AS y, DATE '2026-01-01' AS z`);
    expect(said.filter((line) => !line.startsWith('pass'))).toMatchInlineSnapshot(`
      [
        "error x must match /(?=a)b/: the pattern (?=a)b uses look-ahead (?=, which RE2 does not have",
        "error x must have the format iban: the format iban is not judged on VARCHAR",
        "error x must be at least 1: minimum does not apply to VARCHAR",
        "error x has a rule that is not evaluated here: minLength: -1 is not as ODCS writes it",
        "error x has a rule that is not evaluated here: the option shape is not known",
        "skip x is nice: a rule in words is shown, not evaluated",
        "skip x has a check of another tool: Soda: x is shown, not evaluated",
        "error x has a rule that is not evaluated here: the metric median",
        "error x has a rule that is not evaluated here: the unit furlongs",
        "error x has a rule that is not evaluated here: more than one operator (mustBe, mustNotBe)",
        "error x has a rule that is not evaluated here: the argument validMax of invalidValues",
        "error x has a rule that is not evaluated here: invalidValues without validValues or pattern",
        "error x has a rule that is not evaluated here: rowCount without an operator, or in percent",
        "error y must be a column: the promised type GEOGRAPHY is not known",
        "error y has a rule that is not evaluated here: a relationship to a.b: the contract has no object a",
        "skip z must have the format yyyy-MM-dd: the column holds DATE, not text that could have a format",
        "error z must be at least soon: 'soon' is no value of the type date",
        "error has a rule that is not evaluated here: duplicateValues of an object without the argument properties",
        "error duplicates must be 0: there is no column or field nope",
        "error has a rule that is not evaluated here: a relationship to nothing",
      ]
    `);
  });

  test('a rule that the engine refuses spoils no other in the same scan', async () => {
    const columns = ['a', 'b', 'c', 'd'].map((name) =>
      property(name, { logicalType: 'string', required: true, logicalTypeOptions: { pattern: name === 'c' ? '(' : name } }),
    );
    const said = await checked(object(columns), `SELECT 'a' AS a, 'b' AS b, 'c' AS c, 'x' AS d`);
    expect(said.filter((line) => line.includes(' match '))).toMatchInlineSnapshot(`
      [
        "pass a must match /a/: 0 of 1 rows do not match",
        "pass b must match /b/: 0 of 1 rows do not match",
        "error c must match /(/: Invalid Input Error: missing ): (",
        "fail d must match /d/: 1 of 1 rows do not match; e.g. 'x'",
      ]
    `);
  });

  test('severity decides between fail and warn', async () => {
    const rule = (severity?: string) => ({ ...library({ metric: 'nullValues', mustBe: 0 }), ...(severity !== undefined && { severity }) });
    const schema = object([property('x', { quality: [rule(), rule('error'), rule('critical'), rule('Warning'), rule('info')] })]);
    const said = await checked(schema, 'SELECT NULL::INT AS x');
    expect(said.slice(1).map((line) => line.slice(0, 4))).toEqual(['fail', 'fail', 'fail', 'warn', 'warn']);
  });

  test('more measures than one statement holds', async () => {
    const columns = Array.from({ length: 300 }, (_, index) => property(`c${index}`, { required: true, logicalTypeOptions: { minimum: index } }));
    const select = columns.map(({ name }, index) => `${index % 2 === 0 ? index : index - 1} AS ${name}`).join(', ');
    const { checks, passes } = await checkRows(db, object(columns), `SELECT ${select}`);
    expect(checks.filter(({ status }) => status === 'fail').length).toBe(150);
    expect(passes.map(({ kind }) => kind)).toEqual(['footer', 'scan', 'scan', 'scan']);
  });
});

test('a vector has its dimensions', async () => {
  const schema = object([property('v', { logicalType: 'vector', logicalTypeOptions: { dimensions: 3 } })]);
  expect(lines((await checkRows(db, schema, 'SELECT unnest([[1.5, 2, 3]::DOUBLE[], [1, 2]::DOUBLE[], NULL]) AS v')).checks)).toEqual([
    'pass v must be a column of type DOUBLE[]: it is DOUBLE[]',
    'fail v must have at least 3 items and must have at most 3 items: 1 of 3 rows do not; e.g. [1,2]',
  ]);
  expect(lines((await checkRows(db, schema, 'SELECT [1, 2, 3, 4]::DOUBLE[4] AS v')).checks)[1]).toMatch(/^fail v .*: 1 of 1 rows do not/);
  expect(lines((await checkRows(db, schema, 'SELECT [1, 2, 3]::FLOAT[3] AS v')).checks)[1]).toMatch(/^pass v /);
});
