import type { JsonObject, JsonValue } from '../../document/document.ts';
import { listOf, objectOf, optional, textOf } from '../../document/json.ts';
import { addressName, sqlName, stableId } from '../adopted-name.ts';
import { bareColumn, type Draft, type DraftColumn, type DraftProduct, type DraftTeam, type Left } from '../draft.ts';
import { isLike } from '../is-like.ts';
import { logicalTypeOf } from '../logical-type.ts';
import { suggestClassification } from '../suggest-classification.ts';
import { openlineageServer } from './openlineage-server.ts';

export interface OpenlineageOptions {
  readonly path: string;
  /** Datasets by name, with `*`; else those that the events say were written. */
  readonly select?: string;
  readonly domain?: string;
  readonly label: string;
}

/** Drafts of the datasets that OpenLineage events (2-0-2) tell of: a product for each that has a schema; of a facet the newest is taken. */
export function draftOpenlineage(events: readonly JsonValue[], { path, select, domain, label }: OpenlineageOptions): Draft {
  const datasets = datasetsOf(events);
  const chosen = datasets.filter((one) => (select === undefined ? one.written : isNamed(one, select)));
  const drafted = chosen.filter(({ facets }) => facets['schema'] !== undefined);
  const names = Map.groupBy(drafted, ({ name }) => tableName(name));
  return {
    origin: `the OpenLineage events ${path} (${events.length})`,
    domain: domain ?? addressName(label),
    products: drafted.map((dataset) => draftProduct(dataset, (names.get(tableName(dataset.name)) ?? []).length > 1)),
    left: [
      ...drafted.flatMap(leftOf),
      ...datasets
        .filter((one) => !drafted.includes(one))
        .map((one) => ({
          what: `dataset ${one.name}`,
          why: chosen.includes(one) ? 'no event says its schema' : select === undefined ? 'it was only read; --select names it' : 'not selected',
        })),
    ],
    notes: drafted.flatMap(({ name, facets }) =>
      listOf(objectOf(facets['dataQualityAssertions'])['assertions'])
        .map(objectOf)
        .filter(({ success }) => success === false)
        .map(({ assertion, column }) => `${name}: ${String(assertion)}${column === undefined ? '' : ` of ${String(column)}`} failed when it was told`),
    ),
  };
}

interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly written: boolean;
  readonly facets: JsonObject;
}

function datasetsOf(events: readonly JsonValue[]): readonly Dataset[] {
  const found = new Map<string, Dataset>();
  const inOrder = events.map(objectOf).toSorted((a, b) => Date.parse(String(a['eventTime'])) - Date.parse(String(b['eventTime'])));
  for (const event of inOrder) {
    const written = [...listOf(event['outputs']), ...(event['dataset'] === undefined ? [] : [event['dataset']])].map((value) => ({
      dataset: objectOf(value),
      isOutput: true,
    }));
    const read = listOf(event['inputs']).map((value) => ({ dataset: objectOf(value), isOutput: false }));
    for (const { dataset, isOutput } of [...written, ...read]) {
      const [namespace, name] = [textOf(dataset['namespace']) ?? '', textOf(dataset['name']) ?? ''];
      const before = found.get(`${namespace} ${name}`);
      const facets = { ...before?.facets, ...objectOf(dataset['facets']), ...objectOf(dataset['inputFacets']), ...objectOf(dataset['outputFacets']) };
      if (name !== '') found.set(`${namespace} ${name}`, { namespace, name, written: isOutput || before?.written === true, facets });
    }
  }
  return [...found.values()];
}

function isNamed({ name }: Dataset, select: string): boolean {
  return select
    .trim()
    .split(/[\s,]+/)
    .some((pattern) => isLike(name, pattern));
}

/** `database.schema.table`, a path or a topic: its last part. */
function tableName(name: string): string {
  const last =
    name
      .replace(/\/+$/, '')
      .split(name.includes('/') ? '/' : '.')
      .at(-1) ?? name;
  return sqlName(last.replace(/\.(parquet|csv|json|avro|orc)$/i, ''));
}

