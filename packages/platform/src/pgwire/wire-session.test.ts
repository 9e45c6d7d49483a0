import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bind, describe, exchange, execute, messageOf, openWire, parse, refusalOf, socketOf, startOf, sync, talk } from './wire.fixture.ts';

const { mesh, number, clientOf, clientAt, listenAgain } = await openWire();

const endless = 'select count(*) as unanswered from finance.metrics, range(100000000) a, range(1000) b where a.range <> b.range';

test('a second connection with the key cancels, one without it does not', async () => {
  await using mia = await clientOf('mia');
  const { processID, secretKey } = mia as unknown as { readonly processID: number; readonly secretKey: number };
  let summed = false;
  const sum = mia.query('select sum(range)::text as sum from range(200000000)').finally(() => (summed = true));
  while (!summed) await cancelWith(processID, secretKey ^ 1);
  expect((await sum).rows).toEqual([{ sum: '19999999900000000' }]);
  const running = refusalOf(mia.query(endless));
  let ended = false;
  void running.then(() => (ended = true));
  while (!ended) await cancelWith(processID, secretKey);
  expect(await running).toBe('57014 canceling statement due to user request');
  expect((await mia.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('garbage, cut messages and wrong lengths end their own connection and nobody else’s', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => [bytes]),
        fc.tuple(fc.constantFrom(...'QPBDECSHXFpdcfz'), fc.uint8Array({ maxLength: 60 })).map(([type, bytes]) => [startOf('mia'), messageOf(type, bytes)]),
        fc.integer({ min: 0, max: startOf('mia').length }).map((end) => [startOf('mia').subarray(0, end)]),
        fc.integer().map((length) => {
          const bytes = Buffer.from(startOf('mia'));
          bytes.writeInt32BE(length);
          return [bytes];
        }),
      ),
      async (parts) => {
        await talk(parts, { end: true, to: number });
      },
    ),
    { numRuns: Math.ceil(150 * Number(process.env.HANSE_TEST_SCALE ?? 1)) },
  );
  await using mia = await clientOf('mia');
  expect((await mia.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('garbage of one who is known is answered or ends the connection, and the server goes on', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...'QPBDECSHFpdcfz'), fc.uint8Array({ maxLength: 40 })), { maxLength: 8 }), async (messages) => {
      const client = await clientOf('mia');
      const socket = socketOf(client);
      socket.removeAllListeners('data').resume();
      const closed = once(socket, 'close');
      for (const [type, bytes] of messages) socket.write(messageOf(type, bytes));
      socket.end(messageOf('X'));
      await closed;
    }),
    { numRuns: Math.ceil(40 * Number(process.env.HANSE_TEST_SCALE ?? 1)) },
  );
  await using mia = await clientOf('mia');
  expect((await mia.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a portal gives so many rows at a time, and stays open in a transaction block', async () => {
  await using mia = await clientOf('mia');
  const said = await exchange(
    mia,
    [
      messageOf('Q', 'begin\0'),
      parse('select range::int as n from range(5)', 'five'),
      describe('Sfive'),
      bind('p', 'five'),
      describe('Pp'),
      execute(2, 'p'),
      sync,
      execute(2, 'p'),
      execute(2, 'p'),
      execute(2, 'p'),
      messageOf('C', 'Pp\0'),
      sync,
      messageOf('Q', 'commit\0'),
    ],
    4,
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "C BEGIN.",
      "Z T",
      "1 ",
      "t .",
      "T .n.",
      "2 ",
      "T .n.",
      "D .0",
      "D .1",
      "s ",
      "Z T",
      "D .2",
      "D .3",
      "s ",
      "D .4",
      "C SELECT 1.",
      "C SELECT 0.",
      "3 ",
      "Z T",
      "C COMMIT.",
      "Z I",
    ]
  `);
});

test('after an error everything up to Sync is passed over', async () => {
  await using mia = await clientOf('mia');
  const said = await exchange(
    mia,
    [parse('selec 1'), bind(), describe('P'), execute(0), parse('select 1'), sync, parse(''), bind(), describe('P'), execute(0), sync],
    2,
  );
  expect(said.map((one) => one.slice(0, 60))).toMatchInlineSnapshot(`
    [
      "1 ",
      "2 ",
      "E SERROR.VERROR.C42601.MThe statement cannot be parsed: synt",
      "Z I",
      "1 ",
      "2 ",
      "n ",
      "I ",
      "Z I",
    ]
  `);
});

test('a portal of no transaction block ends with Sync', async () => {
  await using mia = await clientOf('mia');
  const said = await exchange(mia, [parse('select 1'), bind('p'), sync, execute(0, 'p'), sync], 2);
  expect(said.at(-2)).toContain('34000');
});

test('many rows are sent as the client takes them; one that leaves lets go of its worker', async () => {
  await using mia = await clientOf('mia');
  const { rows } = await mia.query("select range as n, repeat('x', 20) || range as t from range(200000)");
  expect([rows.length, rows.at(-1)]).toEqual([200_000, { n: '199999', t: `${'x'.repeat(20)}199999` }]);
  for (let round = 0; round < 3; round += 1) {
    const leaving = await clientOf('mia');
    const socket = socketOf(leaving);
    socket.removeAllListeners('data').pause();
    socket.write(messageOf('Q', "select repeat('x', 1000) from range(1000000)\0"));
    socket.once('readable', () => socket.destroy());
    await once(socket, 'close');
  }
  expect((await mia.query('select count(*)::int as n from finance.metrics')).rows).toEqual([{ n: 2 }]);
});

test('limits: messages, connections, strangers that say nothing, sessions that ask nothing', async () => {
  await using mia = await clientOf('mia');
  expect(await refusalOf(mia.query(`select '${'x'.repeat(1_000_000)}'`))).toMatch(/^54000 the statement has/);
  expect(await refusalOf(mia.query(`select '${'x'.repeat(5_000_000)}'`))).toMatch(/^54000 A message has/);
  {
    await using quick = await listenAgain({ authenticationMs: 20 });
    expect(await talk([], { to: quick.number })).toHaveLength(0);
  }
  {
    await using few = await listenAgain({ connections: 1 });
    await using first = clientAt(few.number);
    await first.connect();
    expect(await refusalOf(clientAt(few.number).connect())).toContain('53300 too many connections already');
  }
  await using patient = await listenAgain({ idleMs: 20 });
  const idle = clientAt(patient.number);
  const told = Promise.withResolvers<unknown>();
  idle.on('error', told.resolve);
  await idle.connect();
  expect(await told.promise).toMatchObject({ code: '57P05' });
});

test('a server that ends says so to who is there, and ends what runs', async () => {
  const again = await listenAgain({});
  const [idle, busy] = [clientAt(again.number), clientAt(again.number)];
  const told = Promise.withResolvers<unknown>();
  idle.on('error', told.resolve);
  await Promise.all([idle.connect(), busy.connect()]);
  let answered = false;
  const running = refusalOf(busy.query(endless)).finally(() => (answered = true));
  const isOnRecord = async () => (await mesh.api().reads({ limit: 20 })).reads.some(({ statement }) => statement.includes('unanswered'));
  while (!answered && !(await isOnRecord())) await setImmediate();
  await again[Symbol.asyncDispose]();
  expect(await told.promise).toMatchObject({ code: '57P01' });
  expect(await running).toBe('57P01 the server ends');
});

async function cancelWith(pid: number, secret: number): Promise<void> {
  const message = Buffer.alloc(16);
  [16, 80877102, pid, secret].forEach((value, at) => message.writeInt32BE(value, 4 * at));
  await talk([message], { to: number });
}
