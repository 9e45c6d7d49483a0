import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import type { Contract, SlaProperty } from './contract.ts';
import { parseObject } from './parse-property.ts';
import { parseServers } from './parse-servers.ts';

/** ODCS as a contract without its roles, once its JSON Schema has accepted it. */
export function convertContract(written: JsonObject): Contract {
  const id = textOf(written['id']) ?? '';
  const servers = parseServers(written).map(({ name, type }) => ({ name, type }));
  return {
    id,
    version: textOf(written['version']) ?? '',
    apiVersion: textOf(written['apiVersion']) ?? '',
    name: textOf(written['name']) ?? id,
    status: textOf(written['status']) ?? 'active',
    ...optional('description', textOf(objectOf(written['description'])['purpose'])),
    objects: listOf(written['schema']).map(parseObject),
    roles: [],
    sla: listOf(written['slaProperties']).map((item) => parseSla(objectOf(item), textOf(written['slaDefaultElement']))),
    ...(servers.length > 0 && { servers }),
    tags: textsOf(written['tags']),
  };
}

/** ODCS 3.0 names once what all service levels look at. */
function parseSla(written: JsonObject, defaultElement: string | undefined): SlaProperty {
  return {
    ...optional('id', textOf(written['id'])),
    property: textOf(written['property']) ?? '',
    ...optional('value', written['value']),
    ...optional('valueExt', written['valueExt']),
    ...optional('unit', textOf(written['unit'])),
    ...optional('element', textOf(written['element']) ?? defaultElement),
  };
}
