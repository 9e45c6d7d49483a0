import { createHmac } from 'node:crypto';
import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { QueryAnswer, QueryInput } from '@hanse/core/api/operations.ts';
import type { Session } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Platform } from '../platform.ts';
import { grantTables, type GrantedTable } from './grant-tables.ts';
import { columnsRead } from './columns-read.ts';
import { openSlice, type OpenedSlice } from './open-slice.ts';

type Needs = Pick<Platform, 'store' | 'files' | 'engine' | 'slices' | 'tables' | 'meshes' | 'clock' | 'limits' | 'secret'>;

/** Answers one SELECT through the slices that the caller's agreements give; on record before a row leaves. */
export async function answerQuery(platform: Needs, principal: Principal, input: QueryInput, signal?: AbortSignal): Promise<QueryAnswer> {
  const analysis = await platform.engine.parse(input.sql);
  const now = await platform.meshes.current();
  const at = platform.clock.now();
  const granted = grantTables(now, { principal, tables: analysis.tables, now: at, ...(input.purpose !== undefined && { purpose: input.purpose }) });
  const opened = await Promise.all(granted.map((table) => openSlice(platform, table, signal)));
  const session = await platform.engine.session({
    relations: opened.map(({ relation }) => relation),
    limits: platform.limits.query,
    ...(signal !== undefined && { signal }),
  });
  try {
    const result = await session.stream({ sql: analysis.sql }, input.format ?? 'json');
    await platform.store.recordRead({
      at,
      principal: formatPrincipal(principal),
      statement: analysis.normalised,
      digest: createHmac('sha256', platform.secret).update(input.sql).digest('hex'),
      tables: await columnsRead(platform.engine, analysis.sql, opened),
    });
    return {
      columns: result.columns.map(({ name, typeName }) => ({ name, type: typeName })),
      provenance: opened.map(({ provenance }) => provenance),
      body: closing(session, result.body),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw explain(error, granted, opened);
  }
}

async function* closing(session: Session, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

/** Adds to the engine's words which role hides the column that the statement names. */
function explain(error: unknown, granted: readonly GrantedTable[], opened: readonly OpenedSlice[]): unknown {
  if (!(error instanceof UserError) || error.code !== 'statement') return error;
  for (const [index, { table, role }] of granted.entries()) {
    const hidden = opened[index]?.hidden.find((name) => new RegExp(`(?<![\\w])${RegExp.escape(name)}(?![\\w])`, 'i').test(error.message.split('\n')[0] ?? ''));
    if (hidden !== undefined)
      return new UserError(
        'statement',
        `column ${hidden} of ${table.domain}.${table.name} is not visible in role ${role.name}`,
        `Leave it out, or request another role: hanse access request ${table.domain}/${table.product.name}:${table.port.name} --role <${otherRoles(table.contract.roles, role.name)}>.`,
      );
  }
  return error;
}

function otherRoles(roles: readonly { readonly name: string }[], current: string): string {
  return roles.map(({ name }) => name).filter((name) => name !== current).join('|');
}
