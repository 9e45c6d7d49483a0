import type { JsonObject, JsonValue } from '../../document/document.ts';
import { isObject, listOf, objectOf, optional, textOf, textsOf } from '../../document/json.ts';
import { bareColumn, type CustomProperty, type DraftColumn, type Left, type Suggestion } from '../draft.ts';
import { suggestClassification } from '../suggest-classification.ts';

export interface Reading {
  readonly left: Left[];
  readonly definitions: JsonObject;
}

const OPTIONS = [
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
  'uniqueItems',
];
const TAKEN = new Set([
  ...OPTIONS,
  '$ref',
  'type',
  'title',
  'name',
  'domain',
  'description',
  'required',
  'unique',
  'primaryKey',
  'primary',
  'references',
  'pii',
  'classification',
  'tags',
  'enum',
  'example',
  'examples',
  'precision',
  'scale',
  'fields',
  'items',
  'keys',
  'values',
  'config',
  'quality',
]);

interface Typed {
  readonly logicalType: string;
  readonly physicalType?: string;
  readonly options?: JsonObject;
}
const TYPES: Readonly<Record<string, Typed>> = {
  string: { logicalType: 'string' },
  text: { logicalType: 'string', physicalType: 'text' },
  varchar: { logicalType: 'string', physicalType: 'varchar' },
  number: { logicalType: 'number' },
  decimal: { logicalType: 'number' },
  numeric: { logicalType: 'number' },
  int: { logicalType: 'integer', physicalType: 'int' },
  integer: { logicalType: 'integer' },
  long: { logicalType: 'integer', physicalType: 'bigint' },
  bigint: { logicalType: 'integer', physicalType: 'bigint' },
  float: { logicalType: 'number', physicalType: 'float' },
  double: { logicalType: 'number', physicalType: 'double' },
  boolean: { logicalType: 'boolean' },
  timestamp: { logicalType: 'timestamp' },
  timestamp_tz: { logicalType: 'timestamp', options: { timezone: true } },
  timestamp_ntz: { logicalType: 'timestamp', options: { timezone: false } },
  date: { logicalType: 'date' },
  time: { logicalType: 'time' },
  bytes: { logicalType: 'string', options: { format: 'binary' } },
  array: { logicalType: 'array' },
  map: { logicalType: 'map' },
  object: { logicalType: 'object' },
  record: { logicalType: 'object' },
  struct: { logicalType: 'object' },
};

/** A field with what its definition says; what a column cannot hold is left. */
export function columnOf(reading: Reading, name: string, { field, place }: { readonly field: JsonValue; readonly place: string }): DraftColumn {
  const written = resolved(reading, objectOf(field), place);
  for (const key of Object.keys(written)) if (!TAKEN.has(key)) reading.left.push({ what: `${place}: ${key}`, why: 'a column has no clause for it' });
  const type = textOf(written['type']) ?? '';
  const typed = TYPES[type.toLowerCase()];
  if (typed === undefined && type !== '') reading.left.push({ what: `${place}: the type ${type}`, why: 'ODCS has no such type' });
  const inner = (key: string, called: string) => columnOf(reading, called, { field: written[key] ?? {}, place: `${place}.${key}` });
  const { quality, left } = rulesOf(written['quality'], place);
  reading.left.push(...left);
  const references = textOf(written['references']);
  const examples = [...listOf(written['examples']), ...(written['example'] === undefined ? [] : [written['example']])];
  const options = Object.fromEntries(OPTIONS.flatMap((key) => (written[key] === undefined ? [] : [[key, written[key]] as const])));
  const precision = written['precision'] === undefined ? undefined : `decimal(${String(written['precision'])},${String(written['scale'] ?? 0)})`;
  return {
    ...bareColumn(name),
    ...optional('businessName', textOf(written['title'])),
    ...optional('description', textOf(written['description'])),
    ...optional('logicalType', typed?.logicalType),
    ...optional('physicalType', precision ?? typed?.physicalType),
    ...(written['required'] === true && { required: true }),
    ...(written['unique'] === true && { unique: true }),
    ...((written['primaryKey'] === true || written['primary'] === true) && { primaryKeyPosition: 1 }),
    ...optional('classification', textOf(written['classification'])),
    tags: textsOf(written['tags']),
    options: { ...options, ...typed?.options },
    enum: listOf(written['enum']).filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean'),
    quality,
    relationships: references === undefined ? [] : [{ to: references }],
    examples,
    customProperties: customOf(written),
    columns: Object.entries(objectOf(written['fields'])).map(([child, value]) => columnOf(reading, child, { field: value, place: `${place}.${child}` })),
    ...(isObject(written['items']) && { items: inner('items', 'element') }),
    ...(typed?.logicalType === 'map' && { map: { key: inner('keys', 'key'), value: inner('values', 'value') } }),
    ...optional('suggestion', suggestionOf(name, written, { ...optional('logicalType', typed?.logicalType), examples })),
  };
}

function customOf(written: JsonObject): readonly CustomProperty[] {
  return ['pii', 'config'].flatMap((property) => (written[property] === undefined ? [] : [{ property, value: written[property] }]));
}

/** What its author calls personal is no guess; how far it is to be hidden is still to be decided. */
function suggestionOf(
  name: string,
  written: JsonObject,
  { logicalType, examples }: { readonly logicalType?: string; readonly examples: readonly JsonValue[] },
): Suggestion | undefined {
  if (written['classification'] !== undefined) return undefined;
  if (written['pii'] === true) return { classification: 'restricted', what: 'personal', reason: 'the contract says pii', confidence: 1 };
  return suggestClassification({
    name,
    ...optional('logicalType', logicalType),
    ...optional('format', textOf(written['format'])),
    values: examples.filter((one) => typeof one === 'string'),
  });
}

function resolved({ definitions, left }: Reading, written: JsonObject, place: string): JsonObject {
  const ref = textOf(written['$ref']);
  if (ref === undefined) return written;
  const definition = definitions[/^#\/definitions\/(.+)$/.exec(ref)?.[1] ?? ''];
  if (!isObject(definition)) left.push({ what: `${place}: $ref ${ref}`, why: 'it leads to no definition of the contract' });
  return { ...objectOf(definition), ...written };
}

const OPERATORS: Readonly<Record<string, string>> = {
  mustBeGreaterThanOrEqualTo: 'mustBeGreaterOrEqualTo',
  mustBeLessThanOrEqualTo: 'mustBeLessOrEqualTo',
};

/** `quality` with ODCS's names of operators and placeholders. */
export function rulesOf(written: JsonValue | undefined, place: string): { readonly quality: readonly JsonObject[]; readonly left: readonly Left[] } {
  const rules = listOf(written).map(objectOf);
  const known = rules.filter(({ type }) => type === undefined || ['text', 'sql', 'custom', 'library'].includes(String(type)));
  return {
    quality: known.map((rule) => {
      const entries = Object.entries(rule).map(([key, value]) => [OPERATORS[key] ?? key, value] as const);
      const query = textOf(rule['query'])
        ?.replaceAll(/\$?\{model\}/g, '${object}')
        .replaceAll(/\$?\{field\}/g, '${property}');
      return { ...(rule['type'] === undefined && { type: 'library' }), ...Object.fromEntries(entries), ...optional('query', query) };
    }),
    left: rules
      .filter((rule) => !known.includes(rule))
      .map(({ type }) => ({ what: `${place}: a rule of the type ${String(type)}`, why: 'ODCS has no such rule' })),
  };
}
