import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import type { Contract, ContractServer, ServerCustody, SlaProperty } from './contract.ts';
import { parseObject } from './parse-property.ts';
import { parseServers, type Server } from './parse-servers.ts';

/** ODCS as a contract without its roles, once its JSON Schema has accepted it. */
export function convertContract(written: JsonObject): Contract {
  const id = textOf(written['id']) ?? '';
  const servers = parseServers(written).map((server) => serverOf(server, isOfDbt(written)));
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

function serverOf({ name, type, written }: Server, ofDbt: boolean): ContractServer {
  const port = Number(written['port']);
  return {
    name,
    type,
    ...optional('host', textOf(written['host'])),
    ...(Number.isSafeInteger(port) && { port }),
    ...optional('database', textOf(written['database'] ?? written['project'] ?? written['catalog'])),
    ...optional('schema', textOf(written['schema'] ?? written['dataset'])),
    ...optional('custody', custodyOf(type, written, ofDbt)),
  };
}

/** As the server's custom property `custody` says, else by what the contract names: a dbt model, or a database that is reached. */
function custodyOf(type: string, written: JsonObject, ofDbt: boolean): ServerCustody | undefined {
  const said = customProperty(written, 'custody');
  if (said === 'dbt' || said === 'connected') return said;
  if (ofDbt) return 'dbt';
  return type === 'postgres' || type === 'postgresql' ? 'connected' : undefined;
}

function isOfDbt(written: JsonObject): boolean {
  return [written, ...listOf(written['schema']).map(objectOf)].some((one) => customProperty(one, 'dbtModel') !== undefined);
}

function customProperty(written: JsonObject, name: string): JsonValue | undefined {
  return listOf(written['customProperties'])
    .map(objectOf)
    .find(({ property }) => property === name)?.['value'];
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
