import type { SchemaProperty } from '../contract/contract.ts';
import type { JsonObject } from '../document/document.ts';
import { serverDataset } from '../lineage/openlineage/dataset.ts';
import { eventSchema, facet, PRODUCER } from '../lineage/openlineage/facet.ts';
import { isColumn } from '../table/contract-columns.ts';
import { type Export, type Exported, jsonText, together } from './export-subject.ts';
import { writtenType } from './written-type.ts';

/** A dataset event (OpenLineage 2-0-2) for each table, with schema and documentation; where its server says too little it goes by the contract's id. */
export const exportOpenLineage: Export = ({ contract, product, at }) =>
  together(
    contract.objects.map((object): Exported => {
      const [server] = contract.servers ?? [];
      const placed = server === undefined ? undefined : serverDataset(server, object);
      const dataset = placed ?? { namespace: `contract:${contract.id}`, name: object.name };
      const event = {
        eventTime: at,
        producer: PRODUCER,
        schemaURL: eventSchema('DatasetEvent'),
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

function fieldsOf(properties: readonly SchemaProperty[]): JsonObject[] {
  return properties.filter(isColumn).map((property, index) => ({
    name: property.name,
    type: writtenType(property),
    ordinal_position: index + 1,
    ...(property.description !== undefined && { description: property.description }),
    ...(property.properties.length > 0 && { fields: fieldsOf(property.properties) }),
  }));
}
