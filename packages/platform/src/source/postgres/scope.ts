import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Reach } from '../../check/place.ts';
import { UserError } from '../../error.ts';
import type { PostgresTable } from './describe-table.ts';
import type { PostgresSession } from './session.ts';

export interface Scope {
  /** What statements read instead of the table. */
  readonly relation: string;
  /** What that is, where it is not everything. */
  readonly part?: string;
}

/** The part of the table that is to be read; a `UserError` where there is none of that kind. */
export async function scopeOf(session: PostgresSession, table: PostgresTable, reach: Reach): Promise<Scope> {
  switch (reach.kind) {
    case 'full':
    case 'metadata':
      return { relation: table.relation };
    case 'sample':
      return sampleOf(session, table, reach);
    case 'lastPartition':
      return table.kind === 'p' ? lastPartition(session, table) : lastValue(session, table, reach.column);
    default:
      return reach satisfies never;
  }
}

function sampleOf({ label }: PostgresSession, table: PostgresTable, { percent, seed }: Reach & { kind: 'sample' }): Scope {
  if (table.kind === 'v' || table.kind === 'f')
    throw new UserError(
      'invalid',
      `${label}: ${table.table} is a ${table.kind === 'v' ? 'view' : 'foreign table'}, of which PostgreSQL takes no sample`,
      'Judge the whole of it, or the table it shows.',
    );
  if (!(percent > 0 && percent <= 100)) throw new UserError('invalid', `a sample of ${percent} percent`, 'Name a share above 0 and at most 100.');
  return { relation: table.over(`${table.table} TABLESAMPLE SYSTEM (${percent}) REPEATABLE (${seed})`), part: `in a sample of about ${percent} percent` };
}

async function lastPartition(session: PostgresSession, table: PostgresTable): Promise<Scope> {
  const [key] = await session.rows(keySql, [table.oid]);
  if (key?.strategy === 'h')
    throw new UserError(
      'invalid',
      `${session.label}: ${table.table} is partitioned by hash, so none of its partitions is the last`,
      'Judge the whole of it, or a sample.',
    );
  if (key === undefined || typeof key.type !== 'string')
    throw new UserError(
      'invalid',
      `${session.label}: ${table.table} is partitioned by an expression, so its last partition is not known`,
      'Judge the whole of it, or a sample.',
    );
  const partitions = await session.rows(partitionsSql(key.type), [table.oid]);
  for (const { name } of partitions) {
    const [filled] = await session.rows(`SELECT FROM ${String(name)} LIMIT 1`);
    if (filled !== undefined) return { relation: table.over(String(name)), part: `in the partition ${String(name)}` };
  }
  throw new UserError('invalid', `${session.label}: no partition of ${table.table} has a row`, 'Judge the whole of it.');
}

async function lastValue(session: PostgresSession, table: PostgresTable, column: string | undefined): Promise<Scope> {
  if (column === undefined || !table.columns.some(({ name }) => name === column)) {
    throw new UserError(
      'invalid',
      `${session.label}: ${table.table} has no partitions${column === undefined ? '' : ` and no column ${column}`}`,
      'Mark the property it is partitioned by with `partitioned: true`, or judge the whole of it.',
    );
  }
  const [last] = await session.rows(`SELECT max(${quoteName(column)})::text AS value FROM ${table.table}`);
  const value = last?.value;
  if (typeof value !== 'string') throw new UserError('invalid', `${session.label}: ${table.table} has no row with a ${column}`, 'Judge the whole of it.');
  const where = `${quoteName(column)} = ${quoteText(value)}`;
  return { relation: table.over(`(SELECT * FROM ${table.table} WHERE ${where}) AS last`), part: `where ${column} is ${value}` };
}

const keySql = `
  select p.partstrat::text as strategy, format_type(a.atttypid, null) as type
  from pg_catalog.pg_partitioned_table p left join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  where p.partrelid = $1::oid`;

/** From the newest: by the lower end of a range, or the greatest value of a list, of the first column of the key. The default partition is none of them. */
function partitionsSql(type: string): string {
  return `
    select name from (
      select format('%I.%I', n.nspname, c.relname) as name, (
        select max(bound[1]::${type}) from regexp_matches(
          (regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES (?:FROM|IN) \\((.*?)\\)(?: TO |$)'))[1], '''((?:[^'']|'''')*)''|([-0-9.]+)', 'g') with ordinality as m(parts, place),
          lateral (select array[coalesce(parts[1], parts[2])]) as b(bound)
        where m.place = 1 or pg_get_expr(c.relpartbound, c.oid) like 'FOR VALUES IN%') as lower
      from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where i.inhparent = $1::oid and c.relpartbound is not null
    ) as partitions where lower is not null order by lower desc`;
}
