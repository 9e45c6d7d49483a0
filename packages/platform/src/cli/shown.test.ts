import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { shown } from './shown.ts';

test('a terminal takes no command from a document; our own colours stay', () => {
  const colors = (['green', 'red', 'gray', 'bold', 'yellow'] as const).map((style) => styleText(style, 'a', { validateStream: false })).join('\n\t');
  expect(shown(colors)).toBe(colors);
  expect(shown('\n[31m\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\r\u009b31m\u202eevil\u2066')).toBe(
    '\n[31m\uFFFD]0;title\uFFFD\uFFFD[2J\uFFFD[8mhidden\uFFFD\uFFFD31m\uFFFDevil\uFFFD',
  );
});
