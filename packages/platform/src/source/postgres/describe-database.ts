import type { SqlConstraint, SqlDatabase, SqlTable } from '@hanse/core/adopt/sql/draft-sql.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { z } from 'zod';
import { UserError } from '../../error.ts';
import type { PlaceOptions } from '../../check/place.ts';
import { openSession } from './session.ts';

const domainCheck = z.object({ name: z.string(), definition: z.string() });
const column = z.object({
  name: z.string(),
  type: z.string(),
  required: z.boolean(),
  comment: z.string().nullable(),
  labels: z.array(z.string()).nullable(),
  checks: z.array(domainCheck).nullable(),
});
const constraint = z.object({
  kind: z.enum(['p', 'u', 'c', 'f']),
  name: z.string(),
  columns: z.array(z.string()).nullable(),
  validated: z.boolean(),
  expression: z.string().nullable(),
  to: z.object({ schema: z.string(), table: z.string(), columns: z.array(z.string()) }).nullable(),
});
const table = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['r', 'p', 'v', 'm', 'f']),
  comment: z.string().nullable(),
  rows: z.number(),
  columns: z.array(column),
  constraints: z.array(constraint),
});
const kinds = { r: 'table', p: 'table', v: 'view', m: 'materialized view', f: 'foreign table' } as const;
const constraintKinds = { p: 'primary key', u: 'unique', c: 'check', f: 'foreign key' } as const;

/** Tables and views that the user may read, as the catalog tells of them: no row is read. `select` are patterns of `schema.table` with `*`; `public` where absent. */
export async function describeDatabase(options: PlaceOptions, select: string | undefined): Promise<SqlDatabase> {
  if (!URL.canParse(options.connection))
    throw new UserError('invalid', `${options.label}: the connection string cannot be read`, 'Write postgres://user:password@host:5432/database.');
  await using session = await openSession(options);
  const patterns = (select ?? 'public.*')
    .trim()
    .split(/[\s,]+/)
    .map((one) => (one.includes('.') ? one : `public.${one}`));
  const like = patterns.map((one) => one.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%'));
  const rows = await session.rows(tablesSql, [JSON.stringify(like)]);
  if (rows.length === 0) throw await nothing(session.rows, options.label, patterns.join(' '));
  const [place] = await session.rows('select current_database()::text as name');
  const url = new URL(options.connection);
  const name = String(place?.name);
  return {
    name,
    server: { server: 'postgres', type: 'postgres', host: url.hostname, port: url.port === '' ? 5432 : Number(url.port), database: name },
    tables: rows.map(({ value }) => tableOf(table.parse(value))),
  };
}

async function nothing(rows: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>, label: string, select: string): Promise<UserError> {
  const schemas = (await rows(schemasSql)).map((row) => `${String(row.name)} (${String(row.tables)})`);
  return new UserError(
    'missing',
    `${label}: \`${select}\` names no table that may be read`,
    schemas.length === 0 ? 'The user may read no table there.' : `Name some with --select "<schema>.*". Schemas and their tables: ${schemas.join(', ')}.`,
  );
}

function tableOf({ kind, comment, rows, columns, constraints, ...rest }: z.infer<typeof table>): SqlTable {
  return {
    ...rest,
    kind: kinds[kind],
    ...(comment !== null && { comment }),
    ...(rows >= 0 && kind !== 'v' && { rows }),
    columns: columns.map(({ comment: words, labels, checks: _, ...one }) => ({ ...one, ...(words !== null && { comment: words }), labels: labels ?? [] })),
    constraints: [
      ...constraints.map((one) => ({
        kind: constraintKinds[one.kind],
        name: one.name,
        columns: one.columns ?? [],
        validated: one.validated,
        ...(one.expression !== null && { expression: one.expression }),
        ...(one.to !== null && { to: one.to }),
      })),
      ...columns.flatMap(({ name, checks }) => (checks ?? []).map((check) => ofDomain(name, check))),
    ],
  };
}

/** A domain's check as one of the column: what it calls VALUE is the column there. */
function ofDomain(column: string, { name, definition }: z.infer<typeof domainCheck>): SqlConstraint {
  const [, expression = ''] = /^CHECK \((.*)\)(?: NOT VALID)?$/s.exec(definition) ?? [];
  const called = /^[a-z_][a-z0-9_]*$/.test(column) ? column : quoteName(column);
  return {
    kind: 'check',
    name: `${column}_${name}`,
    columns: [column],
    validated: !definition.endsWith(' NOT VALID'),
    expression: expression.replaceAll(/'(?:[^']|'')*'|\bVALUE\b/g, (part) => (part === 'VALUE' ? called : part)),
  };
}

const readable =
  "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_' and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and has_schema_privilege(n.oid, 'usage') and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select'))";

const schemasSql = `select n.nspname::text as name, count(*)::int4 as tables from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ${readable} group by 1 order by 1`;

const tablesSql = `
  select json_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'comment', obj_description(c.oid, 'pg_class'), 'rows', c.reltuples::float8, 'columns', (
      select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), case when t.typtype = 'd' then t.typtypmod else a.atttypmod end),
        'required', a.attnotnull or t.typnotnull, 'comment', col_description(c.oid, a.attnum),
        'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = a.atttypid),
        'checks', (select json_agg(json_build_object('name', d.conname, 'definition', pg_get_constraintdef(d.oid)) order by d.conname) from pg_catalog.pg_constraint d where d.contypid = a.atttypid and t.typtype = 'd' and d.contype = 'c')) order by a.attnum), '[]')
      from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), 'constraints', (
      select coalesce(json_agg(json_build_object('kind', k.contype, 'name', k.conname, 'validated', k.convalidated,
        'columns', (select json_agg(a.attname order by u.place) from unnest(k.conkey) with ordinality as u(number, place) join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number),
        'expression', case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end,
        'to', case when k.contype = 'f' then (select json_build_object('schema', m.nspname, 'table', r.relname, 'columns', (
            select json_agg(a.attname order by u.place) from unnest(k.confkey) with ordinality as u(number, place) join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number))
          from pg_catalog.pg_class r join pg_catalog.pg_namespace m on m.oid = r.relnamespace where r.oid = k.confrelid) end) order by k.conname), '[]')
      from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f')
    )) as value
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where ${readable} and exists (select 1 from json_array_elements_text($1::json) as wanted(pattern) where n.nspname || '.' || c.relname like wanted.pattern)
  order by n.nspname, c.relname`;
