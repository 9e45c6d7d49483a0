import { isExpressible, quoteName } from '../sql/quote.ts';
import type { ColumnType } from '../table/column.ts';
import { formatType } from '../table/wanted-type.ts';
import { type Compiled, type Dialect, type Field, isNumeric, isTemporal, type Value } from './dialect.ts';
import type { BoundKind, Path, RowTest, Scalar } from './rule.ts';

/** What is true of a row that breaks the test; unknown (null) counts as kept. */
export function violation(test: RowTest, path: Path, columns: readonly Field[], dialect: Dialect): Compiled {
  const column = valueAt(path.slice(0, 1), columns, dialect);
  return 'error' in column ? column : within(test, path.slice(1), column, dialect);
}

/** The expression of a column or of a field inside it; elements of arrays and maps have none. */
export function valueAt(path: Path, columns: readonly Field[], dialect: Dialect): Value | { readonly error: string } {
  let found: Value | undefined;
  let fields = columns;
  for (const step of path) {
    if (step.kind !== 'field') return { error: 'the items of an array or map have no single value in a row' };
    const field = fields.find(({ name }) => name === step.name);
    if (field === undefined) return { error: `there is no column or field ${step.name}` };
    found = { sql: found === undefined ? quoteName(field.name) : dialect.field(found.sql, field.name), type: field.type };
    fields = field.type.kind === 'struct' ? field.type.fields : [];
  }
  return found ?? { error: 'no column is named' };
}

/** A row breaks the test when any of the values that the path leads to does. What lies in an absent object is not asked for. */
function within(test: RowTest, path: Path, value: Value, dialect: Dialect): Compiled {
  const [step, ...rest] = path;
  if (step === undefined) return judge(test, value, dialect);
  const { sql, type } = value;
  if (step.kind === 'field') {
    const field = type.kind === 'struct' ? type.fields.find(({ name }) => name === step.name) : undefined;
    if (field === undefined) return { error: `${sql} has no field ${step.name}` };
    const inside = within(test, rest, { sql: dialect.field(sql, step.name), type: field.type }, dialect);
    return 'error' in inside || test.kind !== 'required' ? inside : { sql: `(${dialect.isPresent(value)} AND ${inside.sql})` };
  }
  const items = dialect.items(step.kind, value);
  if (items === undefined || items.type.kind !== 'list') return { error: `${sql} is of type ${formatType(type)} and has no ${step.kind}s` };
  const item = `item${path.length}`;
  const inside = within(test, rest, { sql: item, type: items.type.element }, dialect);
  return 'error' in inside ? inside : { sql: dialect.hasItem(items.sql, item, inside.sql) };
}

function judge(test: RowTest, value: Value, dialect: Dialect): Compiled {
  const { sql, type } = value;
  const unfit = { error: `${test.kind} does not apply to ${formatType(type)}` };
  switch (test.kind) {
    case 'required':
      return { sql: dialect.isNull(value) };
    case 'enum':
      return oneOf(test.values, value, dialect);
    case 'noneOf':
      return noneOf(test.values, value, dialect);
    case 'allOf':
      return anyBroken(test.tests.map((one) => judge(one, value, dialect)));
    case 'minLength':
      return type.kind === 'string' ? { sql: dialect.isShorter(sql, test.value) } : unfit;
    case 'maxLength':
      return type.kind === 'string' ? { sql: dialect.isLonger(sql, test.value) } : unfit;
    case 'pattern':
      return type.kind === 'string' ? mismatch(test.pattern, sql, dialect) : unfit;
    case 'format':
      return formatViolation(test.format, value, dialect);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return isNumeric(type) || isTemporal(type) ? outside(test, value, dialect) : unfit;
    case 'multipleOf':
      return isNumeric(type) ? { sql: dialect.isNoMultiple(test.value, value) } : unfit;
    case 'minItems':
      return type.kind === 'list' ? { sql: `${dialect.itemCount(sql)} < ${test.value}` } : unfit;
    case 'maxItems':
      return type.kind === 'list' ? { sql: `${dialect.itemCount(sql)} > ${test.value}` } : unfit;
    case 'uniqueItems':
      return type.kind === 'list' ? { sql: dialect.repeatsItem(value) } : unfit;
    case 'minProperties':
    case 'maxProperties':
      return propertyCount(test, value, dialect) ?? unfit;
    case 'requiredProperties':
      return lacks(test.names, value, dialect) ?? unfit;
    default:
      return test satisfies never;
  }
}

