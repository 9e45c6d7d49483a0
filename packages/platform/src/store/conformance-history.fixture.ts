import { type DocumentKind, formatKey, type JsonObject } from '@hanse/core/document/document.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { createReferenceModel, type ReferenceModel } from './reference-model.ts';
import type { Expectation, Store, Transaction, Write } from './store.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const kinds = ['product', 'run'] as const satisfies readonly DocumentKind[];
const ids = ['a', 'b', 'ä', '\u{1f600}', '\uffee', "o'brien"];

const key = fc.record({ kind: fc.constantFrom(...kinds), id: fc.constantFrom(...ids) });
const body = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), { maxKeys: 3 }).map(asStored);
const home = fc.oneof(fc.constant({ kind: 'mesh' as const }), fc.record({ kind: fc.constant('repository' as const), id: fc.string() }));
const write = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(key, home, body).map(([{ kind, id }, from, content]): Write => ({ op: 'put', kind, id, home: from, body: content })) },
  { weight: 1, arbitrary: key.map(({ kind, id }): Write => ({ op: 'remove', kind, id })) },
);
/** `back` counts from the version that is current when the transaction runs. */
const expectation = fc.record({ at: key, back: fc.constantFrom(0, 0, 0, 1, 2), isAbsent: fc.boolean() });
const step = fc.record({
  actor: fc.string({ unit: 'binary' }),
  writes: fc.uniqueArray(write, { maxLength: 4, selector: formatKey }),
  expectations: fc.uniqueArray(expectation, { maxLength: 2, selector: ({ at }) => formatKey(at) }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A random history gives the same answers, conflicts and past states as the reference model. */
export function historyTest(fresh: (clock?: Clock) => Promise<Store>): void {
  test('a random history equals the reference model at every point in time', async () => {
    const histories = fc.array(step, { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(histories, async (steps) => {
      const store = await fresh();
      await compare(store, steps).finally(store.close);
    });
    await expect(fc.assert(property, { numRuns: Math.ceil(8 * scale) })).resolves.toBeUndefined();
  }, 600_000);
}

async function compare(store: Store, steps: readonly Step[]): Promise<void> {
  const model = createReferenceModel();
  for (const [number, planned] of steps.entries()) {
    const transaction = transactionOf(planned, number, model);
    const expected = model.transact(transaction);
    const result = await store.transact(transaction);
    const outcome = result.kind === 'committed' ? result.entry.sequence : result;
    expect(outcome).toEqual(typeof expected === 'number' ? expected : { kind: 'conflict', ...expected });
  }
  for (let asOf = 0; asOf <= model.head(); asOf += 1) {
    for (const kind of kinds) {
      const expected = model.list(kind, asOf);
      expect(await store.list(kind, asOf)).toEqual(expected);
      for (const id of ids) expect(await store.read({ kind, id }, asOf)).toEqual(expected.find((found) => found.id === id));
    }
  }
  expect(await store.list('run')).toEqual(model.list('run', model.head()));
  expect(await store.head()).toBe(model.head());
  expect(await store.verify()).toEqual([]);
}

function transactionOf({ actor, writes, expectations }: Step, number: number, model: ReferenceModel): Transaction {
  const expect = expectations.map(({ at, back, isAbsent }): Expectation => {
    const current = model.list(at.kind, model.head()).find(({ id }) => id === at.id)?.version;
    const version = current === undefined || isAbsent ? ('absent' as const) : current - back;
    return { ...at, version };
  });
  return { actor, intent: 'test', reason: `step ${number}`, writes, expect };
}

/** JSON knows no -0 and no `__proto__` of its own. */
function asStored(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
