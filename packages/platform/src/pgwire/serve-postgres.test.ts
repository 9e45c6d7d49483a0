import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { operator } from '../../../../test/fixtures/open-mesh.ts';
import { agreementText, smallTexts } from '../../../../test/fixtures/small-mesh.ts';
import { createToken } from '../services/token/tokens.ts';
import { servePostgres } from './serve-postgres.ts';
import { openWire, refusalOf } from './wire.fixture.ts';

const PSQL = '/usr/bin/psql';
const { mesh, url, tokens, clientOf } = await openWire();

test('node-postgres reads what the agreement gives, null and empty text told apart', async () => {
  await using mia = await clientOf('mia');
  const { rows, fields, command, rowCount } = await mia.query("select *, '' as nothing from finance.metrics order by amount");
  expect(rows).toEqual([
    { customer: 'ann', amount: 1.5, nothing: '' },
    { customer: null, amount: 2, nothing: '' },
  ]);
  expect([fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`), command, rowCount]).toEqual([
    ['customer 25', 'amount 701', 'nothing 25'],
    'SELECT',
    2,
  ]);
});

test('a session answers its own statements, one or several', async () => {
  await using mia = await clientOf('mia');
  await mia.query("begin; set application_name = 'it''s'; /* x; */ show application_name; -- end;\ncommit");
  expect((await mia.query('show application_name')).rows).toEqual([{ application_name: "it's" }]);
  await mia.query('begin');
  await mia.query('set hanse.purpose to why');
  await mia.query('rollback');
  expect((await mia.query('show hanse.purpose')).rows).toEqual([{ 'hanse.purpose': '' }]);
  expect((await mia.query('show server_version')).rows).toEqual([{ server_version: '15.0 (Hanse)' }]);
  expect((await mia.query('')).rows).toEqual([]);
  expect((await mia.query('discard all')).command).toBe('DISCARD');
});

test('what is not served is refused by its SQLSTATE', async () => {
  await using mia = await clientOf('mia');
  const said: string[] = [];
  for (const sql of [
    'select 1; select 2',
    'begin; select 1',
    'selec 1',
    'select nothing from finance.metrics',
    'select secret from finance.metrics',
    'select * from finance.nothing',
    'select * from marketing.spend',
    'select c.relname from pg_catalog.pg_class c where c.relname operator(pg_catalog.~) $$^(x)$$',
    "select 'pg_class' from finance.nothing",
    'set timezone = "Europe/Berlin"',
    'set nothing = 1',
    'set server_version = 16',
    'show nothing',
    'savepoint s',
    'copy finance.metrics to stdout',
    'insert into finance.metrics values (1)',
    'deallocate nothing',
  ])
    said.push(`${sql}\n  ${await refusalOf(mia.query(sql))}`);
  said.push(`a parameter\n  ${await refusalOf(mia.query('select $1', [1]))}`);
  said.push(`a binary result\n  ${await refusalOf(mia.query({ name: 'binary', text: 'select 1', binary: true } as never))}`);
  expect(said.join('\n')).toMatchInlineSnapshot(`
    "select 1; select 2
      42601 several statements at once are not served | Send one SELECT at a time.
    begin; select 1
      42601 several statements at once are not served | Send one SELECT at a time.
    selec 1
      42601 The statement cannot be parsed: syntax error at or near "selec" (line 1, column 1).
    select nothing from finance.metrics
      42601 Binder Error: Referenced column "nothing" not found in FROM clause!
    select secret from finance.metrics
      42601 column secret of finance.metrics is not visible in role eu | Leave it out, or request another role: hanse access request finance/churn:metrics --role full --purpose <why> --until <date>.
    select * from finance.nothing
      42P01 there is no table finance.nothing | Did you mean \`finance.metrics\`?
    select * from marketing.spend
      42P01 marketing.spend has not been published yet | Build it with: hanse build marketing/spend:spend.
    select c.relname from pg_catalog.pg_class c where c.relname operator(pg_catalog.~) $$^(x)$$
      0A000 the catalog (pg_catalog, information_schema) is not served yet | What there is: hanse products, or GET /api/products.
    select 'pg_class' from finance.nothing
      42P01 there is no table finance.nothing | Did you mean \`finance.metrics\`?
    set timezone = "Europe/Berlin"
      0A000 "TimeZone" is "UTC" here and cannot be set to "Europe/Berlin"
    set nothing = 1
      42704 unrecognized configuration parameter "nothing"
    set server_version = 16
      55P02 parameter "server_version" cannot be changed
    show nothing
      42704 unrecognized configuration parameter "nothing"
    savepoint s
      0A000 SAVEPOINT in this form is not served yet | Sessions know BEGIN, COMMIT, ROLLBACK, SET, SHOW, RESET, DISCARD and DEALLOCATE.
    copy finance.metrics to stdout
      0A000 COPY in this form is not served yet | Sessions know BEGIN, COMMIT, ROLLBACK, SET, SHOW, RESET, DISCARD and DEALLOCATE.
    insert into finance.metrics values (1)
      42501 Only one SELECT can be run here. INSERT is not allowed. | Products are changed by building and publishing them.
    deallocate nothing
      26000 prepared statement "nothing" does not exist
    a parameter
      0A000 parameters are not served yet | Write the values into the statement, as psycopg’s ClientCursor does.
    a binary result
      0A000 results in binary are not served yet | Ask for text, which is the format 0."
  `);
  expect((await mia.query('select 1 as still')).rows).toEqual([{ still: 1 }]);
});

test('a transaction block that failed refuses until it ends', async () => {
  await using mia = await clientOf('mia');
  await mia.query('begin');
  await refusalOf(mia.query('selec 1'));
  expect(await refusalOf(mia.query('select 1'))).toBe('25P02 current transaction is aborted, commands ignored until end of transaction block');
  expect((await mia.query('commit')).command).toBe('ROLLBACK');
  expect((await mia.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('prepared statements are run by name', async () => {
  await using mia = await clientOf('mia');
  const prepared = { name: 'count', text: 'select count(*)::int as n from finance.metrics' };
  for (let round = 0; round < 3; round += 1) expect((await mia.query(prepared)).rows).toEqual([{ n: 2 }]);
  await mia.query('deallocate "count"');
  expect(await refusalOf(mia.query(prepared))).toBe('26000 prepared statement "count" does not exist');
});

test('every type is read by a driver as what it is', async () => {
  await using femi = await clientOf('femi');
  const { rows, fields } = await femi.query(`select true as b, 1::tinyint as i2, 2 as i4, 9007199254740993 as i8, 1.50::decimal(4, 2) as num,
    'nan'::double as nan, '-inf'::float as inf, date '2024-02-29' as d, timestamptz '2024-02-29 10:00:00+02' as tz, '\\x00\\xFF'::blob as by,
    [1, null] as ints, ['a "b"', null, ''] as texts, {a: [1]} as st, map {'k': 1} as m, null as nul, [[1], []] as nested,
    '00000000-0000-0000-0000-00000000000a'::uuid as u, time '10:00:00' as t, E'tab\\t\\\\ line\\n' as s`);
  expect(rows).toEqual([
    {
      b: true,
      i2: 1,
      i4: 2,
      i8: '9007199254740993',
      num: '1.50',
      nan: NaN,
      inf: -Infinity,
      d: expect.any(Date),
      tz: new Date('2024-02-29T08:00:00Z'),
      by: Buffer.from([0, 255]),
      ints: [1, null],
      texts: ['a "b"', null, ''],
      st: { a: [1] },
      m: { k: 1 },
      nul: null,
      nested: [[1], []],
      u: '00000000-0000-0000-0000-00000000000a',
      t: '10:00:00',
      s: 'tab\t\\ line\n',
    },
  ]);
  expect(fields.find(({ name }) => name === 'num')?.dataTypeModifier).toBe(((4 << 16) | 2) + 4);
});

test('who is not known is not let in, and learns no more than that', async () => {
  const wrong = 'make one with hanse token create';
  const cases: readonly (readonly [string, object])[] = [
    ['mia', { password: 'hanse_wrong' }],
    ['mia', { password: tokens.get('max') }],
    ['nobody', { password: tokens.get('mia') }],
  ];
  for (const [user, more] of cases) {
    const said = await refusalOf(clientOf(user, more));
    expect(said).toContain(`28P01 password authentication failed for user "${user}"`);
    expect(said).toContain(wrong);
  }
  const past = { ...mesh.platform, clock: { now: () => '2020-01-01T00:00:00.000Z' } };
  const { token } = await createToken(past, operator, { username: 'mia', days: 1 });
  expect(await refusalOf(clientOf('mia', { password: token }))).toContain('28P01');
});

test('with several agreements a purpose has to be said, and is said in the session or as it begins', async () => {
  const { token } = await mesh.api().createToken({ username: 'nina' });
  tokens.set('nina', token);
  const two = ['eu', 'full'].map((role) => agreementText({ id: `s-${role}`, role, consumer: '{teamId: marketing, userId: nina}', requestedBy: 'nina' }));
  const [eu, full] = two.map((text, at) => text.replace('purpose: Look.', `purpose: ${at === 0 ? 'Look.' : 'Mend.'}`));
  await mesh.apply({ 'agreements/s-eu.oaas.yaml': eu, 'agreements/s-full.oaas.yaml': full });
  await using nina = await clientOf('nina');
  const count = 'select count(*)::int as n from finance.metrics';
  expect(await refusalOf(nina.query(count))).toMatchInlineSnapshot(
    `"42501 2 agreements open finance/churn:metrics: "Look." (s-eu, role eu), "Mend." (s-full, role full) | Name the purpose of this statement: --purpose on the command line, X-Hanse-Purpose over HTTP, SET hanse.purpose in psql."`,
  );
  await nina.query("set hanse.purpose = 'Look.'");
  expect((await nina.query(count)).rows).toEqual([{ n: 2 }]);
  await using other = await clientOf('nina', { options: '-c hanse.purpose=Mend.' });
  expect((await other.query(count)).rows).toEqual([{ n: 3 }]);
});

test('a statement is on record and tells where its rows come from; its description alone is neither', async () => {
  await using mia = await clientOf('mia');
  await mia.query('select count(*) as recorded from finance.metrics');
  const { rows } = await mia.query('show hanse.provenance');
  expect(JSON.parse(String(rows[0]?.['hanse.provenance']))).toMatchObject([{ table: 'finance.metrics__v1', role: 'eu' }]);
  const { reads } = await mesh.api().reads({ limit: 5 });
  expect(reads.filter(({ statement }) => statement.includes('recorded'))).toMatchObject([{ principal: 'mia', tables: [expect.stringContaining('metrics')] }]);
});

test('a revoked agreement is refused on the next statement, and one whose person left ends the session', async () => {
  await using max = await clientOf('max');
  const count = 'select count(*)::int as n from finance.metrics';
  expect((await max.query(count)).rows).toEqual([{ n: 3 }]);
  await mesh.api('femi').answerAccess({ id: 'a3', verb: 'revoke', reason: 'over' });
  expect(await refusalOf(max.query(count))).toContain('42501');
  expect((await max.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await using nina = await clientOf('nina');
  await mesh.apply({ 'marketing/domain.yaml': smallTexts['marketing/domain.yaml'] });
  expect(await refusalOf(nina.query('select 1'))).toContain('28000 the token has expired, or its person has left');
});

test('off loopback it does not listen, because TLS is not there', async () => {
  await expect(servePostgres(mesh.platform, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ message: expect.stringContaining('need TLS') });
});

/** psql as a person calls it. */
async function psql(user: string, ...args: readonly string[]): Promise<string> {
  const environment = { PATH: process.env.PATH, PGPASSWORD: tokens.get(user) ?? '', HOME: '/nonexistent' };
  const { stdout, stderr } = await promisify(execFile)(PSQL, ['-X', `${url}/mesh?user=${user}`, ...args], { env: environment }).catch(
    (failed: { readonly stdout: string; readonly stderr: string }) => failed,
  );
  return `${stdout}${stderr}`;
}

test.runIf(existsSync(PSQL))('psql reads her rows and columns, and is told what is not served', async () => {
  expect(await psql('mia', '-At', '-P', 'null=<null>', '-c', 'select * from finance.metrics order by amount')).toBe('ann|1.5\n<null>|2.0\n');
  expect(await psql('mia', '-c', 'select secret from finance.metrics')).toMatchInlineSnapshot(`
    "ERROR:  column secret of finance.metrics is not visible in role eu
    HINT:  Leave it out, or request another role: hanse access request finance/churn:metrics --role full --purpose <why> --until <date>.
    "
  `);
  expect(await psql('mia', '-c', '\\dt')).toMatchInlineSnapshot(`
    "ERROR:  the catalog (pg_catalog, information_schema) is not served yet
    HINT:  What there is: hanse products, or GET /api/products.
    "
  `);
  expect(await psql('mia', '-At', '-c', 'begin', '-c', 'select 1', '-c', 'commit')).toBe('BEGIN\n1\nCOMMIT\n');
});
