import { expect, test } from 'vitest';
import { fixedShapeMismatch } from './fixed-shape.ts';
import { translateToAre } from './postgres-regular-expression.ts';

function mismatchOf(ecma: string): string | undefined {
  const translated = translateToAre(ecma);
  return 'error' in translated ? translated.error : fixedShapeMismatch(translated.pattern, 'x');
}

test.each([
  ['^ORD-[0-9]{10}$', `NOT (x COLLATE "C" LIKE 'ORD-__________' AND substr(x, 5) COLLATE "C" !~ '[^0-9]')`],
  ['^[A-Z]{2}[A-Z]{4}$', `NOT (x COLLATE "C" LIKE '______' AND x COLLATE "C" !~ '[^A-Z]')`],
  ['^(?:[^a]{6})%_$', String.raw`NOT (x COLLATE "C" LIKE '______\%\_' AND substr(x, 1, 6) COLLATE "C" !~ '[a]')`],
  ['^\\d{4}-\\d{2}-\\d{2}$', `NOT (x COLLATE "C" LIKE '____-__-__' AND (substr(x, 1, 4) || substr(x, 6, 2) || substr(x, 9)) COLLATE "C" !~ '[^0-9]')`],
  ['^a\\\\(?:\\)\\(){2}.$', String.raw`NOT (x COLLATE "C" LIKE 'a\\)()(_' AND substr(x, 7) COLLATE "C" !~ '[\n]')`],
  ["^it's all$", `NOT (x COLLATE "C" LIKE 'it''s all')`],
])('%s is compared without an automaton', (ecma, sql) => {
  expect(mismatchOf(ecma)).toBe(sql);
});

test.each([
  '^[A-Z]{3}$',
  '^[A-Z]+0123456789$',
  '^(?:abcdefghij|k)$',
  'abcdefghij$',
  '^abcdefghij',
  '^abcdefghi{1,2}$',
  '^(?:abcdefghij){2}{2}$',
  '^abcde(?:fghij)?$',
  '^a{256}$',
  '^abcdefghij\\b$',
])('%s is left to it', (ecma) => {
  expect(mismatchOf(ecma)).toBeUndefined();
});
