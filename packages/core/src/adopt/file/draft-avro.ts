import type { JsonObject, JsonValue } from '../../document/document.ts';
import { isObject, listOf, objectOf, optional, textOf } from '../../document/json.ts';
import { bareColumn, type DraftColumn, type Left } from '../draft.ts';
import { suggestClassification } from '../suggest-classification.ts';
import type { FileTable } from './draft-file.ts';

/** What an Avro schema (1.12) says of a record's fields, in a contract's words; what it says otherwise is in `left`. */
export function draftAvro(document: JsonValue, file: { readonly path: string; readonly name: string }): FileTable | undefined {
  const record = objectOf(document);
  if (record['type'] !== 'record') return undefined;
  const left: Left[] = [];
  const reading: Reading = { left, named: new Map(), open: [] };
  return {
    origin: `the Avro schema ${file.path}`,
    name: textOf(record['name']) ?? file.name,
    ...optional('description', textOf(record['doc'])),
    columns: fieldsOf(reading, record),
    left,
  };
}

interface Reading {
  readonly left: Left[];
  readonly named: Map<string, JsonObject>;
  readonly open: readonly string[];
}

const PRIMITIVES: Readonly<Record<string, readonly [logical: string, physical: string]>> = {
  boolean: ['boolean', 'boolean'],
  int: ['integer', 'int'],
  long: ['integer', 'long'],
  float: ['number', 'float32'],
  double: ['number', 'double'],
  bytes: ['string', 'bytes'],
  string: ['string', 'string'],
};
const LOGICAL: Readonly<Record<string, readonly [logical: string, physical: string]>> = {
  date: ['date', 'date'],
  'time-millis': ['time', 'time'],
  'time-micros': ['time', 'time'],
  'timestamp-millis': ['timestamp', 'timestamptz'],
  'timestamp-micros': ['timestamp', 'timestamptz'],
  'local-timestamp-millis': ['timestamp', 'timestamp'],
  'local-timestamp-micros': ['timestamp', 'timestamp'],
  uuid: ['string', 'uuid'],
};

function fieldsOf(reading: Reading, record: JsonObject): readonly DraftColumn[] {
  const name = textOf(record['name']) ?? '';
  reading.named.set(name, record);
  const inner = { ...reading, open: [...reading.open, name] };
  return listOf(record['fields']).map((item) => {
    const field = objectOf(item);
    const column = columnOf(inner, textOf(field['name']) ?? '', field['type'] ?? 'null');
    for (const key of ['aliases', 'order'])
      if (field[key] !== undefined) reading.left.push({ what: `${name}.${column.name}: ${key}`, why: 'a contract has no clause for it' });
    return {
      ...column,
      ...optional('description', textOf(field['doc'])),
      ...(field['default'] !== undefined && { customProperties: [{ property: 'default', value: field['default'] }] }),
    };
  });
}

function columnOf(reading: Reading, name: string, type: JsonValue): DraftColumn {
  const kinds = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  const [kind = 'null'] = kinds;
  if (kinds.length > 1) reading.left.push({ what: `${name}: the union ${JSON.stringify(type)}`, why: 'a column has one type; the first was taken' });
  const column = typed(reading, name, kind);
  const optionalValue = Array.isArray(type) && type.includes('null');
  return {
    ...column,
    ...(!optionalValue && { required: true }),
    ...optional('suggestion', suggestClassification({ name, ...optional('logicalType', column.logicalType), values: [] })),
  };
}

function typed(reading: Reading, name: string, type: JsonValue): DraftColumn {
  const column = bareColumn(name);
  const written = isObject(type) ? type : { type };
  const kind = written['type'] ?? '';
  if (isObject(kind) || Array.isArray(kind)) return columnOf(reading, name, kind);
  const logical = textOf(written['logicalType']) ?? '';
  if (logical === 'decimal')
    return { ...column, logicalType: 'number', physicalType: `decimal(${String(written['precision'])},${String(written['scale'] ?? 0)})` };
  const known = LOGICAL[logical] ?? PRIMITIVES[String(kind)];
  if (logical !== '' && LOGICAL[logical] === undefined) reading.left.push({ what: `${name}: the logical type ${logical}`, why: 'it is not known here' });
  if (known !== undefined) return { ...column, logicalType: known[0], physicalType: known[1] };
  switch (kind) {
    case 'record':
      return { ...column, logicalType: 'object', columns: fieldsOf(reading, written) };
    case 'enum':
      return { ...column, logicalType: 'string', physicalType: 'string', enum: listOf(written['symbols']).filter((one) => typeof one === 'string') };
    case 'array':
      return { ...column, logicalType: 'array', items: columnOf(reading, 'element', written['items'] ?? 'null') };
    case 'fixed':
      return { ...column, logicalType: 'string', physicalType: 'bytes' };
    default:
      return byName(reading, name, String(kind));
  }
}

function byName(reading: Reading, name: string, kind: string): DraftColumn {
  const record = reading.named.get(kind);
  if (record !== undefined && !reading.open.includes(kind)) return { ...bareColumn(name), logicalType: 'object', columns: fieldsOf(reading, record) };
  reading.left.push({ what: `${name}: the type ${kind}`, why: record === undefined ? 'a contract’s column has no such type here' : 'it refers to itself' });
  return bareColumn(name);
}
