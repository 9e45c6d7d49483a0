import type { Column, ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import { UserError } from '../error.ts';

/** A type as Iceberg's JSON has it (table spec, Appendix C). */
export type TypeJson =
  | string
  | { readonly type: 'struct'; readonly fields: readonly FieldJson[] }
  | { readonly type: 'list'; readonly 'element-id': number; readonly element: TypeJson; readonly 'element-required': boolean }
  | {
      readonly type: 'map';
      readonly 'key-id': number;
      readonly key: TypeJson;
      readonly 'value-id': number;
      readonly value: TypeJson;
      readonly 'value-required': boolean;
    };

export interface FieldJson {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: TypeJson;
  readonly doc?: string;
}

export interface SchemaJson {
  readonly type: 'struct';
  readonly 'schema-id': number;
  readonly fields: readonly FieldJson[];
  readonly 'identifier-field-ids'?: readonly number[];
}

const primitives: Readonly<Record<PrimitiveKind, true>> = {
  boolean: true,
  int: true,
  long: true,
  float: true,
  double: true,
  date: true,
  time: true,
  timestamp: true,
  timestamptz: true,
  string: true,
  uuid: true,
  binary: true,
};
const isPrimitive = (text: string): text is PrimitiveKind => Object.hasOwn(primitives, text);

/** Columns as fields of an Iceberg schema. */
export function formatFields(columns: readonly Column[]): readonly FieldJson[] {
  return columns.map(({ id, name, required, type, doc }) => ({
    id,
    name,
    required,
    type: formatType(type),
    ...(doc !== undefined && { doc }),
  }));
}

function formatType(type: ColumnType): TypeJson {
  switch (type.kind) {
    case 'struct':
      return { type: 'struct', fields: formatFields(type.fields) };
    case 'list':
      return { type: 'list', 'element-id': type.elementId, element: formatType(type.element), 'element-required': false };
    case 'map':
      return {
        type: 'map',
        'key-id': type.keyId,
        key: formatType(type.key),
        'value-id': type.valueId,
        value: formatType(type.value),
        'value-required': false,
      };
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    default:
      return type.kind;
  }
}

/** Fields of an Iceberg schema as columns; `fixed` becomes binary. Types of format version 3 are a `UserError`. */
export function parseFields(fields: readonly FieldJson[]): readonly Column[] {
  return fields.map(({ id, name, required, type, doc }) => ({
    id,
    name,
    required,
    type: parseType(type, name),
    ...(doc !== undefined && { doc }),
  }));
}

function parseType(type: TypeJson, name: string): ColumnType {
  if (typeof type === 'string') return parsePrimitive(type, name);
  switch (type.type) {
    case 'struct':
      return { kind: 'struct', fields: parseFields(type.fields) };
    case 'list':
      return { kind: 'list', elementId: type['element-id'], element: parseType(type.element, name) };
    case 'map':
      return {
        kind: 'map',
        keyId: type['key-id'],
        key: parseType(type.key, name),
        valueId: type['value-id'],
        value: parseType(type.value, name),
      };
  }
}

function parsePrimitive(text: string, name: string): ColumnType {
  if (isPrimitive(text)) return { kind: text };
  const [, precision, scale] = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text) ?? [];
  if (precision !== undefined) return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
  if (/^fixed\[\d+\]$/.test(text)) return { kind: 'binary' };
  throw new UserError('invalid', `Column ${name} has the Iceberg type ${text}, which is not read.`, 'Cast it to a type of format version 2.');
}

/** Every field with an id, at any depth; `repeated` are those inside a list or map. */
export function* walkFields(columns: readonly Column[]): Generator<Field> {
  for (const { id, name, type, required } of columns) yield* walkType({ id, path: name, type, required, repeated: false });
}

export interface Field {
  readonly id: number;
  readonly path: string;
  readonly type: ColumnType;
  readonly required: boolean;
  readonly repeated: boolean;
}

function* walkType(field: Field): Generator<Field> {
  yield field;
  const { type, path } = field;
  const inside = (id: number, name: string, inner: ColumnType) => walkType({ id, path: `${path}.${name}`, type: inner, required: false, repeated: true });
  if (type.kind === 'list') yield* inside(type.elementId, 'element', type.element);
  if (type.kind === 'map') {
    yield* inside(type.keyId, 'key', type.key);
    yield* inside(type.valueId, 'value', type.value);
  }
  if (type.kind !== 'struct') return;
  for (const inner of type.fields) {
    yield* walkType({ ...inner, path: `${path}.${inner.name}`, repeated: field.repeated });
  }
}
