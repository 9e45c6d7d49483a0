import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../error.ts';
import { TurnQueue, type TurnSizes } from './turn-queue.ts';

const sizes: TurnSizes = { turns: 2, perOwner: 1, queued: 100, queuedPerOwner: 50, waitMs: Infinity };

/** Lets what was granted go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Each owner asks for turns; every turn is over as soon as all that can begin have begun. Returns whose turn came when. */
async function play(queue: TurnQueue, asked: readonly string[]): Promise<{ readonly order: readonly string[]; readonly most: number }> {
  const order: string[] = [];
  const running: string[] = [];
  let most = 0;
  const turns = asked.map(async (owner) => {
    await queue.enter({ owner, key: '' });
    order.push(owner);
    running.push(owner);
    most = Math.max(most, running.filter((other) => other === owner).length);
  });
  while (order.length < asked.length || running.length > 0) {
    await settle();
    const done = running.shift();
    if (done === undefined) throw new Error(`${order.length} of ${asked.length} had their turn, and nobody goes on.`);
    queue.leave(done, '');
  }
  await Promise.all(turns);
  return { order, most };
}

test('fifty statements of one person delay nobody by more than one turn', async () => {
  const { order } = await play(new TurnQueue('workers', sizes), [...Array.from({ length: 50 }, () => 'ann'), 'bob', 'cem', 'bob']);
  expect(order.slice(0, 5)).toEqual(['ann', 'bob', 'cem', 'ann', 'bob']);
});

test('everybody gets all their turns, within their share and in turns, whatever is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ann', 'bob', 'cem', 'dee'), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (asked, turns, perOwner) => {
        const queue = new TurnQueue('workers', { ...sizes, turns, perOwner });
        const { order, most } = await play(queue, asked);
        expect(order.toSorted()).toEqual(asked.toSorted());
        expect(most).toBeLessThanOrEqual(perOwner);
        expect(queue.taken).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});

test('of two who always ask for more, none gets ahead by more than a turn', async () => {
  const { order } = await play(new TurnQueue('workers', { ...sizes, turns: 1 }), [
    'ann',
    ...Array.from({ length: 20 }, () => 'ann'),
    ...Array.from({ length: 20 }, () => 'bob'),
  ]);
  const ahead = order.slice(0, 40).map((_, at) => order.slice(0, at + 1).filter((owner) => owner === 'ann').length * 2 - (at + 1));
  expect(Math.max(...ahead.map(Math.abs))).toBeLessThanOrEqual(2);
});

async function refusal(entering: Promise<void>): Promise<UserError> {
  const error: unknown = await entering.catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error(`No user error: ${String(error)}`);
}

test('who asks for too much is told so, who comes too late to a full queue as well', async () => {
  const queue = new TurnQueue('query workers', { ...sizes, queued: 2, queuedPerOwner: 1 });
  const ask = (owner: string): Promise<void> => queue.enter({ owner, key: '' });
  await ask('ann');
  const waiting = [ask('ann')];
  expect(await refusal(ask('ann'))).toMatchObject({
    code: 'throttled',
    message: '1 statements of yours wait already for one of the query workers; 1 of yours, of at most 1, is being answered.',
  });
  await ask('bob');
  waiting.push(ask('bob'));
  expect(await refusal(ask('cem'))).toMatchObject({ code: 'busy', message: 'All 2 query workers are taken and 2 statements wait.' });
  queue.refuseAll(new Error('closed'));
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('waiting has an end, which says who is in the way', async () => {
  const queue = new TurnQueue('query workers', { ...sizes, turns: 1, waitMs: 1 });
  await queue.enter({ owner: 'ann', key: '' });
  expect(await refusal(queue.enter({ owner: 'ann', key: '' }))).toMatchObject({
    code: 'throttled',
    message: expect.stringContaining('waited 0.001 s for one of the query workers; 1 of yours'),
  });
  expect(await refusal(queue.enter({ owner: 'bob', key: '' }))).toMatchObject({ code: 'busy', message: expect.stringContaining('all 1 are taken by others') });
  queue.leave('ann', '');
  await queue.enter({ owner: 'bob', key: '' });
  expect(queue.taken).toBe(1);
});
