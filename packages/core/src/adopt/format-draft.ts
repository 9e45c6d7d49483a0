import { Document, isMap, isScalar, isSeq, type Node, YAMLMap } from 'yaml';
import type { JsonObject, JsonValue } from '../document/document.ts';
import { optional } from '../document/json.ts';
import { majorOf } from '../mesh/mesh.ts';
import { addressName, stableId } from './adopted-name.ts';
import type { Draft, DraftColumn, DraftContract, DraftProduct, DraftTable, Suggestion } from './draft.ts';

export interface DraftFile {
  /** Below the folder of the mesh, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What it states; `contract` ids carry their major. */
  readonly key: { readonly kind: 'domain' | 'product' | 'contract'; readonly id: string };
}

export interface DraftPlace {
  readonly domain: string;
  /** The domain's folder below the mesh; empty where it is the mesh's own. */
  readonly folder: string;
  /** Written as the owner where the domain is new. */
  readonly owner?: string;
}

/** The files of a draft in the house's layout: a folder for each product, with an ODPS product and its ODCS contracts. */
export function formatDraft(draft: Draft, place: DraftPlace): readonly DraftFile[] {
  const below = (path: string) => (place.folder === '' ? path : `${place.folder}/${path}`);
  const domain: readonly DraftFile[] =
    place.owner === undefined
      ? []
      : [
          {
            path: below('domain.yaml'),
            text: `${print({ name: place.domain, owner: place.owner, level: 'observe' })}${LEVEL_WORDS}\n`,
            key: { kind: 'domain', id: place.domain },
          },
        ];
  return [
    ...domain,
    ...draft.products.flatMap((product) => formatProduct(product, place.domain).map((file) => ({ ...file, path: below(`${product.name}/${file.path}`) }))),
  ];
}

function formatProduct(product: DraftProduct, domain: string): readonly DraftFile[] {
  const id = `${domain}-${product.name}`;
  const newest = Math.max(...product.contracts.map(({ version }) => majorOf(version)));
  const contracts = product.contracts.map((contract): DraftFile => {
    const older = majorOf(contract.version) < newest ? `.v${majorOf(contract.version)}` : '';
    const text = contract.text ?? printContract(contract, domain);
    return {
      path: `${addressName(contract.name)}${older}.odcs.yaml`,
      text,
      key: { kind: 'contract', id: `${contractId(contract, domain)}@${majorOf(contract.version)}` },
    };
  });
  return [{ path: `${product.name}.odps.yaml`, text: print(productValue(product, { id, domain })), key: { kind: 'product', id } }, ...contracts];
}

/** The id that a drafted contract has. */
export function contractId({ id, name }: DraftContract, domain: string): string {
  return id ?? `${domain}-${addressName(name)}-contract`;
}

function productValue(product: DraftProduct, { id, domain }: { readonly id: string; readonly domain: string }): JsonObject {
  const { description: purpose, usage, limitations, tags, team } = product;
  const version = product.contracts.map((contract) => contract.version).toSorted((a, b) => majorOf(b) - majorOf(a))[0] ?? '1.0.0';
  return {
    apiVersion: 'v1.1.0',
    kind: 'DataProduct',
    id,
    name: product.name,
    domain,
    version,
    status: 'draft',
    ...(tags.length > 0 && { tags }),
    ...((purpose ?? usage ?? limitations) !== undefined && {
      description: { ...optional('purpose', purpose), ...optional('limitations', limitations), ...optional('usage', usage) },
    }),
    outputPorts: product.contracts.map((contract) => ({
      name: addressName(contract.name),
      ...optional('description', contract.description),
      version: contract.version,
      contractId: contractId(contract, domain),
      ...(contract.deprecated === true && { deprecated: true }),
    })),
    ...(team !== undefined && { team: { name: team.name, ...(team.members.length > 0 && { members: team.members.map((member) => ({ ...member })) }) } }),
  };
}

/** The value of a drafted contract, as its file holds it. */
export function contractValue(contract: DraftContract, domain: string): JsonObject {
  const { description: purpose, servers, customProperties = [] } = contract;
  return {
    apiVersion: 'v3.2.0',
    kind: 'DataContract',
    id: contractId(contract, domain),
    name: contract.name,
    version: contract.version,
    status: contract.deprecated === true ? 'deprecated' : 'draft',
    domain,
    ...(purpose !== undefined && { description: { purpose } }),
    ...contract.sections,
    ...(servers.length > 0 && { servers }),
    schema: contract.tables.map(tableValue),
    ...(customProperties.length > 0 && { customProperties: customProperties.map((one) => ({ ...one })) }),
  };
}

