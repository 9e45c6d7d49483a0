import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ReadRecord } from '../../store/store.ts';
import type { OpenedSlice } from './open-slice.ts';

interface AskedStatement {
  readonly sql: string;
  readonly owner: string;
}

/** Which columns of each table a statement reads, by property id; all of them where that cannot be told. */
export async function columnsRead(
  engine: Pick<Engine, 'boundPlan'>,
  { sql, owner }: AskedStatement,
  opened: readonly OpenedSlice[],
): Promise<ReadRecord['tables']> {
  const used = await usedColumns(engine, { sql, owner }, opened);
  return opened.map(({ granted, provenance, relation }) => ({
    table: granted.table.id,
    snapshot: provenance.snapshot,
    agreement: provenance.agreement,
    role: provenance.role,
    columns: (used?.(granted.name) ?? (relation.columns ?? []).map(({ name }) => name)).map(
      (name) => granted.table.object.properties.find((property) => property.name === name)?.id ?? name,
    ),
  }));
}

type UsedColumns = (table: TableName) => readonly string[];

async function usedColumns(
  engine: Pick<Engine, 'boundPlan'>,
  { sql, owner }: AskedStatement,
  opened: readonly OpenedSlice[],
): Promise<UsedColumns | undefined> {
  const shapes = opened.map(({ relation }) => ({ schema: relation.schema, name: relation.name, columns: relation.columns ?? [] }));
  const lineage = columnLineage(await engine.boundPlan(sql, shapes, owner));
  if (lineage.kind === 'unknown') return undefined;
  const sources = [...lineage.outputs.flatMap((output) => output.sources), ...lineage.uses];
  return ({ schema, name }) => [...new Set(sources.filter((source) => source.schema === schema && source.table === name).map((source) => source.column))];
}
