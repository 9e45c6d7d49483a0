import { expect, test } from 'vitest';
import { change, heldClock, put, storeConformance } from './conformance.fixture.ts';
import { type Fault, faultyStore, randomFaults } from './faulty-store.fixture.ts';
import { patientStore } from './patient-store.fixture.ts';
import { openTemporaryStore } from './sqlite/temporary.ts';

const seed = Number(process.env['HANSE_TEST_SEED'] ?? Date.now() % 1_000_000);

storeConformance(`a store with faults (HANSE_TEST_SEED=${seed})`, async (clock) => {
  return patientStore(faultyStore(await openTemporaryStore(clock), randomFaults(seed)));
});

test('a fault before has no effect, a fault after has all of it', async () => {
  const faults: Fault[] = ['before', 'after'];
  const store = await openTemporaryStore(heldClock());
  const faulty = faultyStore(store, () => faults.shift() ?? 'none');
  await expect(faulty.transact(change([put('a')]))).rejects.toThrow('before the store heard');
  expect(await store.head()).toBe(0);
  await expect(faulty.transact(change([put('a')]))).rejects.toThrow('is not known');
  expect(await store.head()).toBe(1);
  await store.close();
});