function tableValue(table: DraftTable): JsonObject {
  return {
    id: stableId(table.name),
    name: table.name,
    ...optional('physicalName', table.physicalName),
    ...optional('businessName', table.businessName),
    logicalType: 'object',
    physicalType: table.physicalType,
    ...optional('description', table.description),
    ...optional('dataGranularityDescription', table.granularity),
    ...(table.tags.length > 0 && { tags: table.tags }),
    properties: table.columns.map(columnValue),
    ...(table.relationships.length > 0 && { relationships: table.relationships.map(({ from, to }) => ({ from: [...from], to: [...to] })) }),
    ...(table.quality.length > 0 && { quality: table.quality }),
    ...(table.customProperties !== undefined && { customProperties: table.customProperties.map((one) => ({ ...one })) }),
  };
}

function columnValue(column: DraftColumn): JsonObject {
  const { options, enum: values, quality, relationships, examples, customProperties, columns, tags, items, map } = column;
  return {
    id: stableId(column.name),
    name: column.name,
    ...optional('physicalName', column.physicalName),
    ...optional('businessName', column.businessName),
    ...optional('description', column.description),
    ...optional('logicalType', column.logicalType),
    ...optional('physicalType', column.physicalType),
    ...(column.primaryKeyPosition !== undefined && { primaryKey: true, primaryKeyPosition: column.primaryKeyPosition }),
    ...(column.required === true && { required: true }),
    ...(column.unique === true && { unique: true }),
    ...optional('classification', column.classification),
    ...(tags.length > 0 && { tags }),
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
    ...(values.length > 0 && { enum: values.map((value) => ({ value })) }),
    ...(examples.length > 0 && { examples }),
    ...(relationships.length > 0 && { relationships: relationships.map(({ to }) => ({ to })) }),
    ...(columns.length > 0 && { properties: columns.map(columnValue) }),
    ...(items !== undefined && { items: columnValue(items) }),
    ...(map !== undefined && { map: { key: columnValue(map.key), value: columnValue(map.value) } }),
    ...(quality.length > 0 && { quality }),
    ...(customProperties.length > 0 && { customProperties: customProperties.map((one) => ({ ...one })) }),
  };
}

function printContract(contract: DraftContract, domain: string): string {
  const document = documentOf(contractValue(contract, domain));
  contract.tables.forEach((table, at) => {
    table.columns.forEach(({ suggestion }, index) => {
      const node = document.getIn(['schema', at, 'properties', index], true);
      if (suggestion !== undefined && isMap(node)) node.commentBefore = ` ${suggestionText(suggestion)}`;
    });
  });
  return textOf(document);
}

/** A suggestion in one line, for a comment and for the report. */
export function suggestionText({ classification, what, reason, confidence }: Suggestion): string {
  return `Suggested: classification: ${classification}. It seems to be ${what}: ${reason} (confidence ${confidence}).`;
}

function print(value: JsonObject): string {
  return textOf(documentOf(value));
}

const LEVEL_WORDS = '# observe: what breaks a promise is told, and keeps nothing back; raise it to warn or block';

const HEAD = new Set(['apiVersion', 'kind', 'id', 'name', 'domain', 'version', 'status', 'tags', 'owner', 'level']);

/** Sections stand apart, short lists of words in one line. */
function documentOf(value: JsonValue): Document {
  const document = new Document(value, { aliasDuplicateObjects: false });
  if (document.contents instanceof YAMLMap) {
    for (const { key } of document.contents.items) if (isScalar(key) && !HEAD.has(String(key.value))) key.spaceBefore = true;
  }
  flow(document.contents);
  return document;
}

function flow(node: unknown): void {
  if (isSeq(node)) {
    node.items.forEach(flow);
    return;
  }
  if (!isMap<Node, Node>(node)) return;
  for (const { key, value } of node.items) {
    if (isScalar(key) && ['tags', 'examples', 'validValues'].includes(String(key.value)) && isSeq(value)) value.flow = true;
    flow(value);
  }
}

function textOf(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, indentSeq: true });
}
