import type { JsonObject } from '../../document/document.ts';
import { objectOf, textOf } from '../../document/json.ts';

/** ODCS server of a dataset, by OpenLineage's naming (spec "Naming"): what the namespace does not say is `${VAR}`. */
export function openlineageServer(namespace: string, name: string, facets: JsonObject): JsonObject {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/{0,2}(.*)$/.exec(namespace) ?? [];
  const [host = '', port = ''] = rest.split('/')[0]?.split(':') ?? [];
  const parts = name.split('.');
  const [database = '', schema = ''] = parts.length > 2 ? parts.slice(-3) : ['${DATABASE}', parts[0] ?? ''];
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return { server: 'postgres', type: 'postgres', host, port: Number(port) || 5432, database, schema };
    case 'redshift':
      return { server: 'redshift', type: 'redshift', host, database, schema };
    case 'snowflake':
      return { server: 'snowflake', type: 'snowflake', account: rest, database, schema };
    case 'bigquery':
      return { server: 'bigquery', type: 'bigquery', project: database, dataset: schema };
    case 's3':
      return { server: 's3', type: 's3', location: `s3://${rest}/${name.replace(/^\//, '')}` };
    case 'kafka':
      return { server: 'kafka', type: 'kafka', host: rest };
    case 'file':
      return { server: 'local', type: 'local', path: name, format: formatOf(name, facets) };
    default:
      return { server: 'source', type: 'custom', description: `The namespace ${namespace} of OpenLineage.`, ...uriOf(facets) };
  }
}

function formatOf(name: string, facets: JsonObject): string {
  return textOf(objectOf(facets['storage'])['fileFormat']) ?? /\.(parquet|csv|json|avro)$/i.exec(name)?.[1]?.toLowerCase() ?? 'parquet';
}

function uriOf(facets: JsonObject): JsonObject {
  const uri = textOf(objectOf(facets['dataSource'])['uri']);
  return uri === undefined ? {} : { customProperties: [{ property: 'uri', value: uri }] };
}
