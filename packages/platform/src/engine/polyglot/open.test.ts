import { afterAll, expect, test } from 'vitest';
import { openPolyglot } from './open.ts';

const started: number[] = [];
const dialects = openPolyglot({ deadlineMs: 3_000, onStart: (pid) => started.push(pid) });
afterAll(() => dialects.close());

const tables = [{ id: 't', names: [['shop', 'orders']], columns: ['id', 'amount'] }];
const read = async (sql: string) => {
  const [reading] = await dialects.columnsRead(sql, { dialect: 'postgres', tables });
  return reading && { table: reading.table, columns: reading.columns, ...(reading.why !== undefined && { why: reading.why }) };
};
const unknown = (why: string) => ({ table: 't', columns: undefined, why });

test('a statement that is too long, too deep or hostile is unknown with a reason, and the next one is read', async () => {
  const filler = 'x'.repeat(10 * 2 ** 20);
  expect(await read(`select '${filler}' from shop.orders`)).toEqual(unknown('the statement is longer than 256 KiB'));
  expect(started).toEqual([]);
  for (const [open, close] of [
    ['(', ')'],
    ['(select * from ', ') x'],
    ['case when id then ', ' end'],
    ['array[', ']'],
    ['not ', ''],
    ['- ', ''],
    ['coalesce(', ')'],
  ])
    expect(await read(`select ${open?.repeat(1_000)}id${close?.repeat(1_000)} from shop.orders`)).toMatchObject({ columns: undefined });
  expect(await read(`select id from shop.orders ${'union all select id from shop.orders '.repeat(2_000)}`)).toMatchObject({ table: 't' });
  expect(await read('select \0 from shop.orders')).toMatchObject({ table: 't' });
  expect(await read("select '' '' \"\" /* /* */ from shop.orders")).toMatchObject({ table: 't' });
  expect(await read('select id from shop.orders')).toEqual({ table: 't', columns: ['id'] });
});

test('a process that is past its deadline is killed, and the next statement gets another', async () => {
  const impatient = openPolyglot({ deadlineMs: 1, onStart: (pid) => started.push(pid) });
  try {
    const before = started.length;
    const slow = `select ${Array.from({ length: 9_000 }, (_, each) => `id + ${each} as c${each}`).join(', ')} from shop.orders`;
    const answers = [await impatient.columnsRead(slow, { dialect: 'postgres', tables }), await impatient.columnsRead(slow, { dialect: 'postgres', tables })];
    expect(answers).toEqual([[unknown('the statement is too much for the parser')], [unknown('the statement is too much for the parser')]]);
    expect(started.length - before).toBe(2);
  } finally {
    await impatient.close();
  }
  for (const pid of started.slice(-2)) expect(() => process.kill(pid, 0)).toThrow();
});
