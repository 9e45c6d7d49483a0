import type { SchemaProperty } from '../contract/contract.ts';
import type { JsonObject } from '../document/document.ts';
import { isColumn } from '../table/contract-columns.ts';
import { type Export, type Exported, jsonText, together } from './export-subject.ts';
import { writtenType } from './written-type.ts';

const SPEC = 'https://openlineage.io/spec';

/** A dataset event (OpenLineage 2-0-2) for each table, with schema and documentation; where its server says too little it goes by the contract's id. */
export const exportOpenLineage: Export = ({ contract, product, at }) =>
  together(
    contract.objects.map((object): Exported => {
      const [server] = contract.servers ?? [];
      const physical = object.physicalName ?? object.name;
      const placed =
        server?.host === undefined
          ? undefined
          : {
              namespace: `${server.type}://${server.host}${server.port === undefined ? '' : `:${server.port}`}`,
              name: [server.database, server.schema, physical].filter((part) => part !== undefined).join('.'),
            };
      const dataset = placed ?? { namespace: `contract:${contract.id}`, name: object.name };
      const event = {
        eventTime: at,
        producer: 'urn:hanse',
        schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/DatasetEvent`,
        dataset: {
          ...dataset,
          facets: {
            schema: facet('SchemaDatasetFacet', '1-2-0', { fields: fieldsOf(object.properties) }),
            ...(object.description !== undefined && { documentation: facet('DocumentationDatasetFacet', '1-1-0', { description: object.description }) }),
            ...(product !== undefined && { ownership: facet('OwnershipDatasetFacet', '1-0-1', { owners: [{ name: product.domain, type: 'DOMAIN' }] }) }),
          },
        },
      };
      return {
        files: [{ name: `${object.name}.openlineage.json`, text: jsonText(event) }],
        left: [{ what: `rules and roles of ${object.name}`, why: 'an event of OpenLineage tells what was tested, not what is promised' }],
      };
    }),
  );

function facet(name: string, version: string, members: JsonObject): JsonObject {
  return { _producer: 'urn:hanse', _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...members };
}

function fieldsOf(properties: readonly SchemaProperty[]): JsonObject[] {
  return properties.filter(isColumn).map((property, index) => ({
    name: property.name,
    type: writtenType(property),
    ordinal_position: index + 1,
    ...(property.description !== undefined && { description: property.description }),
    ...(property.properties.length > 0 && { fields: fieldsOf(property.properties) }),
  }));
}
