import type { BaseTable } from '@hanse/core/grant/access-schema.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Client } from 'pg';
import { UserError } from '../../error.ts';

const HINT = 'A build reads tables whose types are PostgreSQL’s own or its login’s: views and casts would run with the rights of the mesh’s login.';

/**
 * Holds a table until the transaction ends, so that it stays what it is, and lets names mean PostgreSQL's own things only. `UserError` for one whose
 * reading could run what another user wrote: a view, or a column whose type another may give a cast.
 */
export async function holdTable(client: Client, { schema, name }: BaseTable, label: string): Promise<void> {
  await client.query(
    `set local search_path = pg_catalog; set local row_security = off; lock table only ${quoteName(schema)}.${quoteName(name)} in access share mode`,
  );
  const { rows } = await client.query<{ readonly kind: string; readonly foreign: string | null }>(QUESTION, [schema, name]);
  const [found] = rows;
  if (found?.kind !== 'r' && found?.kind !== 'p') throw new UserError('denied', `${label}: ${schema}.${name} is a view, not a table`, HINT);
  if (found.foreign !== null) throw new UserError('denied', `${label}: ${found.foreign}`, HINT);
}

/** Only the owner of a type gives it a cast. */
const QUESTION = `
  with recursive met(attname, type) as (
    select a.attname, a.atttypid from pg_attribute a where a.attrelid = (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2)
      and a.attnum > 0 and not a.attisdropped
    union
    select met.attname, below.type from met join pg_type t on t.oid = met.type cross join lateral (values (t.typbasetype), (t.typelem)) as below(type) where below.type <> 0
  )
  select c.relkind as kind, (
    select 'column ' || met.attname || ' has a type of the user ' || o.rolname
    from met join pg_type t on t.oid = met.type join pg_roles o on o.oid = t.typowner
    where not o.rolsuper and o.rolname <> current_user order by met.attname limit 1) as foreign
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`;
