import { expect, test } from 'vitest';
import { ExternalError, UserError } from '../../error.ts';
import { redactor, statementError } from './statement-error.ts';

const redact = redactor(
  new Map([
    ['/data', '<folder>'],
    ['/data/a.parquet', 'ops.flights'],
  ]),
);

test.each([
  ['Binder Error: no column x', UserError, 'statement'],
  ['Catalog Error: Table with name x does not exist!', UserError, 'missing'],
  ['Out of Memory Error: failed to allocate', UserError, 'limit'],
  ['IO Error: disk', ExternalError, undefined],
  ['INTERNAL Error: oh', ExternalError, undefined],
  ['FATAL Error: invalidated', ExternalError, undefined],
  ['INTERRUPT Error: Interrupted!', ExternalError, undefined],
])('%s', (message, kind, code) => {
  const error = statementError(new Error(message), redact);
  expect(error).toBeInstanceOf(kind);
  if (error instanceof UserError) expect(error.code).toBe(code);
});

test('places become names, the longest first', () => {
  const error = statementError(new Error('Invalid Input Error: "/data/a.parquet" in /data'), redact);
  expect(error).toMatchObject({ message: 'Invalid Input Error: "ops.flights" in <folder>' });
});

test('what is not from DuckDB stays as it is', () => {
  const bug = new TypeError('x is not a function');
  expect(statementError(bug, redact)).toBe(bug);
});
