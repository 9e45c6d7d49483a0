import { isExpressible } from '../sql/quote.ts';
import type { ColumnType } from '../table/column.ts';
import type { Literal } from './restriction.ts';
import { dateText, timestampText, timestamptzText, timeText } from './temporal.ts';

/**
 * A literal as the text that a column of this type would show for it: the one form that is compiled and compared.
 * Undefined where it does not fit: nothing is rounded but binary fractions. Integers and decimals may be given as text.
 */
export function literalText(type: ColumnType, value: Literal): string | undefined {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'int':
      return integerText(value, 32n);
    case 'long':
      return integerText(value, 64n);
    case 'decimal':
      return decimalText(value, type.precision, type.scale);
    case 'float':
      return typeof value === 'number' && Number.isFinite(Math.fround(value)) ? String(value) : undefined;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
    case 'string':
      return typeof value === 'string' && isExpressible(value) ? value : undefined;
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value.toLowerCase() : undefined;
    case 'date':
      return typeof value === 'string' ? dateText(value) : undefined;
    case 'time':
      return typeof value === 'string' ? timeText(value) : undefined;
    case 'timestamp':
      return typeof value === 'string' ? timestampText(value) : undefined;
    case 'timestamptz':
      return typeof value === 'string' ? timestamptzText(value) : undefined;
    case 'binary':
    case 'list':
    case 'map':
    case 'struct':
      return undefined;
    default:
      return type satisfies never;
  }
}

function integerText(value: Literal, bits: bigint): string | undefined {
  const safe = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?[0-9]{1,19}$/.test(value);
  if (!safe) return undefined;
  const whole = BigInt(value);
  const limit = 1n << (bits - 1n);
  return whole >= -limit && whole < limit ? String(whole) : undefined;
}

function decimalText(value: Literal, precision: number, scale: number): string | undefined {
  const groups = /^(?<sign>-?)0*(?<whole>[0-9]{0,38})(?:\.(?<part>[0-9]{0,38}?)0*)?$/.exec(String(value))?.groups;
  const { sign = '', whole = '', part = '' } = groups ?? {};
  if (groups === undefined || !/[0-9]/.test(String(value))) return undefined;
  if (whole.length > precision - scale || part.length > scale) return undefined;
  const digits = `${whole === '' ? '0' : whole}${scale === 0 ? '' : `.${part.padEnd(scale, '0')}`}`;
  return /[1-9]/.test(digits) ? `${sign}${digits}` : digits;
}
