import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeMeasures } from './measure.ts';

const measures = fc.dictionary(fc.constantFrom('rows', 'a', 'b', 'c'), fc.nat(2 ** 40));

test('merging is associative and commutative', () => {
  fc.assert(
    fc.property(measures, measures, measures, (a, b, c) => {
      expect(mergeMeasures(mergeMeasures(a, b), c)).toEqual(mergeMeasures(a, mergeMeasures(b, c)));
      expect(mergeMeasures(a, b)).toEqual(mergeMeasures(b, a));
    }),
  );
});

test('what one side does not know, the whole does not know', () => {
  expect(mergeMeasures({ rows: 2, a: 1 }, { rows: 3, b: 1 })).toEqual({ rows: 5 });
});