function draftProduct(dataset: Dataset, isAmbiguous: boolean): DraftProduct {
  const { namespace, name, facets } = dataset;
  const table = isAmbiguous ? sqlName(name) : tableName(name);
  const description = textOf(objectOf(facets['documentation'])['description']);
  const asserted = listOf(objectOf(facets['dataQualityAssertions'])['assertions']).map(objectOf);
  const fields = listOf(objectOf(facets['schema'])['fields']).map(objectOf);
  const tags = listOf(objectOf(facets['tags'])['tags']).map(objectOf);
  const known = new Set(fields.map((field) => textOf(field['name'])));
  const physical = name.split(name.includes('/') ? '/' : '.').at(-1) ?? name;
  const server = openlineageServer(namespace, name, facets);
  return {
    name: addressName(table),
    ...optional('description', description),
    tags: tags.filter(({ field }) => field === undefined).map(tagText),
    ...optional('team', teamOf(facets)),
    contracts: [
      {
        name: table,
        version: '1.0.0',
        ...optional('description', description),
        servers: [server],
        tables: [
          {
            name: table,
            ...(physical !== table && { physicalName: physical }),
            physicalType: textOf(objectOf(facets['datasetType'])['datasetType'])?.toLowerCase() ?? 'table',
            ...optional('description', description),
            tags: [],
            columns: fields.map((field) => columnOf(field, { asserted, tags })),
            quality: asserted.filter(({ column }) => column === undefined || !known.has(textOf(column))).map(ruleOf),
            relationships: [],
          },
        ],
        customProperties: [{ property: 'openlineage', value: { namespace, name } }],
      },
    ],
  };
}

function teamOf(facets: JsonObject): DraftTeam | undefined {
  const owners = listOf(objectOf(facets['ownership'])['owners']).map(objectOf);
  const [first] = owners;
  const nameOf = (owner: JsonObject) => (textOf(owner['name']) ?? '').replace(/^[a-z]+:/, '');
  if (first === undefined) return undefined;
  return {
    name: nameOf(first),
    members: owners.map((owner) => ({ username: addressName(nameOf(owner)), name: nameOf(owner), role: textOf(owner['type'])?.toLowerCase() ?? 'owner' })),
  };
}

interface Told {
  readonly asserted: readonly JsonObject[];
  readonly tags: readonly JsonObject[];
}

const REQUIRED = /^(not_null|expect_column_values_to_not_be_null)$/;
const UNIQUE = /^(unique|expect_column_values_to_be_unique)$/;

function columnOf(field: JsonObject, told: Told): DraftColumn {
  const name = textOf(field['name']) ?? '';
  const type = textOf(field['type']);
  const logicalType = type === undefined ? undefined : /^(struct|record)/i.test(type) ? 'object' : logicalTypeOf(type);
  const own = told.asserted.filter(({ column }) => column === name);
  const inner = listOf(field['fields']).map(objectOf);
  const isList = /^(array|list)/i.test(type ?? '');
  return {
    ...bareColumn(name),
    ...optional('description', textOf(field['description'])),
    ...optional('logicalType', isList ? 'array' : logicalType),
    ...optional('physicalType', inner.length > 0 ? undefined : type),
    ...(own.some(({ assertion }) => REQUIRED.test(String(assertion))) && { required: true }),
    ...(own.some(({ assertion }) => UNIQUE.test(String(assertion))) && { unique: true }),
    tags: told.tags.filter(({ field: of }) => of === name).map(tagText),
    quality: own.filter(({ assertion }) => !REQUIRED.test(String(assertion)) && !UNIQUE.test(String(assertion))).map(ruleOf),
    columns: isList ? [] : inner.map((one) => columnOf(one, { asserted: [], tags: [] })),
    ...(isList && inner[0] !== undefined && { items: columnOf({ ...inner[0], name: 'element' }, { asserted: [], tags: [] }) }),
    ...optional('suggestion', suggestClassification({ name, ...optional('logicalType', logicalType), values: [] })),
  };
}

/** An assertion says its name and whether it held, not what it asks. */
function ruleOf({ assertion, column, success: _, ...rest }: JsonObject): JsonObject {
  const name = [assertion, column].filter((part) => part !== undefined).join('_');
  return {
    id: stableId(name),
    name,
    type: 'custom',
    engine: 'openlineage',
    implementation: { name: String(assertion), ...optional('column', textOf(column)), ...rest },
  };
}

function tagText({ key, value }: JsonObject): string {
  return value === undefined || value === 'true' ? String(key) : `${String(key)}:${String(value)}`;
}

const TAKEN = new Set(['schema', 'documentation', 'ownership', 'dataQualityAssertions', 'tags', 'dataSource', 'datasetType']);

function leftOf({ name, facets }: Dataset): readonly Left[] {
  return Object.keys(facets)
    .filter((facet) => !TAKEN.has(facet))
    .map((facet) => ({ what: `${name}: the facet ${facet}`, why: facet === 'columnLineage' ? 'lineage is no promise' : 'a contract has no clause for it' }));
}
