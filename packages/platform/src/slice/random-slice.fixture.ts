import { columnPaths, pathEnd } from '@hanse/core/restriction/column-path.ts';
import { literalText } from '@hanse/core/restriction/literal.ts';
import { type Mask, maskedType } from '@hanse/core/restriction/masked-type.ts';
import { restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import type { ColumnRestriction, CompareOperator, Literal, Predicate, Restriction } from '@hanse/core/restriction/restriction.ts';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { isExpressible, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import fc from 'fast-check';

/** A value as SQL makes it and, for a leaf, the text it was made of. */
export interface Value {
  readonly sql: string;
  readonly text?: string;
  readonly fields?: readonly Value[];
}

/** A random table, some rows of it, and a restriction bound to it. */
export interface SliceCase {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  readonly restriction: Restriction;
}

const days = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }).map((date) => date.toISOString());
const digits = fc.constantFrom('', '.5', '.000001', '.123');
const short = fc.string({ unit: 'grapheme', maxLength: 4 }).filter(isExpressible);
/** A value that could be nowhere else, with characters of one to four bytes: what no slice may hold once it is hidden. */
const planted = fc.uuid().map((uuid) => `geheim-é-日-𝄞-${uuid}`);

const texts: Readonly<Record<PrimitiveKind, fc.Arbitrary<string>>> = {
  boolean: fc.boolean().map(String),
  int: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })).map(String),
  long: fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)).map(String),
  float: fc.oneof(fc.float(), fc.constantFrom(0.1, -0, 1.5)).map(String),
  double: fc.oneof(fc.double(), fc.constantFrom(0.1, -0, 1.5)).map(String),
  date: days.map((text) => text.slice(0, 10)),
  time: fc.tuple(days, digits).map(([text, part]) => `${text.slice(11, 19)}${part}`),
  timestamp: fc.tuple(days, digits).map(([text, part]) => `${text.slice(0, 10)} ${text.slice(11, 19)}${part}`),
  timestamptz: fc.tuple(days, digits).map(([text, part]) => `${text.slice(0, 10)} ${text.slice(11, 19)}${part}+00`),
  string: fc.oneof(fc.constantFrom('EU', 'US', '', 'E', "O'Neil", '👍👎'), planted, short),
  uuid: fc.uuid(),
  binary: fc.uint8Array({ maxLength: 4 }).map((bytes) => Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')),
};
const kinds: readonly PrimitiveKind[] = [
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'string',
  'string',
  'string',
  'uuid',
  'binary',
];

function leafText(type: ColumnType): fc.Arbitrary<string> {
  if (type.kind === 'decimal') return decimalText(type.precision, type.scale);
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'struct') throw new Error('not a leaf');
  return texts[type.kind];
}

function decimalText(precision: number, scale: number): fc.Arbitrary<string> {
  const limit = 10n ** BigInt(precision) - 1n;
  return fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(-limit, limit)).map((whole) => {
    const figures = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
    return `${whole < 0n ? '-' : ''}${figures.slice(0, figures.length - scale)}${scale === 0 ? '' : `.${figures.slice(-scale)}`}`;
  });
}

const leafType: fc.Arbitrary<ColumnType> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...kinds).map((kind): ColumnType => ({ kind })) },
  { weight: 1, arbitrary: fc.constantFrom([4, 2], [18, 0], [38, 10]).map(([precision = 4, scale = 2]): ColumnType => ({ kind: 'decimal', precision, scale })) },
);

/** Names that need quoting, none part of another. Ids are the caller's. */
function columnOf(id: number, type: ColumnType): Column {
  return { id, name: `Spalte "${id}";'é 日𝄞`, type, required: false };
}

function columnAt(at: number): fc.Arbitrary<Column> {
  const id = at * 10 + 1;
  const leaf = leafType.map((type) => columnOf(id, type));
  const struct = fc.array(leafType, { minLength: 1, maxLength: 3 }).map((types) => {
    return columnOf(id, { kind: 'struct', fields: types.map((type, field) => columnOf(id + 1 + field, type)) });
  });
  const list = leafType.map((element) => columnOf(id, { kind: 'list', elementId: id + 1, element }));
  const map = leafType.map((value) => columnOf(id, { kind: 'map', keyId: id + 1, key: { kind: 'string' }, valueId: id + 2, value }));
  return fc.oneof({ weight: 6, arbitrary: leaf }, { weight: 2, arbitrary: struct }, { weight: 1, arbitrary: list }, { weight: 1, arbitrary: map });
}

function valueOf(type: ColumnType): fc.Arbitrary<Value> {
  const nothing = fc.constant<Value>({ sql: `CAST(NULL AS ${duckdbType(type)})` });
  return fc.oneof({ weight: 1, arbitrary: nothing }, { weight: 5, arbitrary: filledValue(type) });
}

function filledValue(type: ColumnType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'struct':
      return fc.tuple(...type.fields.map((field) => valueOf(field.type))).map((fields) => ({
        sql: `{${fields.map(({ sql }, at) => `${quoteText(type.fields[at]?.name ?? '')}: ${sql}`).join(', ')}}`,
        fields,
      }));
    case 'list':
      return fc
        .array(valueOf(type.element), { maxLength: 3 })
        .map((items) => ({ sql: `CAST([${items.map(({ sql }) => sql).join(', ')}] AS ${duckdbType(type)})` }));
    case 'map':
      return fc.uniqueArray(fc.tuple(planted, valueOf(type.value)), { maxLength: 2, selector: ([key]) => key }).map((entries) => ({
        sql: `CAST(MAP {${entries.map(([key, value]) => `${quoteText(key)}: ${value.sql}`).join(', ')}} AS ${duckdbType(type)})`,
      }));
    default:
      return leafText(type).map((text) => ({ sql: `CAST(${quoteText(text)} AS ${duckdbType(type)})`, text }));
  }
}

