import type { JsonObject, JsonValue } from '../../document/document.ts';
import { pointerSteps } from '../../document/json-pointer.ts';
import { isObject, listOf, objectOf, optional, textOf } from '../../document/json.ts';
import { valueAt } from '../../document/path-text.ts';
import { bareColumn, type DraftColumn, type Left } from '../draft.ts';
import { suggestClassification } from '../suggest-classification.ts';
import type { FileTable } from './draft-file.ts';

/** What a JSON Schema says of an object's properties, in a contract's words; what it says otherwise is in `left`. */
export function draftJsonSchema(document: JsonValue, file: { readonly path: string; readonly name: string }): FileTable {
  const root = objectOf(document);
  const left: Left[] = [];
  const reading: Reading = { root, left, open: ['#'] };
  const schema = resolved(reading, root, '#');
  const item = schema['type'] === 'array' ? resolved(reading, objectOf(schema['items']), '#/items') : schema;
  return {
    origin: `the JSON Schema ${file.path}`,
    name: textOf(root['title']) ?? file.name,
    ...optional('description', textOf(root['description'])),
    columns: columnsOf(reading, item, '#'),
    left,
  };
}

interface Reading {
  readonly root: JsonObject;
  readonly left: Left[];
  /** References that are being followed. */
  readonly open: readonly string[];
}

const OPTIONS = [
  'format',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
];
const TAKEN = new Set([
  '$schema',
  '$id',
  '$ref',
  '$defs',
  '$comment',
  'definitions',
  'type',
  'title',
  'description',
  'properties',
  'required',
  'items',
  'enum',
  'const',
  'examples',
  'default',
  'additionalProperties',
  'deprecated',
  'minProperties',
  'maxProperties',
  ...OPTIONS,
]);
/** JSON Schema's formats that are types of a contract. */
const TIMES: Readonly<Record<string, string>> = { date: 'date', 'date-time': 'timestamp', time: 'time' };

function columnsOf(reading: Reading, schema: JsonObject, place: string): readonly DraftColumn[] {
  for (const key of Object.keys(schema)) if (!TAKEN.has(key)) reading.left.push({ what: `${place}: ${key}`, why: 'a contract has no clause for it' });
  const required = new Set(listOf(schema['required']));
  return Object.entries(objectOf(schema['properties'])).map(([name, value]) =>
    columnOf(reading, { name, value, place: `${place}/properties/${name}`, required: required.has(name) }),
  );
}

function columnOf(
  reading: Reading,
  { name, value, place, required }: { readonly name: string; readonly value: JsonValue; readonly place: string; readonly required: boolean },
): DraftColumn {
  const written = objectOf(value);
  const ref = textOf(written['$ref']);
  const inner = ref === undefined ? reading : { ...reading, open: [...reading.open, ref] };
  const schema = resolved(reading, written, place);
  const types = [schema['type'] ?? []].flat().filter((type) => typeof type === 'string');
  const named = types.filter((type) => type !== 'null');
  const [type = impliedType(schema)] = named;
  if (named.length > 1) reading.left.push({ what: `${place}: type ${types.join(' or ')}`, why: 'a column has one type; the first was taken' });
  const time = type === 'string' ? TIMES[textOf(schema['format']) ?? ''] : undefined;
  const values = (schema['const'] === undefined ? listOf(schema['enum']) : [schema['const']]).filter(
    (one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean',
  );
  const options = Object.fromEntries(
    OPTIONS.flatMap((key) => (schema[key] === undefined || (key === 'format' && time !== undefined) ? [] : [[key, schema[key]] as const])),
  );
  const columns = type === 'object' ? columnsOf(inner, schema, place) : [];
  if (type !== 'object') columnsOf(inner, { ...schema, properties: {} }, place);
  const logicalType = time ?? type;
  return {
    ...bareColumn(name),
    ...optional('description', textOf(schema['description']) ?? textOf(schema['title'])),
    ...optional('logicalType', logicalType),
    // A member that must be there may still be null where its type says so.
    ...(required && named.length === types.length && { required: true }),
    options,
    enum: values,
    examples: listOf(schema['examples']),
    columns,
    ...(type === 'array' &&
      isObject(schema['items']) && { items: columnOf(inner, { name: 'element', value: schema['items'], place: `${place}/items`, required: false }) }),
    ...optional(
      'suggestion',
      suggestClassification({
        name,
        ...optional('logicalType', logicalType),
        ...optional('format', textOf(schema['format'])),
        values: listOf(schema['examples']).filter((one) => typeof one === 'string'),
      }),
    ),
  };
}

function impliedType(schema: JsonObject): string | undefined {
  if (schema['properties'] !== undefined) return 'object';
  const [first] = schema['const'] === undefined ? listOf(schema['enum']) : [schema['const']];
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean' ? typeof first : undefined;
}

/** The schema with what its local `$ref` leads to; a circle and a reference elsewhere are left out. */
function resolved({ root, left, open }: Reading, schema: JsonObject, place: string): JsonObject {
  const ref = textOf(schema['$ref']);
  if (ref === undefined) return schema;
  const { $ref: _, ...rest } = schema;
  if (!ref.startsWith('#') || open.includes(ref)) {
    left.push({ what: `${place}: $ref ${ref}`, why: open.includes(ref) ? 'it refers to itself' : 'it leads out of the file' });
    return rest;
  }
  const target = valueAt(root, pointerSteps(ref));
  if (!isObject(target)) left.push({ what: `${place}: $ref ${ref}`, why: 'it leads nowhere' });
  return { ...resolved({ root, left, open: [...open, ref] }, objectOf(target), place), ...rest };
}
