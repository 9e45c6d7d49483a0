import { isExpressible, quoteName, quoteText } from '../sql/quote.ts';
import type { Column, ColumnType } from '../table/column.ts';
import { formatType } from '../table/wanted-type.ts';
import { type Compiled, isNumeric, isTemporal, literal } from './duckdb-literal.ts';
import { translateToRe2 } from './regular-expression.ts';
import type { BoundKind, Path, RowTest, Scalar } from './rule.ts';
import { textFormatViolation } from './text-format.ts';

/** A column as rules see it; tables of ours have ids, described relations none. */
export type Field = Pick<Column, 'name' | 'type'> & Partial<Pick<Column, 'id'>>;

/** An expression and its type. */
interface Value {
  readonly sql: string;
  readonly type: ColumnType;
}

/** What is true of a row that breaks the test, in DuckDB's SQL; unknown (null) counts as kept. */
export function violation(test: RowTest, path: Path, columns: readonly Field[]): Compiled {
  const column = valueAt(path.slice(0, 1), columns);
  return 'error' in column ? column : within(test, path.slice(1), column);
}

/** The expression of a column or of a field inside it; elements of arrays and maps have none. */
export function valueAt(path: Path, columns: readonly Field[]): Value | { readonly error: string } {
  let found: Value | undefined;
  let fields = columns;
  for (const step of path) {
    if (step.kind !== 'field') return { error: 'the items of an array or map have no single value in a row' };
    const field = fields.find(({ name }) => name === step.name);
    if (field === undefined) return { error: `there is no column or field ${step.name}` };
    found = { sql: found === undefined ? quoteName(field.name) : `${found.sql}.${quoteName(field.name)}`, type: field.type };
    fields = field.type.kind === 'struct' ? field.type.fields : [];
  }
  return found ?? { error: 'no column is named' };
}

/** A row breaks the test when any of the values that the path leads to does. What lies in an absent object is not asked for. */
function within(test: RowTest, path: Path, value: Value): Compiled {
  const [step, ...rest] = path;
  if (step === undefined) return judge(test, value);
  const { sql, type } = value;
  if (step.kind === 'field') {
    const field = type.kind === 'struct' ? type.fields.find(({ name }) => name === step.name) : undefined;
    if (field === undefined) return { error: `${sql} has no field ${step.name}` };
    const inside = within(test, rest, { sql: `${sql}.${quoteName(step.name)}`, type: field.type });
    return 'error' in inside || test.kind !== 'required' ? inside : { sql: `(${sql} IS NOT NULL AND ${inside.sql})` };
  }
  const items = itemsOf(step.kind, value);
  if (items === undefined) return { error: `${sql} is of type ${formatType(type)} and has no ${step.kind}s` };
  const name = `item${path.length}`;
  const inside = within(test, rest, { sql: name, type: items.type });
  return 'error' in inside ? inside : { sql: `len(list_filter(${items.sql}, lambda ${name}: ${inside.sql})) > 0` };
}

function itemsOf(step: 'element' | 'key' | 'value', { sql, type }: Value): Value | undefined {
  if (step === 'element') return type.kind === 'list' ? { sql, type: type.element } : undefined;
  if (type.kind !== 'map') return undefined;
  return step === 'key' ? { sql: `map_keys(${sql})`, type: type.key } : { sql: `map_values(${sql})`, type: type.value };
}

function judge(test: RowTest, value: Value): Compiled {
  const { sql, type } = value;
  const unfit = { error: `${test.kind} does not apply to ${formatType(type)}` };
  switch (test.kind) {
    case 'required':
      return { sql: `${sql} IS NULL` };
    case 'enum':
      return oneOf(test.values, value);
    case 'minLength':
      return type.kind === 'string' ? { sql: `length(${sql}) < ${test.value}` } : unfit;
    case 'maxLength':
      return type.kind === 'string' ? { sql: `length(${sql}) > ${test.value}` } : unfit;
    case 'pattern':
      return type.kind === 'string' ? mismatch(test.pattern, sql) : unfit;
    case 'format':
      return formatViolation(test.format, value);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return isNumeric(type) || isTemporal(type) ? outside(test, value) : unfit;
    case 'multipleOf':
      return isNumeric(type) ? { sql: remainder(test.value, value) } : unfit;
    case 'minItems':
      return type.kind === 'list' ? { sql: `len(${sql}) < ${test.value}` } : unfit;
    case 'maxItems':
      return type.kind === 'list' ? { sql: `len(${sql}) > ${test.value}` } : unfit;
    case 'uniqueItems':
      return type.kind === 'list' ? { sql: repeats(sql) } : unfit;
    case 'minProperties':
    case 'maxProperties':
      return propertyCount(test.kind === 'minProperties' ? '<' : '>', test.value, value) ?? unfit;
    case 'requiredProperties':
      return lacks(test.names, value) ?? unfit;
    default:
      return test satisfies never;
  }
}

