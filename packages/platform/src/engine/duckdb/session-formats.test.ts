import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, limits, plain, testFolder, testSessions, textOf } from './sessions.fixture.ts';

const folder = await testFolder();
const sessions = testSessions(folder);
const session = await sessions.session({ relations: [], limits });

const all = `SELECT true AS bool, 1::TINYINT AS tiny, 2::USMALLINT AS small, 3::INTEGER AS "int", 4::UINTEGER AS uint,
  9007199254740993::BIGINT AS big, 18446744073709551615::UBIGINT AS ubig, 170141183460469231731687303715884105727::HUGEINT AS huge,
  0.1::FLOAT AS f, 1e300::DOUBLE AS d, 'nan'::DOUBLE AS nan, '-inf'::FLOAT AS inf, 12345678901234567890.123450::DECIMAL(38, 6) AS "dec",
  DATE '2024-02-29' AS "day", TIME '10:00:00.5' AS "time", TIMESTAMP '2024-02-29 10:00:00.123456' AS ts,
  TIMESTAMP_S '2024-02-29 10:00:00' AS ts_s, TIMESTAMP_NS '2024-02-29 10:00:00.123456789' AS ts_ns,
  TIMESTAMPTZ '2024-02-29 10:00:00+02' AS tz, 'é "q", ' || chr(10) || 'x' AS s, '' AS "empty", 'a'::ENUM ('a', 'b') AS e,
  '00000000-0000-0000-0000-00000000000a'::UUID AS u, '\\x00\\xFF'::BLOB AS b, '{"j": 1}'::JSON AS j,
  [1.50::DECIMAL(4, 2), NULL] AS list, [['nan'::DOUBLE, 1]] AS "nested", [1, 2]::INTEGER[2] AS arr,
  {x: 1, 'y"z': {t: 'a'}} AS st, MAP {'k': [1]} AS "map", NULL::STRUCT(a INTEGER) AS none, NULL AS nul, 1 AS dup, 2 AS "Dup"`;

test('every type has a column type', async () => {
  const columns = await session.describe({ sql: all });
  const texts = columns.map(({ name, type, typeName }) => {
    const { kind, ...rest } = type;
    return `${name}: ${typeName} -> ${kind}${Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`}`;
  });
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "bool: BOOLEAN -> boolean
    tiny: TINYINT -> int
    small: USMALLINT -> int
    int: INTEGER -> int
    uint: UINTEGER -> long
    big: BIGINT -> long
    ubig: UBIGINT -> decimal {"precision":20,"scale":0}
    huge: HUGEINT -> decimal {"precision":38,"scale":0}
    f: FLOAT -> float
    d: DOUBLE -> double
    nan: DOUBLE -> double
    inf: FLOAT -> float
    dec: DECIMAL(38,6) -> decimal {"precision":38,"scale":6}
    day: DATE -> date
    time: TIME -> time
    ts: TIMESTAMP -> timestamp
    ts_s: TIMESTAMP_S -> timestamp
    ts_ns: TIMESTAMP_NS -> timestamp
    tz: TIMESTAMP WITH TIME ZONE -> timestamptz
    s: VARCHAR -> string
    empty: VARCHAR -> string
    e: ENUM('a', 'b') -> string
    u: UUID -> uuid
    b: BLOB -> binary
    j: VARCHAR -> string
    list: DECIMAL(4,2)[] -> list {"elementId":0,"element":{"kind":"decimal","precision":4,"scale":2}}
    nested: DOUBLE[][] -> list {"elementId":0,"element":{"kind":"list","elementId":0,"element":{"kind":"double"}}}
    arr: INTEGER[2] -> list {"elementId":0,"element":{"kind":"int"}}
    st: STRUCT("x" INTEGER, "y""z" STRUCT("t" VARCHAR)) -> struct {"fields":[{"id":0,"name":"x","type":{"kind":"int"},"required":false},{"id":0,"name":"y\\"z","type":{"kind":"struct","fields":[{"id":0,"name":"t","type":{"kind":"string"},"required":false}]},"required":false}]}
    map: MAP(VARCHAR, INTEGER[]) -> map {"keyId":0,"key":{"kind":"string"},"valueId":0,"value":{"kind":"list","elementId":0,"element":{"kind":"int"}}}
    none: STRUCT("a" INTEGER) -> struct {"fields":[{"id":0,"name":"a","type":{"kind":"int"},"required":false}]}
    nul: INTEGER -> int
    dup: INTEGER -> int
    Dup: INTEGER -> int"
  `);
});

