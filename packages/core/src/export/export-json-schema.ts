import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import type { JsonObject, JsonValue } from '../document/document.ts';
import { optional } from '../document/json.ts';
import { isColumn, wantedType } from '../table/contract-columns.ts';
import type { WantedType } from '../table/wanted-type.ts';
import { type Export, type Exported, jsonText, leftRules, together } from './export-subject.ts';

/** A JSON Schema (2020-12) for a row of each table: types, nulls, values and the options that JSON Schema shares with ODCS. */
export const exportJsonSchema: Export = ({ contract }) =>
  together(
    contract.objects.map((object): Exported => {
      const left = leftOf(object);
      const schema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: object.name,
        ...optional('description', object.description),
        ...rowOf(object.properties),
        additionalProperties: false,
      };
      return { files: [{ name: `${object.name}.schema.json`, text: jsonText(schema) }], left };
    }),
  );

const SHARED = [
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
  'minProperties',
  'maxProperties',
];
const FORMATS = new Set(['email', 'uri', 'uuid', 'hostname', 'ipv4', 'ipv6', 'date', 'date-time', 'time', 'duration', 'regex', 'json-pointer']);

function rowOf(properties: readonly SchemaProperty[]): JsonObject {
  const columns = properties.filter(isColumn);
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((property) => [property.name, propertyOf(property)])),
    required: columns.map(({ name }) => name),
  };
}

/** A row has every column; one that may be null says so in its type. */
function propertyOf(property: SchemaProperty): JsonObject {
  const shape = shapeOf(property);
  const nullable = !property.required && property.primaryKeyPosition === undefined;
  const type = nullable && shape['type'] !== undefined ? { type: [shape['type'], 'null'].flat() } : {};
  const values = property.enum === undefined ? {} : { enum: [...property.enum, ...(nullable ? [null] : [])] };
  return { ...optional('description', property.description), ...shape, ...type, ...values };
}

function shapeOf(property: SchemaProperty): JsonObject {
  const { logicalTypeOptions: options, items } = property;
  const shared = Object.fromEntries(SHARED.flatMap((key) => (isJson(options[key]) ? [[key, options[key]] as const] : [])));
  const format = typeof options['format'] === 'string' && FORMATS.has(options['format']) ? { format: options['format'] } : {};
  if (property.properties.length > 0) return { ...rowOf(property.properties), ...shared };
  if (items !== undefined) return { type: 'array', items: propertyOf(items), ...shared };
  const type = wantedType(property);
  return type === undefined ? shared : { ...typeOf(type), ...format, ...shared };
}

function isJson(value: unknown): value is JsonValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function typeOf(type: WantedType): JsonObject {
  switch (type.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'int':
    case 'long':
      return { type: 'integer' };
    case 'float':
    case 'double':
    case 'decimal':
      return { type: 'number' };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'time':
      return { type: 'string', format: 'time' };
    case 'timestamp':
    case 'timestamptz':
      return { type: 'string', format: 'date-time' };
    case 'uuid':
      return { type: 'string', format: 'uuid' };
    case 'binary':
      return { type: 'string', contentEncoding: 'base64' };
    case 'string':
      return { type: 'string' };
    case 'list':
      return { type: 'array', items: typeOf(type.element) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(type.value) };
    case 'struct':
      return { type: 'object', properties: Object.fromEntries(type.fields.map((field) => [field.name, typeOf(field.type)])) };
    default:
      return type satisfies never;
  }
}

function leftOf(object: SchemaObject): Exported['left'] {
  const { name, properties, relationships = [] } = object;
  const keys = properties.filter(({ unique, primaryKeyPosition }) => unique || primaryKeyPosition !== undefined);
  const links = relationships.length + properties.reduce((sum, property) => sum + (property.relationships?.length ?? 0), 0);
  const why = 'a JSON Schema looks at one row';
  const of = (count: number, what: string) => (count === 0 ? [] : [{ what: `${count} ${what} of ${name}`, why }]);
  return [...of(keys.length, 'keys'), ...leftRules(object, why), ...of(links, 'relationships')];
}
