import type { ActualAccess } from '@hanse/core/grant/access-schema.ts';
import type { Client } from 'pg';
import { z } from 'zod';
import type { AccessRead, OpenGrantPlace } from '../../grant/grant-place.ts';
import { postgresClient, postgresFailure } from './connection.ts';

/** A PostgreSQL, from version 12, in which the connection's user may create schemas and roles. */
export const openPostgresGrantPlace: OpenGrantPlace = async (options) => {
  const client = postgresClient(options);
  const asked = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw postgresFailure(options, error, 'The user of the place must own the tables, and may create schemas and roles.');
    }
  };
  try {
    await asked(async () => {
      await client.connect();
      await client.query(`set statement_timeout = ${Math.ceil(options.deadlineMs)}; set search_path = pg_catalog; set standard_conforming_strings = on`);
    });
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return {
    read: (question) => asked(() => readAccess(client, question)),
    run: (sql) => asked(() => runWhole(client, sql)),
    [Symbol.asyncDispose]: () => client.end().catch(() => {}),
  };
};

async function readAccess(client: Client, { mark, names, tables }: AccessRead): Promise<ActualAccess> {
  const { rows } = await client.query<{ readonly value: unknown }>(ACCESS, [mark, JSON.stringify(names), JSON.stringify(tables)]);
  return actual.parse(rows[0]?.value);
}

async function runWhole(client: Client, sql: readonly string[]): Promise<void> {
  await client.query('begin');
  try {
    for (const statement of sql) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

const rights = z.array(z.object({ grantee: z.string(), privilege: z.string() }));
const actual = z.object({
  schemas: z.array(
    z.object({
      name: z.string(),
      comment: z.string().nullable(),
      rights,
      relations: z.array(z.object({ name: z.string(), comment: z.string().nullable(), digest: z.string(), isBarrier: z.boolean(), rights })),
    }),
  ),
  roles: z.array(
    z.object({
      name: z.string(),
      comment: z.string().nullable(),
      members: z.array(z.string()),
      free: z.array(z.string()),
      owned: z.array(z.string()),
    }),
  ),
  forbidsSet: z.boolean(),
  tables: z.array(z.object({ schema: z.string(), name: z.string(), rights })),
  logins: z.array(z.string()),
});

/** Rights that others than the owner hold; a grantee without a role is everybody. */
const rightsOf = (acl: string, kind: string, owner: string) => `
  coalesce((select json_agg(json_build_object('grantee', coalesce(r.rolname, 'PUBLIC'), 'privilege', a.privilege_type) order by r.rolname, a.privilege_type)
    from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a left join pg_roles r on r.oid = a.grantee where a.grantee <> ${owner}), '[]'::json)`;

/** Whoever owns a thing writes its comment, and may put others in its place. */
const isOwn = (owner: string) => `${owner} = (select me.oid from pg_roles me where me.rolname = current_user)`;

const COLUMN_RIGHTS = `
  select coalesce(r.rolname, 'PUBLIC') as grantee, a.privilege_type || ' (' || quote_ident(t.attname) || ')' as privilege
  from pg_attribute t cross join aclexplode(t.attacl) a left join pg_roles r on r.oid = a.grantee
  where t.attrelid = c.oid and t.attacl is not null and a.grantee <> c.relowner`;

const TABLE_RIGHTS = `
  select coalesce(r.rolname, 'PUBLIC') as grantee, a.privilege_type as privilege
  from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a left join pg_roles r on r.oid = a.grantee where a.grantee <> c.relowner`;

const ACCESS = `
  select json_build_object(
    'schemas', coalesce((
      select json_agg(json_build_object('name', n.nspname, 'comment', case when ${isOwn('n.nspowner')} then obj_description(n.oid, 'pg_namespace') end, 'rights', ${rightsOf('n.nspacl', 'n', 'n.nspowner')},
        'relations', coalesce((
          select json_agg(json_build_object('name', c.relname, 'comment', case when ${isOwn('c.relowner')} then obj_description(c.oid, 'pg_class') end,
            'digest', md5(pg_get_viewdef(c.oid)), 'isBarrier', coalesce('security_barrier=true' = any(c.reloptions), false), 'rights', ${rightsOf('c.relacl', 'r', 'c.relowner')}) order by c.relname)
          from pg_class c where c.relnamespace = n.oid and c.relkind = 'v'), '[]'::json)) order by n.nspname)
      from pg_namespace n
      where starts_with(obj_description(n.oid, 'pg_namespace'), $1) or n.nspname in (select json_array_elements_text($2::json))), '[]'::json),
    'roles', coalesce((
      select json_agg(json_build_object('name', o.rolname, 'comment', shobj_description(o.oid, 'pg_authid'), 'members', coalesce((
          select json_agg(distinct u.rolname) from pg_auth_members m join pg_roles u on u.oid = m.member
          where m.roleid = o.oid and not (u.rolname = current_user)), '[]'::json), 'free', coalesce((
          select json_agg(distinct u.rolname) from pg_auth_members m join pg_roles u on u.oid = m.member
          where m.roleid = o.oid and not (u.rolname = current_user) and (m.admin_option or (to_jsonb(m) ->> 'set_option')::boolean)), '[]'::json), 'owned', coalesce((
          select json_agg(pg_describe_object(d.classid, d.objid, 0)) from pg_shdepend d
          where d.refclassid = 'pg_authid'::regclass and d.refobjid = o.oid and d.deptype = 'o'
            and d.dbid = (select oid from pg_database where datname = current_database())), '[]'::json)) order by o.rolname)
      from pg_roles o
      where starts_with(shobj_description(o.oid, 'pg_authid'), $1) or o.rolname in (select json_array_elements_text($2::json))), '[]'::json),
    'tables', coalesce((
      select json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'rights', coalesce((
        select json_agg(json_build_object('grantee', grantee, 'privilege', privilege) order by grantee, privilege)
        from (${TABLE_RIGHTS} union ${COLUMN_RIGHTS}) as held), '[]'::json)) order by n.nspname, c.relname)
      from json_to_recordset($3::json) as asked(schema text, name text)
      join pg_namespace n on n.nspname = asked.schema join pg_class c on c.relnamespace = n.oid and c.relname = asked.name), '[]'::json),
    'forbidsSet', current_setting('server_version_num')::integer >= 160000,
    'logins', coalesce((select json_agg(rolname order by rolname) from pg_roles where rolcanlogin), '[]'::json)) as value`;
