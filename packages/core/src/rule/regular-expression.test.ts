import { expect, test } from 'vitest';
import { translateToRe2 } from './regular-expression.ts';

test.each([
  ['^[A-Z]{2}\\d+$', '^[A-Z]{2}\\d+$'],
  ['(?<year>\\d{4})', '(\\d{4})'],
  ['\\u00e9\\u{1F600}', '\\x{00e9}\\x{1F600}'],
  ['[\\u00e9[]', '[\\x{00e9}\\[]'],
  ['\\[\\(?=\\)', '\\[\\(?=\\)'],
  ['[(?=)]', '[(?=)]'],
  ['a\\0b', 'a\\x00b'],
  ['😀\\😀', '😀\\😀'],
])('%s becomes %s', (ecma, re2) => {
  expect(translateToRe2(ecma)).toEqual({ pattern: re2 });
});

test.each([
  ['(?=a)', 'look-ahead (?='],
  ['(?!a)', 'negative look-ahead (?!'],
  ['(?<=a)', 'look-behind (?<='],
  ['(?<!a)', 'negative look-behind (?<!'],
  ['(a)\\1', 'a back reference \\1'],
  ['\\k<a>', 'a named back reference \\k<'],
  ['a{1001}', 'a repetition above 1000 times'],
  ['a{2,2000}', 'a repetition above 1000 times'],
  ['[^]', 'an empty character class'],
])('%s is refused: %s', (ecma, name) => {
  expect(translateToRe2(ecma)).toEqual({ error: `the pattern ${ecma} uses ${name}, which RE2 does not have` });
});

test('a class that never ends is refused', () => {
  expect(translateToRe2('[a')).toEqual({ error: 'the pattern [a does not close its character class' });
});
