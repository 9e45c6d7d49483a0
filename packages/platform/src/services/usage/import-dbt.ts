import type { Api, OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import { showName } from '@hanse/core/sql/quote.ts';
import { adapterDialect, type DbtUser, dbtUsers, usageManifestShape } from '@hanse/core/use/dbt-uses.ts';
import type { StatementReading } from '@hanse/core/use/fold-statements.ts';
import { readManifest } from '../dbt/read-artifacts.ts';
import { readAll } from './read-all.ts';

export type UsageApi = Pick<Api<AbortSignal>, 'readStatements' | 'recordUsage'>;
export type Imported = OperationOutput<'recordUsage'> & { readonly origin: string; readonly consumers: number };

/** Where a manifest may name so many places in one use, as the API takes it. */
const LONGEST = 200;

/** Tells the mesh which models, tests and exposures of a dbt project use which columns of its tables. */
export async function importDbt(
  api: UsageApi,
  { place, consumer, signal }: { readonly place: string; readonly consumer: string; readonly signal: AbortSignal },
): Promise<Imported> {
  const { manifest } = await readManifest(place, usageManifestShape);
  const dialect = adapterDialect(manifest);
  const users = dbtUsers(manifest);
  const compiled = users.filter(({ sql }) => sql !== undefined && dialect !== undefined);
  const readings = dialect === undefined ? [] : await readAll(api, { dialect, statements: compiled.map(({ sql = '' }) => sql), signal });
  const bySql = new Map(compiled.map((user, index) => [user, readings[index] ?? []]));
  const served = await servedRelations(api, users, signal);
  const why = dialect === undefined ? `the SQL of the adapter ${manifest.metadata.adapter_type ?? 'of dbt'} is not read` : undefined;
  const uses = users.flatMap((user) =>
    usesOf(user, { read: bySql.get(user), served, why }).map((use) => ({ ...use, consumer, where: user.where.slice(0, LONGEST) })),
  );
  const origin = `${consumer.split('/')[0]}/${manifest.metadata.project_name ?? 'dbt'}`;
  const seen = manifest.metadata.generated_at ?? undefined;
  const told = await api.recordUsage({ source: 'dbt', origin, ...(seen !== undefined && { seen }), uses }, { signal });
  return { ...told, origin, consumers: uses.length === 0 ? 0 : 1 };
}

interface Known {
  readonly read: readonly StatementReading[] | undefined;
  /** Ids of served tables by the names of relations. */
  readonly served: ReadonlyMap<string, string>;
  readonly why: string | undefined;
}

type Use = Pick<OperationInput<'recordUsage'>['uses'][number], 'table' | 'columns' | 'why'>;

/** What it depends on and its SQL does not name may be read by a macro: which columns, nobody can tell. */
function usesOf({ relations, why }: DbtUser, known: Known): readonly Use[] {
  const read = known.read ?? [];
  const named = new Set(read.map(({ table }) => table));
  const depended = new Set(relations.flatMap((parts) => known.served.get(JSON.stringify(parts)) ?? []));
  const reason = known.why ?? (known.read === undefined ? why : 'it depends on the table and does not name it');
  return [
    ...read.map(({ table, columns, why: unread }) => ({
      table,
      columns: columns === null ? null : [...columns],
      ...(unread !== undefined && { why: unread }),
    })),
    ...[...depended].filter((table) => !named.has(table)).map((table) => ({ table, columns: null, why: reason })),
  ];
}

/** The mesh says itself under which names its tables are known. */
async function servedRelations(api: UsageApi, users: readonly DbtUser[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const relations = new Map(users.flatMap((user) => user.relations.map((parts) => [JSON.stringify(parts), parts] as const)));
  const statements = [...relations.values()].map((parts) => `select 1 from ${parts.map(showName).join('.')}`);
  const readings = await readAll(api, { dialect: 'postgres', statements, signal });
  return new Map([...relations.keys()].flatMap((parts, index) => (readings[index] ?? []).map(({ table }) => [parts, table] as const)));
}
