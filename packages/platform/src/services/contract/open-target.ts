import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { OpenPlace, Place } from '../../check/place.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ContractTest } from './test-contract.ts';
import { openFilePlace } from './file-place.ts';
import type { Neighbour } from './find-neighbours.ts';
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
  /** One for each object and each neighbour, in their order. */
  readonly located: readonly Located[];
}

/** What is to be opened. */
export interface Wanted {
  readonly where: Whereabouts;
  readonly objects: readonly SchemaObject[];
  /** Tables of other contracts that are read beside them: located after the objects. */
  readonly neighbours: readonly Neighbour[];
}

/** Opens what a server holds of the objects; `UserError` for a server of a type that is not reached. */
export function openTarget(reaching: Reaching, wanted: Wanted, test: ContractTest): Promise<Target> {
  return isDatabase(wanted.where) ? openDatabase(reaching, wanted, test) : openFiles(reaching, wanted, test);
}

function isDatabase({ server: { type } }: Whereabouts): boolean {
  return type === 'postgres' || type === 'postgresql';
}

async function locateNeighbour({ relation, object, where }: Neighbour): Promise<readonly Located[]> {
  if (where.server.type !== 'local' && where.server.type !== 'duckdb') return [{ place: relation, missing: ELSEWHERE }];
  const located = await locateFiles(where, [object]);
  return located.map((one) => ('relation' in one ? { ...one, relation: { ...one.relation, name: relation } } : one));
}

const ELSEWHERE = 'its contract has it on another server';

async function openFiles({ engine }: Reaching, { where, objects, neighbours }: Wanted, { limits, now, signal, tell }: ContractTest): Promise<Target> {
  const located = [...(await locateFiles(where, objects)), ...(await Promise.all(neighbours.map(locateNeighbour))).flat()];
  const names = [...objects.map(({ name }) => name), ...neighbours.map(({ relation }) => relation)];
  const relations = located.flatMap((one) => ('relation' in one ? [one.relation] : []));
  for (const { name, kept } of relations) if (kept) tell?.(name, 'reading');
  const opened = await openRelations(await engine(), { relations, limits, ...(signal !== undefined && { signal }) });
  return {
    place: openFilePlace({ session: opened.session, relations, now, tell: (name, stage, done) => tell?.(name, stage, done) }),
    located: located.map((one, index) => {
      const missing = opened.broken.get(names[index] ?? '');
      return missing === undefined ? one : { place: one.place, missing };
    }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function openDatabase({ openPostgres }: Reaching, { where, objects, neighbours }: Wanted, { limits, now, signal }: ContractTest): Promise<Target> {
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
  const at = ({ name, physicalName }: SchemaObject): Located => ({ place: `${schema}.${physicalName ?? name}`, table: physicalName ?? name });
  const beside = neighbours.map(({ relation, object, where: there }) => {
    const isHere = isDatabase(there) && connectionOf(there) === connectionOf(where) && (optionalText(there, 'schema') ?? 'public') === schema;
    return isHere ? at(object) : { place: relation, missing: ELSEWHERE };
  });
  return { place, located: [...objects.map(at), ...beside], [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** User and password come from PGUSER and PGPASSWORD, as for PostgreSQL's own programs: a contract holds no secrets. */
function connectionOf(where: Whereabouts): string {
  const [user, password] = ['PGUSER', 'PGPASSWORD'].map((name) => where.variable(name));
  const who = user === undefined ? '' : `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
  const port = String(where.server.written['port'] ?? 5432);
  return `postgres://${who}${serverText(where, 'host')}:${port}/${encodeURIComponent(serverText(where, 'database'))}`;
}
