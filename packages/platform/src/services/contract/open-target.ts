import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { OpenPlace, Place } from '../../check/place.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ContractTest } from './test-contract.ts';
import { openFilePlace } from './file-place.ts';
import { type Located, locateFiles, optionalText, serverText, type Whereabouts } from './locate-data.ts';
import { openRelations } from './open-relations.ts';

/** What tests of contracts reach data with. */
export interface Reaching {
  readonly engine: () => Promise<Pick<Engine, 'session'>>;
  readonly openPostgres: OpenPlace;
}

/** The data of a contract's objects on one server, opened to be judged. */
export interface Target extends AsyncDisposable {
  readonly place: Pick<Place, 'describe' | 'judge'>;
  /** One for each object, in their order. */
  readonly located: readonly Located[];
}

/** Opens what a server holds of the objects; `UserError` for a server of a type that is not reached. */
export function openTarget(reaching: Reaching, where: Whereabouts, objects: readonly SchemaObject[], test: ContractTest): Promise<Target> {
  const { type } = where.server;
  return type === 'postgres' || type === 'postgresql' ? openDatabase(reaching, where, objects, test) : openFiles(reaching, where, objects, test);
}

async function openFiles(
  { engine }: Reaching,
  where: Whereabouts,
  objects: readonly SchemaObject[],
  { limits, now, signal, tell }: ContractTest,
): Promise<Target> {
  const located = await locateFiles(where, objects);
  const relations = located.flatMap((one) => ('relation' in one ? [one.relation] : []));
  for (const { name, kept } of relations) if (kept) tell?.(name, 'reading');
  const opened = await openRelations(await engine(), { relations, limits, ...(signal !== undefined && { signal }) });
  return {
    place: openFilePlace({ session: opened.session, relations, now, tell: (name, done) => tell?.(name, 'checking', done) }),
    located: located.map((one, index) => {
      const missing = opened.broken.get(objects[index]?.name ?? '');
      return missing === undefined ? one : { place: one.place, missing };
    }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function openDatabase(
  { openPostgres }: Reaching,
  where: Whereabouts,
  objects: readonly SchemaObject[],
  { limits, now, signal }: ContractTest,
): Promise<Target> {
  const schema = optionalText(where, 'schema') ?? 'public';
  const place = await openPostgres({
    connection: connectionOf(where),
    schema,
    label: `${where.file}: server ${where.server.name}`,
    deadlineMs: limits.deadlineMs,
    lateHint: 'Read less of it (--sample 1, --last-partition, --metadata), or give each statement longer: --test-deadline <seconds>.',
    now,
    ...(signal !== undefined && { signal }),
  });
  const tables = objects.map(({ name, physicalName }) => physicalName ?? name);
  return { place, located: tables.map((table) => ({ place: `${schema}.${table}`, table })), [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** User and password come from PGUSER and PGPASSWORD, as for PostgreSQL's own programs: a contract holds no secrets. */
function connectionOf(where: Whereabouts): string {
  const [user, password] = ['PGUSER', 'PGPASSWORD'].map((name) => where.variable(name));
  const who = user === undefined ? '' : `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
  const port = String(where.server.written['port'] ?? 5432);
  return `postgres://${who}${serverText(where, 'host')}:${port}/${encodeURIComponent(serverText(where, 'database'))}`;
}
