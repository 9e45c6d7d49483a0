import { expect, test } from 'vitest';
import { excerpt, writtenPlace } from './written-place.ts';

const written = `-- amout is a comment
SELECT order_id, /* amout */ 'amout' AS label,
  "Amount", country
FROM source.orders
WHERE amout > 3 AND order_id::date > 1`;
const printed = `SELECT order_id, 'amout' AS label, Amount, country FROM "source".orders WHERE ((amout > 3) AND (CAST(order_id AS DATE) > 1))`;

/** DuckDB's message with its caret at a passage of the printed statement. */
function told(passage: string, cut = 0): string {
  const shown = cut === 0 ? printed : `...${printed.slice(cut)}`;
  return `Binder Error: no\n\nLINE 1: ${shown}\n${' '.repeat('LINE 1: '.length + shown.indexOf(passage))}^`;
}

test('the caret of what was run points at what was written', () => {
  const places = [
    told('amout > 3'),
    told('amout > 3', 40),
    told('Amount'),
    told('orders'),
    told('> 1'),
    'Binder Error: no caret',
    told('order_id').replace('label', 'other'),
  ];
  expect(places.map((message) => writtenPlace({ written, printed, message }))).toEqual([
    { line: 5, column: 7 },
    { line: 5, column: 7 },
    { line: 3, column: 3 },
    { line: 4, column: 13 },
    { line: 5, column: 31 },
    undefined,
    undefined,
  ]);
});

test('a place is shown with its line', () => {
  expect(excerpt(written, { line: 5, column: 7 })).toBe('    WHERE amout > 3 AND order_id::date > 1\n          ^');
  expect(excerpt(`${'x'.repeat(500)}here${'y'.repeat(500)}`, { line: 1, column: 501 })).toBe(
    `    ${'x'.repeat(60)}here${'y'.repeat(56)}\n    ${' '.repeat(60)}^`,
  );
  expect(excerpt('\tone', { line: 1, column: 2 })).toBe('     one\n     ^');
});