const masks: readonly Mask[] = [
  { kind: 'null' },
  { kind: 'keyed-hash' },
  ...[0, 1, 4].map((count): Mask => ({ kind: 'show-last', count })),
  ...(['day', 'month', 'quarter', 'year'] as const).map((unit): Mask => ({ kind: 'truncate-date', unit })),
];

function actionOn({ id, type }: Column): fc.Arbitrary<readonly ColumnRestriction<number>[]> {
  const masking = masks.filter((mask) => maskedType(type, mask) !== undefined);
  const act = (action: ColumnRestriction<number>['action']) => [{ column: id, action }];
  const options: fc.Arbitrary<readonly ColumnRestriction<number>[]>[] = [
    fc.constant([]),
    fc.constant([]),
    fc.constant(act({ kind: 'drop' })),
    ...(masking.length > 0 ? [fc.constantFrom(...masking).map(act)] : []),
    ...(isLiteral(type) ? [literalOf(type).map((value) => act({ kind: 'fixed', value }))] : []),
    ...(type.kind === 'struct' ? [fc.tuple(...type.fields.map(actionOn)).map((parts) => parts.flat())] : []),
  ];
  return fc.oneof(...options);
}

function isLiteral({ kind }: ColumnType): boolean {
  return !['binary', 'list', 'map', 'struct'].includes(kind);
}

function literalOf(type: ColumnType): fc.Arbitrary<Literal> {
  return leafText(type)
    .map((text) => asLiteral(type, text))
    .filter((literal) => literalText(type, literal) !== undefined);
}

function asLiteral(type: ColumnType, text: string): Literal {
  if (type.kind === 'boolean') return text === 'true';
  return type.kind === 'float' || type.kind === 'double' ? Number(text) : text;
}

type Row = readonly Value[];

/** Literals are often values of the column, so that equality is met. */
function literalFrom(columns: readonly Column[], rows: readonly Row[], { id, type }: Column): fc.Arbitrary<Literal> {
  const found = rows
    .flatMap((row) => columns.flatMap((column, at) => [{ column, value: row[at] }, ...partsOf(column, row[at])]))
    .filter(({ column }) => column.id === id)
    .flatMap(({ value }) => (value?.text === undefined ? [] : [asLiteral(type, value.text)]))
    .filter((literal) => literalText(type, literal) !== undefined);
  return found.length === 0 ? literalOf(type) : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...found) }, { weight: 1, arbitrary: literalOf(type) });
}

function partsOf(column: Column, value: Value | undefined) {
  return column.type.kind === 'struct' ? column.type.fields.map((field, at) => ({ column: field, value: value?.fields?.[at] })) : [];
}

const operators: readonly CompareOperator[] = ['=', '<>', '<', '<=', '>', '>='];

function predicateOn(columns: readonly Column[], rows: readonly Row[]): fc.Arbitrary<Predicate<number>> {
  const leaves = columnPaths(columns).map(pathEnd);
  const test = fc.constantFrom(...leaves).chain((column): fc.Arbitrary<Predicate<number>> => {
    const isNull = fc.constant<Predicate<number>>({ kind: 'is-null', column: column.id });
    if (!isLiteral(column.type)) return isNull;
    const literal = literalFrom(columns, rows, column);
    const compare = fc
      .tuple(fc.constantFrom(...operators), literal)
      .map(([operator, value]): Predicate<number> => ({ kind: 'compare', column: column.id, operator, value }));
    const among = fc.array(literal, { maxLength: 3 }).map((values): Predicate<number> => ({ kind: 'in', column: column.id, values }));
    const starts = literal.map((value): Predicate<number> => ({ kind: 'starts-with', column: column.id, value: [...String(value)].slice(0, 2).join('') }));
    return fc.oneof({ weight: 3, arbitrary: compare }, among, isNull, ...(column.type.kind === 'string' ? [starts] : []));
  });
  const { tree } = fc.letrec<{ tree: Predicate<number> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 4, arbitrary: test },
      { weight: 1, arbitrary: tie('tree').map((of): Predicate<number> => ({ kind: 'not', of })) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { maxLength: 3 }))
          .map(([kind, of]): Predicate<number> => ({ kind, of })),
      },
    ),
  }));
  return tree;
}

/** Tables of up to five columns and twelve rows, every type, and what a role may do to them. */
export const sliceCase: fc.Arbitrary<SliceCase> = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.tuple(...Array.from({ length: width }, (_, at) => columnAt(at))))
  .chain((columns) => {
    const row = fc.tuple(...columns.map(({ type }) => valueOf(type)));
    return fc.array(row, { maxLength: 12 }).chain((rows) => {
      const actions = fc.tuple(...columns.map(actionOn)).map((parts) => parts.flat());
      const rule = fc.option(predicateOn(columns, rows), { nil: undefined, freq: 1 });
      return fc
        .tuple(actions, rule)
        .map(([acting, filter]): SliceCase => ({ columns, rows, restriction: { columns: acting, ...(filter !== undefined && { rows: filter }) } }));
    });
  })
  .filter(({ columns, restriction }) => restrictedColumns(columns, restriction).length > 0);
