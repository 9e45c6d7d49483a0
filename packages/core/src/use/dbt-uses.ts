import { z } from 'zod';
import type { DialectName } from './dialects.ts';

/** What is read of a manifest, v10 to v12, to tell what a project uses; keys that are not named here are ignored. */
const text = z.string().nullish();
const dependsOn = z.object({ nodes: z.array(z.string()).nullish() }).nullish();
const node = z.object({
  name: z.string(),
  resource_type: z.string(),
  database: text,
  schema: text,
  alias: text,
  language: text,
  compiled_code: text,
  depends_on: dependsOn,
  config: z.object({ enabled: z.boolean().nullish() }).nullish(),
});
export const usageManifestShape = z.object({
  metadata: z.object({ dbt_schema_version: z.string(), project_name: text, adapter_type: text, generated_at: text }),
  nodes: z.record(z.string(), node),
  sources: z.record(z.string(), z.object({ name: z.string(), database: text, schema: text, identifier: text })).nullish(),
  exposures: z.record(z.string(), z.object({ name: z.string(), type: text, depends_on: dependsOn })).nullish(),
});
export type UsageManifest = z.infer<typeof usageManifestShape>;

/** One thing of a dbt project that may use tables of others. */
export interface DbtUser {
  /** `model reach`, `test not_null_reach_id`, `exposure weekly`. */
  readonly where: string;
  /** As dbt compiled it; undefined of exposures, of what was not compiled, and of other languages. */
  readonly sql: string | undefined;
  /** Tables that it depends on, by their names in the database, outermost part first. */
  readonly relations: readonly (readonly string[])[];
  /** Why its columns cannot be told where it has no SQL. */
  readonly why: string;
}

/** Whatever runs SQL, in the order of the manifest, then the exposures. An exposure of a model uses what the model uses. */
export function dbtUsers({ nodes, sources, exposures }: UsageManifest): readonly DbtUser[] {
  const relations = new Map([
    ...Object.entries(nodes).map(([id, { database, schema, alias, name }]) => [id, partsOf(database, schema, alias ?? name)] as const),
    ...Object.entries(sources ?? {}).map(([id, { database, schema, identifier, name }]) => [id, partsOf(database, schema, identifier ?? name)] as const),
  ]);
  const relationsOf = (depends: z.infer<typeof dependsOn>) =>
    (depends?.nodes ?? []).flatMap((id) => [relations.get(id) ?? []].filter((parts) => parts.length > 1));
  const shownBy = exposureNames({ nodes, exposures });
  const running = Object.entries(nodes).filter(([, { resource_type: kind, config }]) => RUNNING.has(kind) && config?.enabled !== false);
  const users = running.map(([id, one]) => ({
    where: `${one.resource_type} ${one.name}${shownText(shownBy.get(id))}`,
    sql: one.language === 'python' ? undefined : (one.compiled_code ?? undefined),
    relations: relationsOf(one.depends_on),
    why: one.language === 'python' ? 'it is written in Python' : 'dbt did not compile it: run `dbt compile`',
  }));
  const shown = Object.values(exposures ?? {}).map((exposure) => ({
    where: `exposure ${exposure.name}`,
    sql: undefined,
    relations: relationsOf(exposure.depends_on),
    why: 'an exposure does not say which columns it shows',
  }));
  return [...users, ...shown];
}

/** Which exposures show a node, directly or through others: who in the end looks at what it uses. */
function exposureNames({ nodes, exposures }: Pick<UsageManifest, 'nodes' | 'exposures'>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { name, depends_on: depends } of Object.values(exposures ?? {})) {
    const reached = new Set(depends?.nodes ?? []);
    for (const id of reached) for (const further of nodes[id]?.depends_on?.nodes ?? []) reached.add(further);
    for (const id of reached) names.set(id, [...(names.get(id) ?? []), name]);
  }
  return names;
}

function shownText(exposures: readonly string[] = []): string {
  return exposures.length === 0 ? '' : ` (shown by ${exposures.slice(0, 3).join(', ')}${exposures.length > 3 ? ', ...' : ''})`;
}

const RUNNING = new Set(['model', 'snapshot', 'test', 'analysis', 'operation']);

function partsOf(...parts: readonly (string | null | undefined)[]): readonly string[] {
  return parts.flatMap((part) => (part === null || part === undefined || part === '' ? [] : [part]));
}

const ADAPTERS: Readonly<Record<string, DialectName>> = {
  duckdb: 'duckdb',
  postgres: 'postgres',
  snowflake: 'snowflake',
  bigquery: 'bigquery',
  databricks: 'databricks',
  spark: 'spark',
  redshift: 'redshift',
  trino: 'trino',
  athena: 'trino',
  sqlserver: 'tsql',
  fabric: 'tsql',
  synapse: 'tsql',
  mysql: 'mysql',
};

/** The dialect of a project's adapter; undefined where it is none that is read. */
export function adapterDialect({ metadata }: UsageManifest): DialectName | undefined {
  return ADAPTERS[metadata.adapter_type ?? ''];
}
