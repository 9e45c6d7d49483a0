import { seededRandom } from '../../packages/platform/src/store/faulty-store.fixture.ts';
import type { Death } from './kill-round.ts';
import { STEPS } from './orders.ts';
import { TABLES, type TownTable } from '../fixtures/town.ts';

const PLACES = [...STEPS, 'collecting'] as const;
/** About as long as what follows any step takes. */
const LONGEST_MS = 150;

/** So many deaths, every place as often as any other, at once and in the middle in turn; the same for the same seed. */
export function chooseDeaths(count: number, seed: number): readonly Death[] {
  const random = seededRandom(seed);
  const order = shuffle(
    Array.from({ length: count }, (_, number) => number),
    random,
  );
  return order.map((number): Death => {
    const step = PLACES[number % PLACES.length] ?? 'collecting';
    const table: TownTable = TABLES[Math.floor(random() * TABLES.length)] ?? 'whole';
    const isWithin = step === 'collecting' || Math.floor(number / PLACES.length) % 2 === 1;
    return { table, step, ...(isWithin && { afterMs: Math.floor(random() ** 2 * LONGEST_MS) }) };
  });
}

function shuffle<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
