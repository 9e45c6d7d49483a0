import { expect, test } from 'vitest';
import type { ColumnType } from '../table/column.ts';
import { literalText } from './literal.ts';
import type { Literal } from './restriction.ts';

const money: ColumnType = { kind: 'decimal', precision: 5, scale: 2 };
const whole: ColumnType = { kind: 'decimal', precision: 38, scale: 0 };

test.each<[ColumnType, Literal, string | undefined]>([
  [{ kind: 'boolean' }, true, 'true'],
  [{ kind: 'boolean' }, 'true', undefined],
  [{ kind: 'int' }, -0, '0'],
  [{ kind: 'int' }, 2147483647, '2147483647'],
  [{ kind: 'int' }, 2147483648, undefined],
  [{ kind: 'int' }, -2147483648, '-2147483648'],
  [{ kind: 'int' }, '007', '7'],
  [{ kind: 'int' }, '1e3', undefined],
  [{ kind: 'long' }, '-9223372036854775808', '-9223372036854775808'],
  [{ kind: 'long' }, '9223372036854775808', undefined],
  [money, 1, '1.00'],
  [money, '-0', '0.00'],
  [money, '-.5', '-0.50'],
  [money, '1.230', '1.23'],
  [money, '1.234', undefined],
  [money, 999.99, '999.99'],
  [money, 1000, undefined],
  [money, '', undefined],
  [money, '.', undefined],
  [money, 1e-7, undefined],
  [whole, '9'.repeat(38), '9'.repeat(38)],
  [whole, '9'.repeat(39), undefined],
  [{ kind: 'float' }, 1e39, undefined],
  [{ kind: 'double' }, 1e39, '1e+39'],
  [{ kind: 'double' }, Number.NaN, undefined],
  [{ kind: 'double' }, '1', undefined],
  [{ kind: 'string' }, "O'Neil 👍", "O'Neil 👍"],
  [{ kind: 'string' }, 'a\0', undefined],
  [{ kind: 'uuid' }, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  [{ kind: 'uuid' }, 'a0eebc99', undefined],
  [{ kind: 'date' }, '2024-02-29', '2024-02-29'],
  [{ kind: 'date' }, '2023-02-29', undefined],
  [{ kind: 'date' }, '0000-01-01', undefined],
  [{ kind: 'date' }, '0001-01-01', '0001-01-01'],
  [{ kind: 'time' }, '07:30', '07:30:00'],
  [{ kind: 'time' }, '24:00', undefined],
  [{ kind: 'timestamp' }, '2026-01-31', '2026-01-31 00:00:00'],
  [{ kind: 'timestamp' }, '2026-01-31T07:30:00.120', '2026-01-31 07:30:00.12'],
  [{ kind: 'timestamp' }, '2026-01-31 07:30Z', undefined],
  [{ kind: 'timestamptz' }, '2026-01-01T00:30:00+01:00', '2025-12-31 23:30:00+00'],
  [{ kind: 'timestamptz' }, '2026-01-01T00:30:00.000001-1400', '2026-01-01 14:30:00.000001+00'],
  [{ kind: 'timestamptz' }, '2026-01-01T00:30:00+15:00', undefined],
  [{ kind: 'timestamptz' }, '2026-01-01T00:30:00', undefined],
  [{ kind: 'binary' }, 'AA', undefined],
  [{ kind: 'list', elementId: 1, element: { kind: 'int' } }, 1, undefined],
])('%j with %j is %j', (type, value, text) => {
  expect(literalText(type, value)).toBe(text);
});
