import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import { otherTable, resolve } from '@hanse/core/rule/plan-relationship.ts';
import type { Path, Rule } from '@hanse/core/rule/rule.ts';
import { z } from 'zod';
import type { PostgresTable } from './describe-table.ts';
import type { PostgresSession } from './session.ts';

const foreignKey = z.object({ name: z.string(), to: z.string(), pairs: z.array(z.object({ own: z.string(), theirs: z.string() })) });

export type ForeignKey = z.infer<typeof foreignKey>;

/** The validated foreign keys that hold for all rows which a read of the table sees. */
export async function foreignKeys(session: PostgresSession, { oid }: PostgresTable): Promise<readonly ForeignKey[]> {
  const rows = await session.rows(keysSql, [oid]);
  return rows.map(({ value }) => foreignKey.parse(value));
}

/** The one over the very columns of a relationship: with a null among them neither asks. */
export function provingKey(keys: readonly ForeignKey[], { test }: Rule, context: CheckContext): ForeignKey | undefined {
  if (test.kind !== 'relationship') return undefined;
  const other = otherTable(test.to.relation, context);
  if ('error' in other) return undefined;
  const wanted = test.columns.map((path, index) => JSON.stringify([columnOf(path), columnOf(resolve(test.to.columns[index] ?? [], other))])).toSorted();
  return keys.find(({ to, pairs }) => {
    const isThere = other.relation === to || other.relation.includes(` FROM ${to}) AS `);
    return (
      isThere &&
      pairs
        .map(({ own, theirs }) => JSON.stringify([own, theirs]))
        .toSorted()
        .join() === wanted.join()
    );
  });
}

function columnOf([step, ...more]: Path): string | undefined {
  return step?.kind === 'field' && more.length === 0 ? step.name : undefined;
}

const keysSql = `
  select json_build_object('name', c.conname, 'to', '"' || replace(n.nspname, '"', '""') || '"."' || replace(r.relname, '"', '""') || '"', 'pairs', (
    select json_agg(json_build_object('own', o.attname, 'theirs', t.attname))
    from unnest(c.conkey, c.confkey) as k(own, theirs)
    join pg_catalog.pg_attribute o on o.attrelid = c.conrelid and o.attnum = k.own join pg_catalog.pg_attribute t on t.attrelid = c.confrelid and t.attnum = k.theirs)) as value
  from pg_catalog.pg_constraint c join pg_catalog.pg_class r on r.oid = c.confrelid join pg_catalog.pg_namespace n on n.oid = r.relnamespace join pg_catalog.pg_class own on own.oid = c.conrelid
  where c.conrelid = $1::oid and c.contype = 'f' and c.convalidated
    and (own.relkind = 'p' or not exists (select from pg_catalog.pg_inherits where inhparent = own.oid))`;
