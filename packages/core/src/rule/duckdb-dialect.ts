import { quoteName, quoteText } from '../sql/quote.ts';
import type { Dialect, Value } from './dialect.ts';
import { type FractionNames, literal } from './literal.ts';
import { translateToRe2 } from './regular-expression.ts';
import { textFormatViolation } from './text-format.ts';

const fractions: FractionNames = { float: 'FLOAT', double: 'DOUBLE' };

/** DuckDB's SQL: tables of ours and files. */
export const duckdb: Dialect = {
  name: 'DuckDB',
  describe: (relation) => `DESCRIBE ${relation}`,
  literal: (value, type, zone) => literal(fractions, value, type, zone),
  isNull: ({ sql }) => `${sql} IS NULL`,
  isPresent: ({ sql }) => `${sql} IS NOT NULL`,
  field: (struct, name) => `${struct}.${quoteName(name)}`,
  items,
  hasItem: (list, item, broken) => `len(list_filter(${list}, lambda ${item}: ${broken})) > 0`,
  itemCount: (list) => `len(${list})`,
  entryCount: (map) => `cardinality(${map})`,
  /** `list_distinct` leaves nulls out. */
  repeatsItem: ({ sql }) => `len(${sql}) > len(list_distinct(${sql})) + least(1, len(list_filter(${sql}, lambda item: item IS NULL)))`,
  isShorter: (text, limit) => `length(${text}) < ${limit}`,
  isLonger: (text, limit) => `length(${text}) > ${limit}`,
  mismatch: (pattern, text) => {
    const translated = translateToRe2(pattern);
    return 'error' in translated ? translated : { sql: `NOT regexp_matches(${text}, ${quoteText(translated.pattern)})` };
  },
  formatMismatch: textFormatViolation,
  isNaN: ({ sql, type }) => (type.kind === 'float' || type.kind === 'double' ? `isnan(${sql})` : undefined),
  isNoMultiple: remainder,
};

function items(step: 'element' | 'key' | 'value', { sql, type }: Value): Value | undefined {
  if (step === 'element') return { sql, type };
  if (type.kind !== 'map') return undefined;
  const [element, elementId] = step === 'key' ? [type.key, type.keyId] : [type.value, type.valueId];
  return { sql: `map_${step}s(${sql})`, type: { kind: 'list', element, elementId } };
}

function remainder(divisor: number, { sql, type }: Value): string {
  const by = literal(fractions, divisor, { kind: 'long' });
  if (type.kind !== 'float' && type.kind !== 'double') return `${sql} % ${'sql' in by ? by.sql : divisor} <> 0`;
  const times = `(${sql}::DOUBLE / ${quoteText(String(divisor))}::DOUBLE)`;
  return `(NOT isfinite(${sql}) OR abs(${times} - round(${times})) > 1e-9 * greatest(1, abs(${times})))`;
}
