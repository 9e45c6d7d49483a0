import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import type { LogicalType, QualityRule, SchemaObject, SchemaProperty } from './contract.ts';

/** ODCS `schema[]`, once its JSON Schema has accepted it. */
export function parseObject(value: JsonValue): SchemaObject {
  const written = objectOf(value);
  const name = textOf(written['name']) ?? '';
  return {
    id: textOf(written['id']) ?? name,
    name,
    ...optional('physicalName', textOf(written['physicalName'])),
    ...optional('description', textOf(written['description'])),
    properties: parseProperties(written['properties']),
    quality: parseQuality(written['quality']),
    ...relationships(written),
  };
}

/** ODCS `properties[]`. A key column without a position takes its place in the list. */
export function parseProperties(value: JsonValue | undefined): readonly SchemaProperty[] {
  const keys = listOf(value).filter((item) => objectOf(item)['primaryKey'] === true);
  return listOf(value).map((item) => parseProperty(objectOf(item), '', keys.indexOf(item) + 1));
}

function parseProperty(written: JsonObject, fallbackName: string, place = 0): SchemaProperty {
  const position = Number(written['primaryKeyPosition']);
  const name = textOf(written['name']) ?? fallbackName;
  const map = objectOf(written['map']);
  const values = listOf(written['enum']).map((item) => (isObject(item) ? item['value'] : item));
  return {
    id: textOf(written['id']) ?? name,
    name,
    ...optional('physicalName', textOf(written['physicalName'])),
    ...optional('description', textOf(written['description'])),
    ...optional('logicalType', logicalType(written['logicalType'])),
    ...optional('physicalType', textOf(written['physicalType'])),
    logicalTypeOptions: objectOf(written['logicalTypeOptions']),
    required: written['required'] === true,
    unique: written['unique'] === true,
    ...(place > 0 && { primaryKeyPosition: position > 0 ? position : place }),
    ...optional('classification', textOf(written['classification'])),
    ...(values.length > 0 && { enum: values.filter(isLiteral) }),
    ...calculated(written),
    ...definitions(written),
    properties: parseProperties(written['properties']),
    ...(isObject(written['items']) && { items: parseProperty(written['items'], 'element') }),
    ...(isObject(map['key']) && { keys: parseProperty(map['key'], 'key') }),
    ...(isObject(map['value']) && { values: parseProperty(map['value'], 'value') }),
    quality: parseQuality(written['quality']),
    ...relationships(written),
    ...custom(written),
    tags: textsOf(written['tags']),
  };
}

/** A dimension without logic of its own is the column of that name. */
function calculated({ semanticType, physicalName, transformLogic }: JsonObject): false | Pick<SchemaProperty, 'calculated' | 'formula'> {
  if (physicalName !== undefined) return false;
  const formula = optional('formula', textOf(transformLogic));
  if (semanticType === 'measure') return { calculated: semanticType, ...formula };
  return semanticType === 'dimension' && transformLogic !== undefined && { calculated: semanticType, ...formula };
}

function definitions(written: JsonObject) {
  const urls = listOf(written['authoritativeDefinitions']).flatMap((item) => textOf(objectOf(item)['url']) ?? []);
  return urls.length > 0 && { definitions: urls };
}

function relationships(written: JsonObject) {
  const listed = listOf(written['relationships']);
  return listed.length > 0 && { relationships: listed };
}

function custom(written: JsonObject) {
  const listed = listOf(written['customProperties']);
  return listed.length > 0 && { customProperties: listed };
}

function isLiteral(value: JsonValue | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const LOGICAL_TYPES: Readonly<Record<LogicalType, true>> = {
  string: true,
  date: true,
  timestamp: true,
  time: true,
  number: true,
  integer: true,
  object: true,
  array: true,
  map: true,
  boolean: true,
  vector: true,
};

function logicalType(value: JsonValue | undefined): LogicalType | undefined {
  return typeof value === 'string' && isLogicalType(value) ? value : undefined;
}

export function isLogicalType(value: string): value is LogicalType {
  return Object.hasOwn(LOGICAL_TYPES, value);
}

function parseQuality(value: JsonValue | undefined): readonly QualityRule[] {
  return listOf(value).map((item) => parseRule(objectOf(item)));
}

function parseRule(written: JsonObject): QualityRule {
  const type = written['type'];
  return {
    type: type === 'sql' || type === 'custom' || type === 'text' ? type : 'library',
    ...optional('id', textOf(written['id'])),
    ...optional('name', textOf(written['name'])),
    ...optional('description', textOf(written['description'])),
    ...optional('dimension', textOf(written['dimension'])),
    ...optional('severity', textOf(written['severity'])),
    written,
  };
}
