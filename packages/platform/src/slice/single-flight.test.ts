import { expect, test } from 'vitest';
import { singleFlight } from './single-flight.ts';

/** Work that ends when told, and the signals it was started with. */
function heldWork() {
  const end = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    return end.promise;
  };
  return { work, signals, end };
}

test('all who come while it runs get its one result; who comes after starts anew', async () => {
  const flights = singleFlight<string>();
  const { work, signals, end } = heldWork();
  const all = [flights.run('a', work), flights.run('a', work), flights.run('b', work)];
  end.resolve('done');
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done']);
  expect(signals).toHaveLength(2);
  expect(await flights.run('a', async () => 'again')).toBe('again');
});

test('who gives up leaves the work to the others', async () => {
  const flights = singleFlight<string>();
  const { work, signals, end } = heldWork();
  const leaving = new AbortController();
  const left = flights.run('a', work, leaving.signal);
  const stayed = flights.run('a', work);
  leaving.abort(new Error('gave up'));
  await expect(left).rejects.toThrow('gave up');
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  end.resolve('done');
  expect(await stayed).toBe('done');
});

test('work that nobody waits for is aborted, and is not joined', async () => {
  const flights = singleFlight<string>();
  const { work, signals, end } = heldWork();
  const leaving = new AbortController();
  const left = flights.run('a', work, leaving.signal);
  leaving.abort(new Error('gave up'));
  await expect(left).rejects.toThrow('gave up');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const next = flights.run('a', work);
  expect(signals).toHaveLength(2);
  end.resolve('done');
  expect(await next).toBe('done');
  await expect(flights.run('a', work, leaving.signal)).rejects.toThrow('gave up');
});

test('a failure reaches all who wait, and the next try starts anew', async () => {
  const flights = singleFlight<string>();
  const { work, end } = heldWork();
  const all = Promise.allSettled([flights.run('a', work), flights.run('a', work)]);
  end.reject(new Error('no luck'));
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await flights.run('a', async () => 'again')).toBe('again');
});
