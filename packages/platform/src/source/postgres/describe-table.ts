import { postgres } from '@hanse/core/rule/postgres-dialect.ts';
import type { Field } from '@hanse/core/rule/dialect.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { PlacedTable } from '../../check/place.ts';
import { z } from 'zod';
import { UserError } from '../../error.ts';
import { columnType, typeRow } from './column-type.ts';
import type { PostgresSession } from './session.ts';

export interface PostgresTable extends PlacedTable {
  readonly oid: number;
  readonly kind: TableKind;
  /** Quoted and qualified: the table itself. */
  readonly table: string;
  /** The relation over another one that has the same columns: a partition, a sample. */
  readonly over: (table: string) => string;
  /** Columns that the table holds no null in. */
  readonly notNull: ReadonlySet<string>;
  readonly attributes: ReadonlyMap<string, number>;
}

type TableKind = 'r' | 'p' | 'v' | 'm' | 'f';
const KINDS: ReadonlySet<string> = new Set<TableKind>(['r', 'p', 'v', 'm', 'f']);
const shownTables = 10;

/** What the catalog says of a table: no row is read. */
export async function describeTable(session: PostgresSession, written: string): Promise<PostgresTable> {
  const { schema, name } = placeOf(session.schema, written);
  const [found] = await session.rows(tableSql, [schema, name]);
  const table = `${quoteName(schema)}.${quoteName(name)}`;
  const kind = String(found?.relkind);
  if (found === undefined || !isKind(kind)) throw await missing(session, { table, schema, other: found !== undefined });
  if (found.readable !== true)
    throw new UserError(
      'denied',
      `${session.label}: the user ${String(found.user)} may not read ${table}`,
      `Grant it there: GRANT USAGE ON SCHEMA ${quoteName(schema)}, SELECT ON ${table} TO ${quoteName(String(found.user))}.`,
    );
  const oid = Number(found.oid);
  const types = new Map((await session.rows(typesSql, [oid])).map(({ value }) => typeRow.parse(value)).map((row) => [row.oid, row]));
  const attributes = (await session.rows(attributesSql, [oid])).map(({ value }) => attribute.parse(value));
  const columns = attributes.map((one) => ({ ...one, typed: columnType(types, one.type, one.modifier) }));
  const selected = columns.map((column) => select(column.name, column.typed.cast?.(quoteName(column.name)), column.plain));
  const converted = selected.some((one, index) => one !== quoteName(columns[index]?.name ?? ''));
  const over = (from: string) => (converted || from !== table ? `(SELECT ${converted ? selected.join(', ') : '*'} FROM ${from}) AS ${quoteName(name)}` : table);
  return {
    name: written,
    oid,
    kind,
    table,
    relation: over(table),
    over,
    columns: columns.map((column): Field => ({ name: column.name, type: column.typed.type, typeName: column.typeName })),
    context: { dialect: postgres },
    notNull: new Set(columns.filter((column) => column.notNull || column.typed.required).map((column) => column.name)),
    attributes: new Map(columns.map((column) => [column.name, column.number])),
  };
}

const attribute = z.object({
  number: z.number(),
  name: z.string(),
  type: z.number(),
  modifier: z.number(),
  notNull: z.boolean(),
  typeName: z.string(),
  /** Equal means equal byte for byte, as in every other engine. */
  plain: z.boolean(),
});

function select(name: string, cast: string | undefined, plain: boolean): string {
  const quoted = quoteName(name);
  const sql = `${cast ?? quoted}${plain ? '' : ' COLLATE "C"'}`;
  return sql === quoted ? sql : `${sql} AS ${quoted}`;
}

function isKind(kind: string): kind is TableKind {
  return KINDS.has(kind);
}

/** `schema.table` where the server's schema has no table of that very name. */
function placeOf(schema: string, written: string): { readonly schema: string; readonly name: string } {
  const [first = '', second, more] = written.split('.');
  return second === undefined || more !== undefined ? { schema, name: written } : { schema: first, name: second };
}

async function missing(session: PostgresSession, { table, schema, other }: { table: string; schema: string; other: boolean }): Promise<UserError> {
  if (other) return new UserError('invalid', `${session.label}: ${table} is neither a table nor a view`);
  const names = (await session.rows(namesSql, [schema])).map(({ name }) => String(name));
  const some = names.slice(0, shownTables).join(', ');
  const hint =
    names.length === 0
      ? `There is no schema ${quoteName(schema)} with tables in this database: correct the server’s schema.`
      : `${quoteName(schema)} has ${some}${names.length > shownTables ? ', ...' : ''}.`;
  return new UserError('missing', `${session.label}: there is no table ${table}`, hint);
}

const tableSql = `
  select c.oid::int8::text as oid, c.relkind::text as relkind, current_user::text as "user",
    has_schema_privilege(n.oid, 'usage') and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')) as readable
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2`;

const namesSql = `
  select c.relname::text as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition order by 1 limit ${shownTables + 1}`;

const attributesSql = `
  select json_build_object('number', a.attnum, 'name', a.attname, 'type', a.atttypid::int8, 'modifier', a.atttypmod, 'notNull', a.attnotnull, 'typeName', (
      with recursive under(type, modifier) as (
        select a.atttypid, a.atttypmod
        union all select t.typbasetype, t.typtypmod from under join pg_catalog.pg_type t on t.oid = under.type where t.typtype = 'd'
      )
      select format_type(type, modifier) from under join pg_catalog.pg_type t on t.oid = under.type where t.typtype <> 'd'),
    'plain', coalesce((select collisdeterministic from pg_catalog.pg_collation where oid = a.attcollation), true)) as value
  from pg_catalog.pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const typesSql = `
  with recursive needed(oid) as (
    select atttypid from pg_catalog.pg_attribute where attrelid = $1::oid and attnum > 0 and not attisdropped
    union
    select within.oid from needed join pg_catalog.pg_type t on t.oid = needed.oid cross join lateral (
      select t.typbasetype as oid where t.typtype = 'd'
      union all select t.typelem where t.typcategory = 'A' and t.typelem <> 0
      union all select a.atttypid from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as within
  )
  select json_build_object('oid', t.oid::int8, 'typtype', t.typtype, 'typcategory', t.typcategory, 'typelem', t.typelem::int8, 'typbasetype', t.typbasetype::int8,
    'typtypmod', t.typtypmod, 'typnotnull', t.typnotnull, 'fields', (
      select json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8, 'modifier', a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)) as value
  from pg_catalog.pg_type t join needed using (oid)`;
