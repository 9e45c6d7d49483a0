import type { LoggedStatement } from '@hanse/core/use/fold-statements.ts';
import { UserError } from '../../error.ts';
import type { PlaceOptions } from '../../check/place.ts';
import { openSession } from './session.ts';

/** What `pg_stat_statements` counted in this database: it knows no time, so all are of the day since which it counts. */
export async function statementLog(options: PlaceOptions): Promise<readonly LoggedStatement[]> {
  await using session = await openSession(options);
  const found =
    await session.rows(`select quote_ident(n.nspname)::text as schema, to_regclass(quote_ident(n.nspname) || '.pg_stat_statements_info') is not null as told
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`);
  const [extension] = found;
  if (extension === undefined)
    throw new UserError(
      'missing',
      `${options.label}: pg_stat_statements is not there`,
      'Put it into shared_preload_libraries and run: create extension pg_stat_statements.',
    );
  const schema = String(extension.schema);
  const since = extension.told === true ? `(select stats_reset from ${schema}.pg_stat_statements_info)` : 'now()';
  const rows =
    await session.rows(`select s.query::text as query, coalesce(r.rolname::text, '') as user, s.calls::text as calls, to_char(${since}, 'YYYY-MM-DD') as day
    from ${schema}.pg_stat_statements s left join pg_roles r on r.oid = s.userid
    where s.dbid = (select oid from pg_database where datname = current_database()) and s.query is not null`);
  return rows.map(({ query, user, calls, day }) => ({ sql: String(query), user: String(user), day: String(day), count: Math.max(1, Number(calls)) }));
}
