import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitIndex } from './split-index.ts';

test('each row has digits of its own, within the sizes, and there are as many rows as there can be', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 9n), { minLength: 1, maxLength: 4 }), fc.bigInt(1n, 200n), (sizes, wanted) => {
      const { digits, rows } = splitIndex(sizes, wanted);
      const all = Array.from({ length: Number(rows) }, (_, index) => digits.map(({ stride, radix }) => (BigInt(index) / stride) % radix));
      expect(new Set(all.map((one) => one.join(' '))).size).toBe(Number(rows));
      expect(all.every((one) => one.every((digit, place) => digit < (sizes[place] ?? 0n)))).toBe(true);
      const most = sizes.reduce((product, size) => product * size, 1n);
      expect(rows).toBe(most < wanted ? most : wanted);
    }),
    { seed: 7 },
  );
});
