import type { ContractServer, SchemaObject } from '../../contract/contract.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import { findTables, pinnedName, type ServedTable, sourceName } from '../../mesh/served-table.ts';
import type { BuildSource } from '../../product/build-file.ts';
import type { TableName } from '../../sql/table-name.ts';

/** A dataset as OpenLineage names it. */
export interface Dataset {
  readonly namespace: string;
  readonly name: string;
}

/** Where the mesh's own names are good: its jobs and the tables that it serves. */
export function meshNamespace(meshName: string): string {
  return `hanse://${meshName}`;
}

/** A served table, always with its major: `hanse://airline`, `operations.flights__v1`. */
export function tableDataset(meshName: string, table: ServedTable): Dataset {
  return { namespace: meshNamespace(meshName), name: pinnedName(table) };
}

/** Where a contract's server says that a table lies (OpenLineage, "Naming"); undefined where it says too little, or in variables. */
export function serverDataset({ type, host, port, database, schema }: ContractServer, { physicalName, name }: SchemaObject): Dataset | undefined {
  const parts = [database, schema, physicalName ?? name].filter((part) => part !== undefined);
  if (host === undefined || parts.length < 2 || [host, ...parts].some((part) => part.includes('${'))) return undefined;
  const scheme = type === 'postgresql' ? 'postgres' : type;
  const stated = port ?? (scheme === 'postgres' ? 5432 : undefined);
  return { namespace: `${scheme}://${host}${stated === undefined ? '' : `:${stated}`}`, name: parts.join('.') };
}

/** What a build's statement calls a table, as a dataset: a table of the mesh, or a source of its build.yaml. */
export function namedDataset(
  meshName: string,
  name: TableName,
  build: { readonly by: ServedTable; readonly mesh: Mesh; readonly tables: readonly ServedTable[] },
): Dataset {
  if (name.schema === 'source') return sourceDataset(meshName, name.name, build);
  const [served] = findTables(build.tables, name);
  return served === undefined ? { namespace: meshNamespace(meshName), name: `${name.schema}.${name.name}` } : tableDataset(meshName, served);
}

/** OpenLineage's naming where a source says enough; else a name of the mesh's own. A connection's credentials are never part of it. */
function sourceDataset(meshName: string, source: string, { by, mesh }: { readonly by: ServedTable; readonly mesh: Mesh }): Dataset {
  const spec = mesh.builds.get(by.product.id)?.file.sources[source];
  return (spec === undefined ? undefined : placeOf(spec)) ?? { namespace: meshNamespace(meshName), name: sourceName(by, source) };
}

/** A password may hold `@` and `/`: the host follows the last `@`. */
function placeOf(spec: BuildSource): Dataset | undefined {
  if (spec.kind === 'file') return { namespace: 'file', name: spec.file };
  const [, host, port = '5432', database] = /^postgres(?:ql)?:\/\/(?:[^]*@)?([^@:/?]+)(?::(\d+))?\/([^@?]+)(?:\?[^@]*)?$/.exec(spec.postgres) ?? [];
  if (host === undefined || database === undefined || spec.read.kind !== 'table') return undefined;
  const table = spec.read.table.includes('.') ? spec.read.table : `public.${spec.read.table}`;
  return { namespace: `postgres://${host}:${port}`, name: `${database}.${table}` };
}
