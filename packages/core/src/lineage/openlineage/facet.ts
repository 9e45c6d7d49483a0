import type { JsonObject } from '../../document/document.ts';

const SPEC = 'https://openlineage.io/spec';
/** Who writes events here. */
export const PRODUCER = 'urn:hanse';

/** Where the shape of an event is defined (OpenLineage 2-0-2). */
export function eventSchema(name: 'RunEvent' | 'DatasetEvent'): string {
  return `${SPEC}/2-0-2/OpenLineage.json#/$defs/${name}`;
}

/** One facet of the standard, in a version of its schema. */
export function facet(name: string, version: string, members: JsonObject): JsonObject {
  return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...members };
}
