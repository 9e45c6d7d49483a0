import { expect, test } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { type Shape, shapesOf } from './shapes.ts';

const shapes = (pattern: string): readonly Shape[] => {
  const node = parsePattern(pattern);
  return node === undefined ? [] : shapesOf(node, 8);
};
const first = (shape: Shape) => shape.map(([character]) => character).join('');
const last = (shape: Shape) => shape.map((characters) => characters.at(-1)).join('');

test.each([
  '^[A-Z]{3}$',
  '^(red|green|blue)$',
  '^\\d{4}-\\d{2}$',
  '^[^,;]+$',
  '^(?:a|bc){2,3}x?$',
  '^\\u0041\\x42[\\]\\-a]$',
  '^(?<year>20[0-2]\\d)/\\p{Lu}{2,}$',
  '^a{2}|b$',
  '^$',
  '^[\\w.+-]+@[a-z]+\\.[a-z]{2,}$',
])('the texts of %s match it', (pattern) => {
  const made = shapes(pattern);
  expect(made.length).toBeGreaterThan(0);
  for (const text of made.flatMap((shape) => [first(shape), last(shape)])) expect(text).toMatch(new RegExp(pattern, 'u'));
});

test('what is between bounds has every length between them', () => {
  expect(new Set(shapes('^[a-z]{2,5}$').map(({ length }) => length))).toEqual(new Set([2, 3, 4, 5]));
  expect(shapes('^(a|b|c){40}$').every(({ length }) => length === 40)).toBe(true);
});

test.each(['(?=a)b', '(a)\\1', 'a)', '(a', '[z-a]', '\\p{Greek}', '(?i)a', '*a', '[a'])('no text is made of %s', (pattern) => {
  expect(parsePattern(pattern)).toBeUndefined();
});
