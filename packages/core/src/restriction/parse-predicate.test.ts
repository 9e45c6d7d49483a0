import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPredicate } from './format-predicate.ts';
import { parsePredicate } from './parse-predicate.ts';
import type { Literal, Predicate } from './restriction.ts';

const column = fc.oneof(fc.constantFrom('region', 'address.city', 'not', 'Order', 'größe', 'a"b', 'null', 'a b'), fc.string({ minLength: 1, maxLength: 6 }));
const value: fc.Arbitrary<Literal> = fc.oneof(
  fc.string(),
  fc.constantFrom("it's", "''", '%', ''),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((number) => number + 0),
);
const start = fc.string({ maxLength: 6 }).filter((text) => !/[%_\\]/.test(text));

const { predicate } = fc.letrec<{ predicate: Predicate<string> }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('compare' as const), column, operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='), value }),
    fc.record({ kind: fc.constant('in' as const), column, values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('starts-with' as const), column, value: start }),
    fc.record({ kind: fc.constant('is-null' as const), column }),
    fc.record({ kind: fc.constant('not' as const), of: tie('predicate') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('predicate'), { minLength: 2, maxLength: 3 }) }),
  ),
}));

test('parsing what was formatted gives the same predicate', () => {
  fc.assert(
    fc.property(predicate, (value) => void expect(parsePredicate(formatPredicate(value))).toEqual({ predicate: value })),
    { numRuns: 300 },
  );
});

test('no text makes it throw', () => {
  const words = fc.constantFrom('a', 'and', 'or', 'not', '(', ')', 'in', 'is', 'null', 'like', "'x%'", '=', '<>', '1', ',', '"', "'", ' ', '-');
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (written) => void expect(Object.keys(parsePredicate(written))).toHaveLength(1)),
    { numRuns: 500 },
  );
});

test('conditions as people write them', () => {
  const read = (text: string): string => {
    const parsed = parsePredicate(text);
    return 'error' in parsed ? `${parsed.error.offset}: ${parsed.error.message}` : formatPredicate(parsed.predicate);
  };
  expect(
    [
      "region = 'EU'",
      "REGION != 'EU' AND (age >= 18 OR consent IS NOT NULL)",
      "origin NOT IN ('SEA', 'PDX')",
      "name like 'A%' or not closed = true",
      "\"first name\" = 'O''Neil'",
      'address.city is null',
      'a = 1 and b = 2 or c = 3',
      "region == 'EU'",
      'region = EU',
      "region = 'EU",
      "name like '%x'",
      'a = null',
      "upper(region) = 'EU'",
      "region = 'EU' region",
      'a = 12345678901234567890',
      '',
      `${'('.repeat(5000)}a = 1`,
      'a = 1; drop table b',
    ].map(read),
  ).toMatchInlineSnapshot(`
    [
      "region = 'EU'",
      "REGION <> 'EU' and (age >= 18 or not consent is null)",
      "not origin in ('SEA', 'PDX')",
      "name like 'A%' or not closed = true",
      ""first name" = 'O''Neil'",
      "address.city is null",
      "(a = 1 and b = 2) or c = 3",
      "8: expected a text in single quotes, a number, true or false, found \`=\`",
      "9: expected a text in single quotes, a number, true or false, found \`EU\`",
      "9: expected a text in single quotes, a number, true or false, found a text that is not closed",
      "10: expected a beginning, as 'x%', found \`'%x'\`",
      "4: expected a value; write \`is null\` to ask for nothing, found \`null\`",
      "5: expected a comparison, found \`(\`",
      "14: expected \`and\`, \`or\` or the end, found \`region\`",
      "4: expected a number below 2^53, or the digits in single quotes, found \`12345678901234567890\`",
      "0: expected a column, found the end",
      "100: at most 100 levels, found \`(\`",
      "5: expected \`and\`, \`or\` or the end, found \`;\`",
    ]
  `);
});
