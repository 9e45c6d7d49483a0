import { afterAll, expect, test } from 'vitest';
import { ExternalError, UserError } from '../../error.ts';
import { openParser, type Parser } from './parser-process.ts';

const parser = openParser();

afterAll(() => parser.close());

async function failure(answer: Promise<unknown>): Promise<UserError> {
  const error = await answer.catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error(`No user error: ${String(error)} ${JSON.stringify(error)}`);
}

let asked = 0;

/** A statement never asked before, so that the process has to answer it. */
async function answersStill(one: Parser): Promise<void> {
  asked += 1;
  expect((await one.parse(`select ${asked} as asked`)).sql).toBe(`SELECT ${asked} AS asked`);
}

test('answers many statements in the order they were asked', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => parser.parse(`select ${at} from finance.t${at}`)));
  expect(answers.map(({ tables }) => tables[0]?.name)).toEqual(Array.from({ length: 100 }, (_, at) => `t${at}`));
});

test('a refused statement leaves the process as it was', async () => {
  expect((await failure(parser.parse('drop table x'))).code).toBe('denied');
  await answersStill(parser);
});

test('a statement over the limit is not even sent', async () => {
  const error = await failure(parser.parse(`select '${'x'.repeat(200_000)}'`));
  expect(error.code).toBe('limit');
  expect(error.message).toBe('The statement is longer than 128 KiB.');
});

const many = 20_000;
const list = (count: number, item: (at: number) => string, separator: string): string => Array.from({ length: count }, (_, at) => item(at)).join(separator);

test.each([
  ['brackets', `select ${'('.repeat(many)}1${')'.repeat(many)}`, 'memory exhausted'],
  ['sub-selects', `${'select * from ('.repeat(4_000)}select 1${')'.repeat(4_000)}`, 'memory exhausted'],
  ['sums', `select 1${'+1'.repeat(many)}`, 'Max expression depth limit of 1000 exceeded.'],
  ['lists', `select ${'['.repeat(many)}${']'.repeat(many)}`, 'memory exhausted'],
  ['casts', `select 1${'::int'.repeat(many)}`, 'Max expression depth limit of 1000 exceeded.'],
  ['negations', `select ${'not '.repeat(many)}true`, 'memory exhausted'],
  ['joins', `select 1 from t0${list(3_000, (at) => ` join t${at + 1} on true`, '')}`, 'Max expression depth limit'],
  ['an open quote', `select '${'x'.repeat(many)}`, '…'],
])('too many %s are refused in few words', async (_, sql, says) => {
  const { code, message } = await failure(parser.parse(sql));
  expect(code).toBe('statement');
  expect(message).toContain(says);
  expect(message.length).toBeLessThan(300);
});

test.each([
  ['unions', `select 1${' union all select 1'.repeat(300)}`],
  ['conditions', `select 1 where ${list(400, (at) => `a = ${at}`, ' or ')}`],
  ['values', `select 1 where a in (${list(3_000, String, ', ')})`],
  ['common table expressions', `with ${list(200, (at) => `t${at} as (select 1)`, ', ')} select 1`],
])('many %s pass', async (_, sql) => {
  expect((await parser.parse(sql)).tables).toEqual([]);
});

test('a full queue refuses at once', async () => {
  const small = openParser({ maxQueued: 1 });
  const answers = await Promise.allSettled([1, 2, 3].map((n) => small.parse(`select ${n}`)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(await failure(Promise.reject(answers[2]?.status === 'rejected' ? answers[2].reason : undefined))).toMatchObject({
    code: 'busy',
  });
  await answersStill(small);
  await small.close();
});

/** A constant that is folded for minutes while the statement is bound. */
const bomb = (at: number): string => `select * from range(levenshtein(repeat('a', 1000000), repeat('b', ${1_000_000 + at})))`;

test('one person’s bombs keep neither others nor the mesh’s own statements waiting', async () => {
  const shared = openParser({ deadlineMs: 1_000 });
  const bombs = Array.from({ length: 3 }, (_, at) => failure(shared.boundPlan(bomb(at), [], 'ann')));
  let exploded = false;
  void bombs[0]?.then(() => (exploded = true));
  for (const owner of ['bob', undefined, 'cem']) expect((await shared.parse(`select '${owner}' as asked`, owner)).tables).toEqual([]);
  expect(exploded).toBe(false);
  for (const error of await Promise.all(bombs))
    expect(error).toMatchObject({ code: 'limit', message: expect.stringMatching(/^The statement is too much for the parser: The query was (stopped|killed)/) });
  expect((await shared.parse('select 1 as after', 'ann')).sql).toBe('SELECT 1 AS "after"');
  await shared.close();
});

test('a statement past its deadline is refused, and the next one is answered', async () => {
  const tables = [{ schema: 'a', name: 't', columns: [{ id: 1, name: 'x', type: { kind: 'int' }, required: false }] }] as const;
  const hasty = openParser({ ownDeadlineMs: 300 });
  const error = await failure(hasty.boundPlan(bomb(0), tables));
  expect(error.code).toBe('limit');
  await answersStill(hasty);
  await hasty.close();
});

test('a process that died is replaced', async () => {
  const pids: number[] = [];
  const mortal = openParser({ onStart: (pid) => pids.push(pid) });
  await answersStill(mortal);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await answersStill(mortal);
  expect(pids).toHaveLength(2);
  await mortal.close();
});

test('the same question is not asked of the process twice, a refused one is', async () => {
  const pids: number[] = [];
  const mortal = openParser({ onStart: (pid) => pids.push(pid) });
  const first = await mortal.parse('select 1 from finance.orders');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  expect(await mortal.parse('select 1 from finance.orders')).toBe(first);
  expect(pids).toHaveLength(1);
  expect(await failure(mortal.parse('drop table x'))).toEqual(await failure(mortal.parse('drop table x')));
  await mortal.close();
});

test('a closed parser says so', async () => {
  const closed = openParser();
  await closed.close();
  await expect(closed.parse('select 1')).rejects.toThrow(new ExternalError('The parser is closed.'));
});