test.each(['INTERVAL 1 DAY', "'101'::BIT", "TIMETZ '10:00:00+01'", 'union_value(a := 1)', '1::UHUGEINT'])('%s is refused by name', async (value) => {
  await expect(session.describe({ sql: `SELECT ${value} AS odd` })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^Column odd has the type .*, which no table can hold.$/),
  });
});

test('JSON keeps every digit and is valid whatever the values', async () => {
  const text = await textOf(session, all, 'jsonl');
  expect(text).toMatchInlineSnapshot(`
    "{"bool":true,"tiny":1,"small":2,"int":3,"uint":4,"big":9007199254740993,"ubig":18446744073709551615,"huge":170141183460469231731687303715884105727,"f":0.1,"d":1e+300,"nan":null,"inf":null,"dec":12345678901234567890.123450,"day":"2024-02-29","time":"10:00:00.5","ts":"2024-02-29 10:00:00.123456","ts_s":"2024-02-29 10:00:00","ts_ns":"2024-02-29 10:00:00.123456789","tz":"2024-02-29 08:00:00+00","s":"é \\"q\\", \\nx","empty":"","e":"a","u":"00000000-0000-0000-0000-00000000000a","b":"AP8=","j":"{\\"j\\": 1}","list":[1.50,null],"nested":[[null,1.0]],"arr":[1,2],"st":{"x":1,"y\\"z":{"t":"a"}},"map":{"k":[1]},"none":null,"nul":null,"dup":1,"Dup_1":2}
    "
  `);
  expect(JSON.parse(text)).toMatchObject({ s: 'é "q", \nx', empty: '', map: { k: [1] }, none: null, list: [1.5, null] });
  expect(JSON.parse(await textOf(session, all, 'json'))).toEqual([JSON.parse(text)]);
});

test('CSV is what RFC 4180 says', async () => {
  expect(await textOf(session, all, 'csv')).toMatchInlineSnapshot(`
    "bool,tiny,small,int,uint,big,ubig,huge,f,d,nan,inf,dec,day,time,ts,ts_s,ts_ns,tz,s,empty,e,u,b,j,list,nested,arr,st,map,none,nul,dup,Dup
    true,1,2,3,4,9007199254740993,18446744073709551615,170141183460469231731687303715884105727,0.1,1e+300,nan,-inf,12345678901234567890.123450,2024-02-29,10:00:00.5,2024-02-29 10:00:00.123456,2024-02-29 10:00:00,2024-02-29 10:00:00.123456789,2024-02-29 08:00:00+00,"é ""q"", 
    x","",a,00000000-0000-0000-0000-00000000000a,AP8=,"{""j"": 1}","[1.50,null]","[[null,1.0]]","[1,2]","{""x"":1,""y\\""z"":{""t"":""a""}}","{""k"":[1]}",,,1,2
    "
  `);
  expect(await textOf(session, `SELECT 1 AS "a,b", NULL AS "say ""x"""`, 'csv')).toBe('"a,b","say ""x"""\r\n1,\r\n');
});

test('CSV and Parquet read back equal', async () => {
  const sql = `SELECT i AS n, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN '' ELSE repeat(chr(34) || ',' || chr(13) || 'ä', i % 11) END AS s,
    i * 1.5::DOUBLE AS d FROM range(5000) t(i)`;
  for (const format of ['csv', 'parquet'] as const) {
    const path = join(folder, `back.${format}`);
    await writeFile(path, await bytesOf(await session.stream({ sql }, format)));
    const read = format === 'csv' ? `read_csv('${path}', header = true, allow_quoted_nulls = false, sample_size = -1)` : `'${path}'`;
    const [row] = await plain(`SELECT count(*) AS n FROM (FROM ${read} EXCEPT ALL (${sql})) UNION ALL SELECT count(*) FROM ((${sql}) EXCEPT ALL FROM ${read})`);
    expect(row).toEqual({ n: '0' });
  }
});

