import { quoteName, quoteText } from '../sql/quote.ts';
import type { ColumnType } from '../table/column.ts';
import { type Compiled, type Dialect, isTemporal, type Value } from './dialect.ts';
import { fixedShapeMismatch } from './fixed-shape.ts';
import { type FractionNames, literal } from './literal.ts';
import { translateToAre } from './postgres-regular-expression.ts';
import type { Scalar } from './rule.ts';
import { textFormatPattern } from './text-format.ts';

const fractions: FractionNames = { float: 'REAL', double: 'DOUBLE PRECISION' };
/** The most that any encoding of a server takes: what its bytes settle is neither fetched from where long values lie nor counted. */
const bytesOfCharacter = 4;
/** Rows of a subquery in a condition: `unnest` in FROM would take a struct apart and make a null one of nulls. */
const itemsOf = (list: string, item: string) => `(SELECT unnest(${list}) AS ${item}) AS items`;

/** PostgreSQL's SQL, from version 12, for tables where they lie. Structs are composite types, lists are arrays; there are no maps. */
export const postgres: Dialect = {
  name: 'PostgreSQL',
  describe: (relation) =>
    `SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = ${quoteText(relation)}::regclass AND attnum > 0 AND NOT attisdropped`,
  literal: zonedLiteral,
  isNull: ({ sql, type }) => (type.kind === 'struct' ? `${sql} IS NOT DISTINCT FROM NULL` : `${sql} IS NULL`),
  isPresent: ({ sql, type }) => (type.kind === 'struct' ? `${sql} IS DISTINCT FROM NULL` : `${sql} IS NOT NULL`),
  field: (struct, name) => `(${struct}).${quoteName(name)}`,
  items: (step, value) => (step === 'element' ? value : undefined),
  hasItem: (list, item, broken) => `EXISTS (SELECT FROM ${itemsOf(list, item)} WHERE ${broken})`,
  itemCount: (list) => `cardinality(${list})`,
  entryCount: (map) => `cardinality(${map})`,
  repeatsItem: ({ sql, type }) => {
    const item: Value = { sql: 'item', type: type.kind === 'list' ? type.element : type };
    return `(SELECT count(*) > count(DISTINCT item) + least(1, count(*) FILTER (WHERE ${postgres.isNull(item)})) FROM ${itemsOf(sql, 'item')})`;
  },
  isShorter: (text, limit) => `(octet_length(${text}) < ${limit * bytesOfCharacter} AND length(${text}) < ${limit})`,
  isLonger: (text, limit) => `(octet_length(${text}) > ${limit} AND length(${text}) > ${limit})`,
  mismatch: (pattern, text) => {
    const translated = translateToAre(pattern);
    return 'error' in translated ? translated : { sql: notLike(text, translated.pattern) };
  },
  formatMismatch: (format, text) => {
    const pattern = textFormatPattern(format);
    const translated = pattern === undefined ? undefined : translateToAre(`^(?:${pattern})$`);
    return translated === undefined || 'error' in translated ? undefined : notLike(text, translated.pattern);
  },
  sortedKeys: (keys, rows) =>
    `(SELECT ${keys.map((key, index) => `${bytewise(key)} AS k${index}`).join(', ')} FROM ${rows} ORDER BY ${keys.map((_, index) => index + 1).join(', ')}) AS keys`,
  isNaN: ({ sql, type }) => (hasNaN(type) ? `${sql} = 'NaN'` : undefined),
  isNoMultiple: remainder,
};

/** A key as it sorts fastest: equal texts are equal bytes, whatever the collation says of their order. */
export function bytewise({ sql, type }: Value): string {
  return type.kind === 'string' ? `${sql} COLLATE "C"` : sql;
}

/** "C" compares characters by their numbers, as RE2 does. */
function notLike(text: string, pattern: string): string {
  return fixedShapeMismatch(pattern, text) ?? `${text} COLLATE "C" !~ ${quoteText(pattern)}`;
}

/** A numeric column can hold NaN too. */
function hasNaN({ kind }: ColumnType): boolean {
  return kind === 'float' || kind === 'double' || kind === 'decimal';
}

/** PostgreSQL takes any text with a number in it for a zone, its sign the other way round, and has its own mind about short names. */
function zonedLiteral(value: Scalar, type: ColumnType, zone?: string): Compiled {
  if (zone !== undefined && isTemporal(type) && !/^UTC$|^GMT$|^\w+(?:\/[\w+-]+)+$/.test(zone)) {
    return { error: `the time zone '${zone}' is not written as Area/City` };
  }
  return literal(fractions, value, type, zone);
}

/** A quotient that a double cannot hold is an error in PostgreSQL: too large is no multiple, too small is one. */
function remainder(divisor: number, { sql, type }: Value): string {
  const by = literal(fractions, divisor, { kind: 'long' });
  if (type.kind !== 'float' && type.kind !== 'double') return `${sql} % ${'sql' in by ? by.sql : divisor} <> 0`;
  const number = `${sql}::DOUBLE PRECISION`;
  const times = `(${number} / ${quoteText(String(divisor))}::DOUBLE PRECISION)`;
  const inRange = `abs(${number}) BETWEEN ${double(divisor * 5e-324)} AND ${double(Math.min(1, divisor) * Number.MAX_VALUE)}`;
  const off = `abs(${times} - round(${times})) > 1e-9 * greatest(1, abs(${times}))`;
  return `CASE WHEN ${inRange} THEN ${off} ELSE abs(${number}) > 1 END`;
}

function double(value: number): string {
  return `${quoteText(String(value))}::DOUBLE PRECISION`;
}