export function oneOf(values: readonly Scalar[], { sql, type }: Value): Compiled {
  const literals = values.map((value) => literal(value, type));
  const wrong = literals.find((one) => 'error' in one);
  if (wrong !== undefined) return wrong;
  return { sql: literals.length === 0 ? `${sql} IS NOT NULL` : `${sql} NOT IN (${literals.map((one) => ('sql' in one ? one.sql : '')).join(', ')})` };
}

export function mismatch(pattern: string, sql: string): Compiled {
  if (!isExpressible(pattern)) return { error: 'SQL cannot hold NUL or half a character, which the pattern has' };
  const translated = translateToRe2(pattern);
  return 'error' in translated ? translated : { sql: `NOT regexp_matches(${sql}, ${quoteText(translated.pattern)})` };
}

const operators: Readonly<Record<BoundKind, string>> = { minimum: '<', exclusiveMinimum: '<=', maximum: '>', exclusiveMaximum: '>=' };

function outside({ kind, value: bound, zone }: { kind: BoundKind; value: Scalar; zone?: string }, { sql, type }: Value): Compiled {
  const end = literal(bound, type, zone);
  return 'error' in end ? end : { sql: orNaN(`${sql} ${operators[kind]} ${end.sql}`, { sql, type }) };
}

/** NaN lies in no range, whatever order an engine gives it (DuckDB: above infinity). */
function orNaN(broken: string, { sql, type }: Value): string {
  return type.kind === 'float' || type.kind === 'double' ? `(${broken} OR isnan(${sql}))` : broken;
}

/** Exact for integers and decimals. A binary fraction is a multiple within one part in 10^9, because 0.3 is none of 0.1 otherwise. */
function remainder(divisor: number, { sql, type }: Value): string {
  const by = literal(divisor, { kind: 'long' });
  if (type.kind !== 'float' && type.kind !== 'double') return `${sql} % ${'sql' in by ? by.sql : divisor} <> 0`;
  const times = `(${sql}::DOUBLE / ${quoteText(String(divisor))}::DOUBLE)`;
  return `(NOT isfinite(${sql}) OR abs(${times} - round(${times})) > 1e-9 * greatest(1, abs(${times})))`;
}

/** `list_distinct` leaves nulls out; two nulls are a repetition. */
function repeats(sql: string): string {
  return `len(${sql}) > len(list_distinct(${sql})) + least(1, len(list_filter(${sql}, lambda item: item IS NULL)))`;
}

function propertyCount(operator: string, count: number, { sql, type }: Value): Compiled | undefined {
  if (type.kind === 'map') return { sql: `cardinality(${sql}) ${operator} ${count}` };
  if (type.kind !== 'struct') return undefined;
  const present = type.fields.map(({ name }) => `(${sql}.${quoteName(name)} IS NOT NULL)::INTEGER`).join(' + ');
  return { sql: `(${sql} IS NOT NULL AND ${present} ${operator} ${count})` };
}

function lacks(names: readonly string[], { sql, type }: Value): Compiled | undefined {
  if (type.kind !== 'struct') return undefined;
  const stranger = names.find((name) => !type.fields.some((field) => field.name === name));
  if (stranger !== undefined) return { sql: `${sql} IS NOT NULL` };
  return { sql: `(${sql} IS NOT NULL AND (${names.map((name) => `${sql}.${quoteName(name)} IS NULL`).join(' OR ')}))` };
}

function formatViolation(format: string, { sql, type }: Value): Compiled {
  const bits = /^([iu])(8|16|32|64|128)$/.exec(format);
  if (bits !== null && isNumeric(type)) return { sql: beyondBits(bits[1] === 'i', Number(bits[2]), { sql, type }) };
  const broken = type.kind === 'string' ? textFormatViolation(format, sql) : undefined;
  if (broken !== undefined) return { sql: broken };
  if (type.kind === 'uuid' && format === 'uuid') return { sql: 'false' };
  return { error: `the format ${format} is not judged on ${formatType(type)}` };
}

function beyondBits(signed: boolean, bits: number, value: Value): string {
  const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const low = signed ? -high - 1n : 0n;
  return orNaN(`${value.sql} NOT BETWEEN ${low} AND ${high}`, value);
}