export function oneOf(values: readonly Scalar[], value: Value, dialect: Dialect): Compiled {
  const literals = values.map((one) => dialect.literal(one, value.type));
  const wrong = literals.find((one) => 'error' in one);
  if (wrong !== undefined) return wrong;
  return { sql: literals.length === 0 ? dialect.isPresent(value) : `${value.sql} NOT IN (${literals.map((one) => ('sql' in one ? one.sql : '')).join(', ')})` };
}

function noneOf(values: readonly Scalar[], value: Value, dialect: Dialect): Compiled {
  const others = oneOf(values, value, dialect);
  return 'error' in others ? others : { sql: `NOT (${others.sql})` };
}

export function anyBroken(broken: readonly Compiled[]): Compiled {
  return broken.find((one) => 'error' in one) ?? { sql: `(${broken.map((one) => ('sql' in one ? one.sql : '')).join(' OR ')})` };
}

export function mismatch(pattern: string, sql: string, dialect: Dialect): Compiled {
  return isExpressible(pattern) ? dialect.mismatch(pattern, sql) : { error: 'SQL cannot hold NUL or half a character, which the pattern has' };
}

const operators: Readonly<Record<BoundKind, string>> = { minimum: '<', exclusiveMinimum: '<=', maximum: '>', exclusiveMaximum: '>=' };

function outside({ kind, value: bound, zone }: { kind: BoundKind; value: Scalar; zone?: string }, value: Value, dialect: Dialect): Compiled {
  const end = dialect.literal(bound, value.type, zone);
  return 'error' in end ? end : { sql: orNaN(`${value.sql} ${operators[kind]} ${end.sql}`, value, dialect) };
}

function orNaN(broken: string, value: Value, dialect: Dialect): string {
  const nan = dialect.isNaN(value);
  return nan === undefined ? broken : `(${broken} OR ${nan})`;
}

function propertyCount({ kind, value: count }: { kind: string; value: number }, value: Value, dialect: Dialect): Compiled | undefined {
  const operator = kind === 'minProperties' ? '<' : '>';
  if (value.type.kind === 'map') return { sql: `${dialect.entryCount(value.sql)} ${operator} ${count}` };
  if (value.type.kind !== 'struct') return undefined;
  const present = fieldsOf(value.type, value, dialect).map((field) => `(${dialect.isPresent(field)})::INTEGER`);
  return { sql: `(${dialect.isPresent(value)} AND ${present.join(' + ')} ${operator} ${count})` };
}

function lacks(names: readonly string[], value: Value, dialect: Dialect): Compiled | undefined {
  const { type } = value;
  if (type.kind !== 'struct') return undefined;
  const stranger = names.find((name) => !type.fields.some((field) => field.name === name));
  if (stranger !== undefined) return { sql: dialect.isPresent(value) };
  const asked = fieldsOf({ ...type, fields: names.flatMap((name) => type.fields.find((field) => field.name === name) ?? []) }, value, dialect);
  return { sql: `(${dialect.isPresent(value)} AND (${asked.map((field) => dialect.isNull(field)).join(' OR ')}))` };
}

function fieldsOf({ fields }: ColumnType & { kind: 'struct' }, { sql }: Value, dialect: Dialect): readonly Value[] {
  return fields.map(({ name, type }) => ({ sql: dialect.field(sql, name), type }));
}

function formatViolation(format: string, value: Value, dialect: Dialect): Compiled {
  const { sql, type } = value;
  const bits = /^([iu])(8|16|32|64|128)$/.exec(format);
  if (bits !== null && isNumeric(type)) return { sql: beyondBits(bits[1] === 'i', Number(bits[2]), value, dialect) };
  const broken = type.kind === 'string' ? dialect.formatMismatch(format, sql) : undefined;
  if (broken !== undefined) return { sql: broken };
  if (type.kind === 'uuid' && format === 'uuid') return { sql: 'false' };
  return { error: `the format ${format} is not judged on ${formatType(type)}` };
}

function beyondBits(signed: boolean, bits: number, value: Value, dialect: Dialect): string {
  const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const low = signed ? -high - 1n : 0n;
  return orNaN(`${value.sql} NOT BETWEEN ${low} AND ${high}`, value, dialect);
}
