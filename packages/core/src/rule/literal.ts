import { isExpressible, quoteText } from '../sql/quote.ts';
import type { ColumnType } from '../table/column.ts';
import { type Compiled, isNumeric, isTemporal } from './dialect.ts';
import type { Scalar } from './rule.ts';

/** What an engine calls binary fractions. */
export type FractionNames = Readonly<Record<'float' | 'double', string>>;

/** A value of a contract as a literal that compares exactly with values of the type. */
export function literal(names: FractionNames, value: Scalar, type: ColumnType, zone?: string): Compiled {
  if (!isExpressible(`${value}${zone ?? ''}`)) return { error: 'SQL cannot hold NUL or half a character, which a value of the rule has' };
  if (isNumeric(type)) return numberLiteral(names, value, type);
  if (isTemporal(type)) return temporalLiteral(String(value), type, zone);
  if (type.kind === 'boolean') return typeof value === 'boolean' ? { sql: String(value) } : unfit(value, type);
  if (type.kind === 'string') return { sql: quoteText(String(value)) };
  if (type.kind === 'uuid') return { sql: `${quoteText(String(value))}::UUID` };
  return unfit(value, type);
}

function numberLiteral(names: FractionNames, value: Scalar, type: ColumnType): Compiled {
  const text = decimalText(value);
  if (text === undefined) return unfit(value, type);
  return { sql: type.kind === 'float' || type.kind === 'double' ? `${quoteText(text)}::${names[type.kind]}` : text };
}

/** Plain digits: DuckDB reads `1e-7` as a double and `0.0000001` as an exact decimal. */
function decimalText(value: Scalar): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e38 ? String(BigInt(value)) : withoutExponent(String(value));
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? value : undefined;
}

function withoutExponent(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  if (exponent === undefined || Number(exponent) + fraction.length > 37) return text;
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${whole}${fraction}`;
}

const isoDate = String.raw`\d{4,6}-\d{2}-\d{2}`;
const isoTime = String.raw`\d{2}:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;
const isoZone = String.raw`(?:Z|[+-]\d{2}(?::?\d{2})?)`;
const shapes = {
  date: new RegExp(`^${isoDate}(?:[T ]${isoTime})?$`),
  time: new RegExp(`^${isoTime}$`),
  timestamp: new RegExp(`^${isoDate}(?:[T ]${isoTime}(${isoZone})?)?$`, 'i'),
};

/** A time without a zone is one of `zone`, UTC where none is named; a column without a zone holds UTC. Digits below the microsecond are cut off. */
function temporalLiteral(written: string, type: ColumnType, zone = 'UTC'): Compiled {
  const text = written.replace(/(\.\d{6})\d+/, '$1');
  if (type.kind === 'date') return shapes.date.test(text) ? { sql: `DATE ${quoteText(text.slice(0, text.search(/[T ]|$/)))}` } : unfit(text, type);
  if (type.kind === 'time') return shapes.time.test(text) ? { sql: `TIME ${quoteText(text.length === 5 ? `${text}:00` : text)}` } : unfit(text, type);
  const match = shapes.timestamp.exec(text);
  if (match === null) return unfit(text, type);
  if (match[1] !== undefined) {
    const instant = `TIMESTAMPTZ ${quoteText(text)}`;
    return { sql: type.kind === 'timestamptz' ? instant : `(${instant} AT TIME ZONE 'UTC')` };
  }
  const local = `TIMESTAMP ${quoteText(text)}`;
  return { sql: type.kind === 'timestamp' ? local : `(${local} AT TIME ZONE ${quoteText(zone)})` };
}

function unfit(value: Scalar, type: ColumnType): Compiled {
  return { error: `${typeof value === 'string' ? `'${value}'` : String(value)} is no value of the type ${type.kind}` };
}
