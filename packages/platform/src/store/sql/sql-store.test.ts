import { expect, test } from 'vitest';
import { heldClock, readRecord } from '../conformance.fixture.ts';
import { openTemporaryStore } from '../sqlite/temporary.ts';

test('where nothing but reads happens, an entry comes to anchor them after ten thousand', async () => {
  const store = await openTemporaryStore(heldClock());
  await Promise.all(Array.from({ length: 10_050 }, (_, number) => store.recordRead(readRecord(number))));
  const log = await store.log();
  expect(log.map(({ intent, reads }) => [intent, reads?.sequence])).toEqual([['reads.anchor', 10_000]]);
  expect(await store.verify()).toEqual([]);
  await store.close();
});

test('reads that are not yet durable when the store closes are kept', async () => {
  const store = await openTemporaryStore(heldClock());
  const recorded = store.recordRead(readRecord(1));
  await store.close();
  await expect(recorded).resolves.toBeUndefined();
});
