import type { JsonObject, JsonValue } from '../../document/document.ts';
import { isObject, listOf, objectOf, optional, textOf, textsOf } from '../../document/json.ts';
import { addressName, sqlName } from '../adopted-name.ts';
import type { Draft, DraftTable, Left } from '../draft.ts';
import { columnOf, type Reading, rulesOf } from './datacontract-field.ts';
import { serverOf, serviceLevels } from './datacontract-terms.ts';

/** A Data Contract Specification (0.9.3 to 1.2) as a contract of ODCS; what ODCS has no clause for is a custom property or is told. */
export function draftDatacontract(
  document: JsonValue,
  { path, domain, label }: { readonly path: string; readonly domain?: string; readonly label: string },
): Draft | undefined {
  const written = objectOf(document);
  const version = textOf(written['dataContractSpecification']);
  if (version === undefined) return undefined;
  const left: Left[] = [];
  const info = objectOf(written['info']);
  const name = textOf(info['title']) ?? label;
  const reading: Reading = { left, definitions: objectOf(written['definitions']) };
  const checks = objectOf(written['quality']);
  const models = Object.entries(objectOf(written['models']));
  const tables = models.map(([model, value]) => {
    const table = tableOf(reading, model, objectOf(value));
    return { ...table, quality: [...table.quality, ...checksOf(checks, model)] };
  });
  if (written['quality'] !== undefined && models.every(([model]) => checksOf(checks, model).length === 0))
    left.push({ what: 'quality', why: 'it names none of the models' });
  leaveUnknown(left, written, KNOWN, 'the contract');
  leaveUnknown(left, info, KNOWN_INFO, 'info');
  return {
    origin: `the contract ${path} (Data Contract Specification ${version})`,
    domain: domain ?? addressName(name),
    ...optional('owner', textOf(info['owner']) === undefined ? undefined : addressName(String(info['owner']))),
    products: [
      {
        name: addressName(name),
        ...optional('description', textOf(info['description'])),
        tags: textsOf(written['tags']),
        contracts: [
          {
            name,
            ...optional('id', textOf(written['id'])),
            version: semantic(textOf(info['version']) ?? String(info['version'] ?? '1.0.0')),
            sections: { ...sectionsOf(written, info, left) },
            servers: Object.entries(objectOf(written['servers'])).map(([server, value]) => serverOf(server, objectOf(value))),
            tables,
          },
        ],
      },
    ],
    left,
    notes: [],
  };
}

const KNOWN = new Set(['dataContractSpecification', 'id', 'info', 'servers', 'terms', 'models', 'definitions', 'servicelevels', 'tags', 'links', 'quality']);
const KNOWN_INFO = new Set(['title', 'version', 'status', 'description', 'owner', 'contact']);
const KNOWN_TERMS = new Set(['usage', 'limitations', 'billing', 'noticePeriod', 'policies']);
const KNOWN_MODEL = new Set(['description', 'type', 'title', 'fields', 'primaryKey', 'quality', 'tags', 'config']);

export function leaveUnknown(left: Left[], written: JsonObject, known: ReadonlySet<string>, place: string): void {
  for (const key of Object.keys(written)) if (!known.has(key)) left.push({ what: `${place}: ${key}`, why: 'a contract has no clause for it' });
}

function tableOf(reading: Reading, model: string, written: JsonObject): DraftTable {
  leaveUnknown(reading.left, written, KNOWN_MODEL, model);
  const key = textsOf(written['primaryKey']);
  const columns = Object.entries(objectOf(written['fields'])).map(([name, field]) => columnOf(reading, name, { field, place: `${model}.${name}` }));
  const name = sqlName(model);
  const { quality, left } = rulesOf(written['quality'], model);
  reading.left.push(...left);
  return {
    name,
    ...(name !== model && { physicalName: model }),
    ...optional('businessName', textOf(written['title'])),
    physicalType: textOf(written['type']) ?? 'table',
    ...optional('description', textOf(written['description'])),
    tags: textsOf(written['tags']),
    columns: columns.map((column) => (key.includes(column.name) ? { ...column, primaryKeyPosition: key.indexOf(column.name) + 1 } : column)),
    quality,
    relationships: [],
    ...(isObject(written['config']) && { customProperties: [{ property: 'config', value: written['config'] }] }),
  };
}

/** Version 0.9 has the checks of a tool for all models, under `checks for <model>` (SodaCL) or the model's name. */
function checksOf(written: JsonObject, model: string): readonly JsonObject[] {
  const specification = objectOf(written['specification']);
  const implementation = specification[`checks for ${model}`] ?? specification[model];
  const engine = textOf(written['type']) ?? '';
  return implementation === undefined
    ? []
    : [
        {
          type: 'custom',
          engine: /^soda/i.test(engine) ? 'soda' : engine,
          implementation: isObject(implementation) ? implementation : { checks: implementation },
        },
      ];
}

/** Some contracts count `1.0`; ODCS's versions are semantic. */
function semantic(version: string): string {
  const parts = version.replace(/^v/, '').split('.');
  return /^\d+(\.\d+)?$/.test(parts.join('.')) ? [...parts, '0', '0'].slice(0, 3).join('.') : version;
}

function sectionsOf(written: JsonObject, info: JsonObject, left: Left[]): JsonObject {
  const terms = objectOf(written['terms']);
  leaveUnknown(left, terms, KNOWN_TERMS, 'terms');
  const custom = ['billing', 'noticePeriod'].flatMap((property) => (terms[property] === undefined ? [] : [{ property, value: terms[property] }]));
  const policies = listOf(terms['policies'])
    .map(objectOf)
    .flatMap(({ name, type, url, description }) =>
      textOf(url) === undefined
        ? []
        : [{ type: textOf(name) ?? textOf(type) ?? 'policy', url: textOf(url) ?? '', ...optional('description', textOf(description)) }],
    );
  const links = Object.entries(objectOf(written['links'])).flatMap(([type, url]) => (typeof url === 'string' ? [{ type, url }] : []));
  const { name: channel, url, email } = objectOf(info['contact']);
  const address = textOf(url) ?? (textOf(email) === undefined ? undefined : `mailto:${String(email)}`);
  const description: JsonObject = {
    ...optional('purpose', textOf(info['description'])),
    ...optional('limitations', textOf(terms['limitations'])),
    ...optional('usage', textOf(terms['usage'])),
    ...(policies.length > 0 && { authoritativeDefinitions: policies }),
    ...(custom.length > 0 && { customProperties: custom }),
  };
  const levels = serviceLevels(objectOf(written['servicelevels']), left);
  const tags = textsOf(written['tags']);
  return {
    ...optional('status', textOf(info['status'])),
    ...(tags.length > 0 && { tags: [...tags] }),
    ...(Object.keys(description).length > 0 && { description }),
    ...(links.length > 0 && { authoritativeDefinitions: links }),
    ...(address !== undefined && { support: [{ channel: textOf(channel) ?? 'contact', url: address }] }),
    ...(textOf(info['owner']) !== undefined && { team: { name: String(info['owner']) } }),
    ...(levels.length > 0 && { slaProperties: levels }),
  };
}
