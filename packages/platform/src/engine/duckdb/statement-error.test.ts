import { expect, test } from 'vitest';
import { redactor, statementError } from './statement-error.ts';

const redact = redactor(
  new Map([
    ['/data', '<folder>'],
    ['/data/a.parquet', 'ops.flights'],
  ]),
);

test.each([
  ['Binder Error: no column x', { name: 'UserError', code: 'statement' }],
  ['Catalog Error: Table with name x does not exist!', { name: 'UserError', code: 'missing' }],
  ['Out of Memory Error: failed to allocate', { name: 'UserError', code: 'limit' }],
  ['IO Error: disk', { name: 'ExternalError' }],
  ['INTERNAL Error: oh', { name: 'ExternalError' }],
  ['FATAL Error: invalidated', { name: 'ExternalError' }],
  ['INTERRUPT Error: Interrupted!', { name: 'ExternalError' }],
])('%s', (message, expected) => {
  expect(statementError(new Error(message), redact)).toMatchObject({ ...expected, message });
});

test('places become names, the longest first', () => {
  const error = statementError(new Error('Invalid Input Error: "/data/a.parquet" in /data'), redact);
  expect(error).toMatchObject({ message: 'Invalid Input Error: "ops.flights" in <folder>' });
});

test('what is not from DuckDB stays as it is', () => {
  const bug = new TypeError('x is not a function');
  expect(statementError(bug, redact)).toBe(bug);
});
