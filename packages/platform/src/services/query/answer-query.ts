import { createHmac } from 'node:crypto';
import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { QueryAnswer, QueryInput } from '@hanse/core/api/operations.ts';
import { restrictionOn } from '@hanse/core/contract/columns-in-force.ts';
import type { Role } from '@hanse/core/contract/contract.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { ResultFormat } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Platform } from '../platform.ts';
import { sequenceOf } from '../mesh/sequence-of.ts';
import { grantTables, type GrantedTable } from './grant-tables.ts';
import { columnsRead } from './columns-read.ts';
import { openSlice, type OpenedSlice } from './open-slice.ts';

type Needs = Pick<Platform, 'store' | 'files' | 'engine' | 'slices' | 'tables' | 'meshes' | 'clock' | 'limits' | 'secret'>;

/** What is asked, in any format that the engine gives. */
export type QueryAsked = Omit<QueryInput, 'format'> & { readonly format?: ResultFormat };

/** Answers one SELECT through the slices that the caller's agreements give; on record before a row leaves. */
export async function answerQuery(platform: Needs, principal: Principal, input: QueryAsked, signal?: AbortSignal): Promise<QueryAnswer> {
  const { analysis, owner, at, granted, opened, session, held } = await openGranted(platform, principal, input, signal);
  try {
    const digest = createHmac('sha256', platform.secret).update(input.sql).digest('hex');
    const read = { at, principal: owner, statement: analysis.normalised, digest };
    const recorded = columnsRead(platform.engine, { sql: analysis.sql, owner }, opened).then((tables) => platform.store.recordRead({ ...read, tables }));
    const [result] = await Promise.all([session.stream({ sql: analysis.sql }, input.format ?? 'json'), recorded]);
    signal?.addEventListener('abort', () => void held.disposeAsync(), { once: true });
    return {
      columns: result.columns.map(({ name, typeName }) => ({ name, type: typeName })),
      provenance: opened.map(({ provenance }) => provenance),
      body: releasing(result.body, held),
    };
  } catch (error) {
    await held.disposeAsync();
    throw explain(error, granted, opened);
  }
}

/** The columns that `answerQuery` would give, under the same agreements; no row is read, so nothing is recorded. */
export async function describeQuery(platform: Needs, principal: Principal, input: QueryAsked, signal?: AbortSignal): Promise<QueryAnswer['columns']> {
  const { analysis, granted, opened, session, held } = await openGranted(platform, principal, input, signal);
  try {
    return (await session.describe({ sql: analysis.sql })).map(({ name, typeName }) => ({ name, type: typeName }));
  } catch (error) {
    throw explain(error, granted, opened);
  } finally {
    await held.disposeAsync();
  }
}

/** Passes the statement through the gate and opens what the caller's agreements give of its tables, until `held` is disposed. */
async function openGranted(platform: Needs, principal: Principal, input: QueryAsked, signal?: AbortSignal) {
  const owner = formatPrincipal(principal);
  const analysis = await platform.engine.parse(input.sql, owner);
  const now = await platform.meshes.current();
  const at = platform.clock.now();
  const granted = grantTables(now, { principal, tables: analysis.tables, now: at, ...(input.purpose !== undefined && { purpose: input.purpose }) });
  const sliceOptions = { ...(signal !== undefined && { signal }), ...(input.asOf !== undefined && { asOf: await sequenceOf(platform.store, input.asOf) }) };
  const held = new AsyncDisposableStack();
  const opened: OpenedSlice[] = [];
  try {
    for (const table of granted) opened.push(held.use(await openSlice(platform, table, sliceOptions)));
    const relations = opened.map(({ relation }) => relation);
    const session = held.use(await platform.engine.session({ relations, limits: platform.limits.query, owner, ...(signal !== undefined && { signal }) }));
    return { analysis, owner, at, granted, opened, session, held };
  } catch (error) {
    await held.disposeAsync();
    throw explain(error, granted, opened);
  }
}

/** The body, which lets go of what it reads when it ends, fails or is left, also before its first byte. */
function releasing(body: AsyncIterable<Uint8Array>, held: AsyncDisposableStack): AsyncIterableIterator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return {
    next: async () => {
      try {
        const next = await chunks.next();
        if (next.done === true) await held.disposeAsync();
        return next;
      } catch (error) {
        await held.disposeAsync();
        throw error;
      }
    },
    return: async () => {
      await held.disposeAsync();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Adds to the engine's words which role hides the column that the statement names. */
function explain(error: unknown, granted: readonly GrantedTable[], opened: readonly OpenedSlice[]): unknown {
  if (!(error instanceof UserError) || error.code !== 'statement') return error;
  for (const [index, { table, role }] of granted.entries()) {
    const hidden = opened[index]?.hidden.find((name) => new RegExp(`(?<![\\w])${RegExp.escape(name)}(?![\\w])`, 'i').test(error.message.split('\n')[0] ?? ''));
    if (hidden !== undefined)
      return new UserError('statement', `column ${hidden} of ${table.domain}.${table.name} is not visible in role ${role.name}`, whatInstead(table, hidden));
  }
  return error;
}

function whatInstead(table: ServedTable, column: string): string {
  const shows = (role: Role) =>
    !restrictionOn(role, table.object, table.contract).columns.some((each) => each.column === column && each.action.kind === 'drop');
  const roles = table.contract.roles.filter(shows).map(({ name }) => name);
  if (roles.length === 0) return 'Leave it out: no role shows it.';
  const role = roles.length === 1 ? roles[0] : `<${roles.join('|')}>`;
  return `Leave it out, or request another role: hanse access request ${tableRef(table)} --role ${role} --purpose <why> --until <date>.`;
}