describe('rows of any number and length', () => {
  test.each([0, 1, 2047, 2048, 2049, 10_000])('%i rows, in order', async (count) => {
    const sql = `SELECT i, repeat('x', (i * 7919) % 50) AS s FROM range(${count}) t(i) ORDER BY i DESC`;
    const expected = Array.from({ length: count }, (_, at) => count - 1 - at).map((i) => ({ i, s: 'x'.repeat((i * 7919) % 50) }));
    expect(JSON.parse(await textOf(session, sql, 'json'))).toEqual(expected);
    const lines = (await textOf(session, sql, 'jsonl')).split('\n');
    expect(lines.length).toBe(count + 1);
    const csv = (await textOf(session, 'SELECT i FROM (' + sql + ')', 'csv')).split('\r\n');
    expect(csv.slice(1, -1)).toEqual(expected.map(({ i }) => String(i)));
  });

  test('one row larger than any buffer', async () => {
    const [row] = JSON.parse(await textOf(session, "SELECT repeat('abc', 1000000) AS s", 'json'));
    expect(row).toEqual({ s: 'abc'.repeat(1_000_000) });
  });
});

test('rows gives wide numbers as text', async () => {
  const sql = 'SELECT 1 AS i, 2::BIGINT AS big, 3::HUGEINT AS huge, 1.50 AS "dec", 0.5::DOUBLE AS d, [4::BIGINT] AS l';
  expect(await session.rows({ sql })).toEqual([{ i: 1, big: '2', huge: '3', dec: '1.50', d: 0.5, l: ['4'] }]);
});

describe('parameters', () => {
  test('are bound by type, also where only they say the type', async () => {
    const sql = 'SELECT $1 AS n, $2 AS t, $3 AS b, $4 AS d, $5 AS nothing';
    const parameters = [12, "it's", true, 1.5, null];
    expect(await session.rows({ sql, parameters })).toEqual([{ n: '12', t: "it's", b: true, d: 1.5, nothing: null }]);
    const { columns, body } = await session.stream({ sql: 'SELECT $1 AS n, $2 AS t', parameters: [12, 'x'] }, 'json');
    expect(columns.map(({ typeName }) => typeName)).toEqual(['BIGINT', 'VARCHAR']);
    expect((await bytesOf({ columns, body })).toString()).toBe('[{"n":12,"t":"x"}]\n');
  });

  test('too few or too many are named', async () => {
    await expect(session.rows({ sql: 'SELECT $1, $2', parameters: [1] })).rejects.toThrow('The statement has 2 parameters, 1 values were given.');
  });
});

test('an error before the first row comes before the stream', async () => {
  await expect(session.stream({ sql: "SELECT 'x'::INTEGER AS n" }, 'json')).rejects.toMatchObject({ name: 'UserError', code: 'statement' });
});

test('an error in the middle ends the stream with it, and the session goes on', async () => {
  const sql = "SELECT CASE WHEN i = 900000 THEN error('row 900000') ELSE i END AS n FROM range(1000000) t(i)";
  await expect(session.stream({ sql }, 'csv').then(bytesOf)).rejects.toMatchObject({ name: 'UserError', message: 'Invalid Input Error: row 900000' });
  expect(await session.rows({ sql: 'SELECT 1 AS n' })).toEqual([{ n: 1 }]);
});

test('a statement that is asked again is answered anew', async () => {
  const sql = 'SELECT now() AS a, current_timestamp AS b, get_current_timestamp() AS c, random() AS d, uuid() AS e';
  const [first] = JSON.parse(await textOf(session, sql, 'json'));
  const [second] = JSON.parse(await textOf(session, sql, 'json'));
  for (const name of Object.keys(first)) expect(second[name]).not.toBe(first[name]);
});
