import type { Left } from '../adopt/draft.ts';
import type { JsonObject, JsonValue } from '../document/document.ts';
import { optional } from '../document/json.ts';
import { compileRules } from '../rule/compile-rules.ts';
import type { PrimitiveKind } from '../table/column.ts';
import { contractColumns } from '../table/contract-columns.ts';
import { formatType, type WantedField, type WantedType } from '../table/wanted-type.ts';
import { type Export, type Exported, jsonText, together } from './export-subject.ts';

/** A record schema of Avro 1.12 for each table. Types and nullability alone have a place there. */
export const exportAvro: Export = ({ contract }) =>
  together(
    contract.objects.map((object): Exported => {
      const left: Left[] = [];
      const schema = recordOf({ left, path: object.name }, object.name, contractColumns(object).columns);
      const rules = compileRules(object, contract).filter(({ test }) => test.kind !== 'schema' && test.kind !== 'required');
      if (rules.length > 0) left.push({ what: `${rules.length} rules of ${object.name}`, why: 'Avro holds types and nulls alone' });
      return { files: [{ name: `${object.name}.avsc`, text: jsonText({ ...schema, ...optional('doc', object.description) }) }], left };
    }),
  );

interface Writing {
  readonly left: Left[];
  /** Names of records are unique in a schema: `orders.address`. */
  readonly path: string;
}

function recordOf(writing: Writing, name: string, fields: readonly WantedField[]): JsonObject {
  return {
    type: 'record',
    name: avroName(writing, name),
    fields: fields.map((field) => {
      const type = typeOf({ ...writing, path: `${writing.path}_${field.name}` }, field.type);
      const own = { name: avroName(writing, field.name), ...optional('doc', field.doc) };
      return field.required ? { ...own, type } : { ...own, type: ['null', type], default: null };
    }),
  };
}

/** Letters, digits and `_` (Avro 1.12, "Names"). */
function avroName({ left }: Writing, name: string): string {
  const fitting = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)|^$/, '_');
  if (fitting !== name) left.push({ what: `the name ${name}`, why: `Avro takes letters, digits and _: it is ${fitting}` });
  return fitting;
}

const PRIMITIVES: Readonly<Record<PrimitiveKind, JsonValue>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  binary: 'bytes',
  date: { type: 'int', logicalType: 'date' },
  time: { type: 'long', logicalType: 'time-micros' },
  timestamp: { type: 'long', logicalType: 'local-timestamp-micros' },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros' },
  uuid: { type: 'string', logicalType: 'uuid' },
};

function typeOf(writing: Writing, type: WantedType): JsonValue {
  switch (type.kind) {
    case 'decimal':
      return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale };
    case 'list':
      return { type: 'array', items: ['null', typeOf(writing, type.element)] };
    case 'map':
      if (type.key.kind === 'string') return { type: 'map', values: ['null', typeOf(writing, type.value)] };
      writing.left.push({
        what: `${writing.path}: keys of type ${formatType(type.key)}`,
        why: 'keys of an Avro map are strings: it is an array of key and value',
      });
      return { type: 'array', items: recordOf(writing, `${writing.path}_entry`, [entry('key', type.key, true), entry('value', type.value, false)]) };
    case 'struct':
      return recordOf(writing, writing.path, type.fields);
    default:
      return PRIMITIVES[type.kind];
  }
}

function entry(name: string, type: WantedType, required: boolean): WantedField {
  return { key: name, name, type, required };
}
