import type { Principal } from '@hanse/core/access/principal.ts';
import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { isDatasetOf } from '@hanse/core/lineage/openlineage/match-dataset.ts';
import { type JobRead, readRunEvent } from '@hanse/core/lineage/openlineage/read-event.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import { dialects } from '@hanse/core/use/dialects.ts';
import { UserError } from '../../error.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { columnsCalled } from './asked-tables.ts';
import { readStatements } from './read-statements.ts';
import { recordUsage } from './record-usage.ts';

type Needs = Pick<Platform, 'store' | 'meshes' | 'clock' | 'dialects' | 'meshName'>;

const NAME_LENGTH = 180;

/**
 * Keeps what a job of another tool read of the mesh's tables, as its event of OpenLineage tells: evidence of use by the caller's domain.
 * Only a run that is complete tells all; what is no run, or of no table here, is taken and nothing is kept. The same event twice counts once.
 */
export async function receiveEvent(platform: Needs, principal: Principal, event: OperationInput<'receiveEvent'>): Promise<OperationOutput<'receiveEvent'>> {
  // It came as JSON.
  const read = readRunEvent(event as JsonObject);
  if (typeof read === 'string')
    throw new UserError('invalid', `the body is no event of OpenLineage: ${read}`, 'Send one RunEvent of OpenLineage as JSON, as its HTTP transport does.');
  if (read?.type !== 'COMPLETE') return { tables: 0 };
  const now = await platform.meshes.current();
  const uses = await usesOf(platform, now, read);
  if (uses.length === 0) return { tables: 0 };
  const consumer = domainOf(now, principal, read);
  // A clock that is ahead would be the last use for ever.
  const today = platform.clock.now();
  const day = (read.at < today ? read.at : today).slice(0, 10);
  const where = `job ${`${read.job.namespace}/${read.job.name}`.slice(0, NAME_LENGTH)}`;
  await recordUsage(platform, principal, {
    source: 'openlineage',
    origin: consumer,
    uses: uses.map(({ columns, ...use }) => ({ ...use, columns: columns === null ? null : [...columns], consumer, where, days: { [day]: 1 } })),
  });
  return { tables: uses.length };
}

interface TableUse {
  readonly table: string;
  readonly columns: readonly string[] | null;
  readonly why?: string;
}

/** By the event's own column lineage, else by the job's statement; a column that neither tells is unknown. */
async function usesOf(platform: Needs, now: MeshNow, { inputs, sql }: JobRead): Promise<TableUse[]> {
  const dialect = dialects.find((one) => one === sql?.dialect?.toLowerCase().replace(/^postgresql$/, 'postgres'));
  const asked = sql === undefined || dialect === undefined ? [] : (await readStatements(platform, { dialect, statements: [sql.query] })).readings.flat();
  const told = now.tables.flatMap((table) => {
    const input = inputs.find(({ names }) => names.some((name) => isDatasetOf(name, table, platform.meshName)));
    if (input === undefined) return [];
    return [{ table: table.id, columns: input.columns === undefined ? null : columnsCalled(table, input.columns) }];
  });
  const known = told.filter(({ columns }) => columns !== null);
  const others = asked.filter(({ table }) => !known.some((one) => one.table === table));
  const untold = told.filter(({ table, columns }) => columns === null && !others.some((one) => one.table === table));
  return [...known, ...others, ...untold.map((one) => ({ ...one, why: 'its events do not tell all columns that it reads' }))];
}

/** Whose job it is: the domain that its namespace names, else the one that the caller is of. */
function domainOf({ mesh }: MeshNow, principal: Principal, { job }: JobRead): string {
  if (principal.kind === 'operator' && mesh.domains.has(job.namespace)) return job.namespace;
  const own = principal.kind === 'person' ? [...mesh.domains.keys()].filter((name) => isMember(mesh.domains.get(name), principal.username)).toSorted() : [];
  const domain = own.find((name) => name === job.namespace) ?? own[0];
  if (domain !== undefined) return domain;
  throw new UserError('denied', 'whose job it is cannot be told', 'Send the events with the token of a member of the domain that runs the job.');
}
