import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import { canonicalJson } from '@hanse/core/document/document.ts';
import { optional } from '@hanse/core/document/json.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { type ImportedUse, joinUses, type UsageRecord } from '@hanse/core/use/usage-record.ts';
import { UserError } from '../../error.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { MeshNow, Platform } from '../platform.ts';

type Needs = Pick<Platform, 'store' | 'meshes' | 'clock'>;

/**
 * Keeps what a dbt project or a query log uses as evidence; the same brought twice counts once. A log only adds to what is known; a project
 * takes the place of what it was, so only the domain that uses the tables brings it.
 */
export async function recordUsage(platform: Needs, principal: Principal, input: OperationInput<'recordUsage'>): Promise<OperationOutput<'recordUsage'>> {
  const now = await platform.meshes.current();
  const uses = input.uses.flatMap(
    ({ why, where, days = {}, ...use }) => stored(now, { ...use, days, ...optional('why', why), ...optional('where', where) }) ?? [],
  );
  const allowed = input.source === 'query-log' ? uses.filter((use) => mayTell(now, principal, use)) : ownUses(now, principal, { origin: input.origin, uses });
  if (uses.length > 0 && allowed.length === 0)
    throw new UserError('denied', 'who uses a table is told by a member of the domain that owns it', 'Ask one of them to import the log.');
  const key = { kind: 'usage', id: `${input.source}/${input.origin}` } as const;
  const found = await platform.store.read(key);
  const before = found === undefined ? undefined : storedValue<UsageRecord>(found);
  if (before === undefined && allowed.length === 0 && input.source === 'query-log') return { isNew: false, uses: 0, left: 0 };
  const joined = input.source === 'dbt' ? allowed : joinUses(before?.uses ?? [], allowed);
  const record: UsageRecord = { source: input.source, origin: input.origin, seen: input.seen ?? platform.clock.now(), uses: joined };
  const isNew =
    before === undefined || canonicalJson(bodyOf(before.uses)) !== canonicalJson(bodyOf(joined)) || (input.source === 'dbt' && before.seen !== record.seen);
  if (isNew) {
    const result = await platform.store.transact({
      actor: formatActor(principal),
      intent: 'usage.import',
      reason: `${input.source} ${input.origin}`,
      writes: [{ op: 'put', ...key, home: { kind: 'mesh' }, body: bodyOf(record) }],
      expect: [{ ...key, version: found?.version ?? 'absent' }],
    });
    if (result.kind !== 'committed') throw new UserError('conflict', `${input.origin} was imported by somebody else at the same time`, 'Import it again.');
  }
  return { isNew, uses: allowed.length, left: uses.length - allowed.length };
}

/** A project is called `<domain>/<project>`, a domain's jobs are under its name: they speak of that domain alone. */
function ownUses(
  { mesh }: MeshNow,
  principal: Principal,
  { origin, uses }: { readonly origin: string; readonly uses: readonly ImportedUse[] },
): readonly ImportedUse[] {
  const [domain = ''] = origin.split('/');
  const isOwn = uses.every(({ consumer }) => consumer.split('/')[0] === domain);
  if (isOwn && maySeeNumbers(mesh, principal, domain)) return uses;
  throw new UserError('denied', `what ${origin} uses is told by a member of its domain`, 'Name your own domain: --consumer <domain>.');
}

function mayTell({ mesh, tables }: MeshNow, principal: Principal, { table }: ImportedUse): boolean {
  return maySeeNumbers(mesh, principal, tables.find(({ id }) => id === table)?.domain ?? '');
}

/** Columns by their ids, which stay when one is renamed. */
function stored({ tables }: MeshNow, use: ImportedUse): ImportedUse | undefined {
  const table = tables.find(({ id }) => id === use.table);
  return table === undefined ? undefined : { ...use, columns: use.columns === null ? null : idsOf(table, use.columns) };
}

function idsOf({ object }: ServedTable, columns: readonly string[]): readonly string[] {
  const used = object.properties.filter(({ name }) => columns.includes(name));
  return used.length === object.properties.length ? ['*'] : used.map(({ id }) => id);
}
