import { quoteName } from '@hanse/core/sql/quote.ts';
import type { KeyMeasure } from '@hanse/core/rule/measure.ts';
import type { PostgresTable } from './describe-table.ts';
import type { PostgresSession } from './session.ts';

export interface UniqueIndex {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The unique indexes that hold for all rows which a read of the table sees: not those of a parent whose children have rows of their own. */
export async function uniqueIndexes(session: PostgresSession, table: PostgresTable): Promise<readonly UniqueIndex[]> {
  const rows = await session.rows(indexesSql, [table.oid]);
  const names = new Map([...table.attributes].map(([name, number]) => [number, name]));
  return rows.map(({ name, keys }) => ({
    name: String(name),
    columns: String(keys)
      .split(' ')
      .map((number) => names.get(Number(number)) ?? ''),
  }));
}

/** The index that allows no repetition of the key. Its equality may be coarser than ours, never finer; rows with a null are left out by both. */
export function provingIndex(indexes: readonly UniqueIndex[], { columns }: Pick<KeyMeasure, 'columns'>): UniqueIndex | undefined {
  const keys = new Set(columns);
  return indexes.find((index) => index.columns.every((name) => keys.has(quoteName(name))));
}

const indexesSql = `
  select c.relname::text as name, array_to_string(array(select unnest(i.indkey::int2[]) limit i.indnkeyatts), ' ') as keys
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_class t on t.oid = i.indrelid
  where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and (t.relkind = 'p' or not exists (select from pg_catalog.pg_inherits where inhparent = t.oid))`;
