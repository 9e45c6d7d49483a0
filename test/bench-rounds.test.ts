import { expect, test } from 'vitest';
import { geometricMean, interleave, median } from '../bench/rounds.ts';
import { renderBenchmark } from '../bench/table.ts';

test('contenders take turns, and the first round does not count', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    prepare: async (round: number) => void order.push(`prepare ${name}${round}`),
    run: async (round: number) => void order.push(`${name}${round}`),
  });
  const timings = await interleave([contender('a'), contender('b')], { rounds: 1, watch: 'nothing' });
  expect(order).toEqual(['prepare a0', 'a0', 'prepare b0', 'b0', 'prepare a1', 'a1', 'prepare b1', 'b1']);
  expect(timings.map(({ name, walls }) => [name, walls.length])).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

test('no time is told where answers differ; a limit answers nothing', async () => {
  const limit = { name: 'limit', run: async () => undefined };
  const one = { name: 'one', run: async () => [{ n: 1 }] };
  const two = { name: 'two', run: async () => undefined, answer: async () => [{ n: 2 }] };
  await expect(interleave([limit, one, two], { rounds: 1, watch: 'nothing' })).rejects.toThrow('one and two answer differently: [{"n":1}] and [{"n":2}]');
  await expect(interleave([limit, one, { ...two, answer: one.run }], { rounds: 1, watch: 'nothing' })).resolves.toHaveLength(3);
});

test('means', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), geometricMean([1, 4])]).toEqual([2, 2.5, 2]);
});

test('a goal that is not met is called so', () => {
  const timing = (name: string, medianMs: number) => ({ name, walls: [medianMs], minMs: medianMs, medianMs });
  const goals = [
    { text: 'at most twice', found: 3, atMost: 2 },
    { text: 'at most four times', found: 3, atMost: 4 },
  ];
  const benchmark = { name: 'Counting', about: 'Counts.', run: async () => [] };
  expect(
    renderBenchmark(benchmark, [
      { name: 'rows', limit: 'raw', timings: [timing('raw', 5), { ...timing('ours', 1_500), cpuMs: 20, peakMiB: 90.4 }], goals, notes: ['noted'] },
    ]),
  ).toMatchInlineSnapshot(`
    "## Counting

    Counts.

    ### rows

    |      |     min |  median |   CPU | peak memory |  x raw |
    |------|--------:|--------:|------:|------------:|-------:|
    | raw  | 5.00 ms | 5.00 ms |       |             |   1.00 |
    | ours |  1.50 s |  1.50 s | 20 ms |      90 MiB | 300.00 |

    - **not met**: at most twice (found 3.00)
    - met: at most four times (found 3.00)
    - noted"
  `);
});
