import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { findTables, type ServedTable, type TableName } from '@hanse/core/mesh/served-table.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import { contractColumns } from '@hanse/core/table/contract-columns.ts';
import type { Engine, TableShape } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { recipeOf } from '../product/find-statement.ts';

/** One build's use of one table, by its SQL. */
export interface BuildUse {
  readonly by: ServedTable;
  readonly reads: ServedTable;
  readonly path: string;
  /** Columns read, by name; undefined where they cannot be told. */
  readonly columns: readonly string[] | undefined;
}

export interface UseQuestion {
  /** The builds to look at, and the tables that they make. */
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
  /** The tables as readers know them: where a build binds to these no more but to `tables`, it was rewritten for them. */
  readonly known: readonly ServedTable[];
}

/** What every build reads, from its bound plan: a statement that binds neither to the tables of now nor to those to come is unknown. */
export async function buildUses(engine: Pick<Engine, 'parse' | 'boundPlan'>, question: UseQuestion): Promise<readonly BuildUse[]> {
  const uses = await Promise.all(question.tables.map((table) => usesOf(engine, question, table)));
  return uses.flat();
}

async function usesOf(engine: Pick<Engine, 'parse' | 'boundPlan'>, question: UseQuestion, by: ServedTable): Promise<readonly BuildUse[]> {
  const { statement } = recipeOf(by, question.mesh.builds.get(by.product.id));
  if (statement === undefined) return [];
  const names = await tablesOf(engine, statement.sql);
  if (names === undefined) return [];
  const inputs = names.filter(({ schema }) => schema !== 'source');
  const used = (await bind(engine, statement.sql, inputs, question.known)) ?? (await bindsTo(engine, statement.sql, inputs, question.tables));
  return inputs.flatMap((name) =>
    readVersions(question, by, name).map((reads) => ({ by, reads, path: statement.path, columns: names.length > inputs.length && used === undefined ? undefined : used?.(name) })),
  );
}

type Used = (name: TableName) => readonly string[];

async function tablesOf(engine: Pick<Engine, 'parse'>, sql: string): Promise<readonly TableName[] | undefined> {
  try {
    return (await engine.parse(sql)).tables;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The major that an agreement of the product opens, else the newest. */
function readVersions({ mesh, known }: UseQuestion, by: ServedTable, name: TableName): readonly ServedTable[] {
  const majors = findTables(known, name);
  const agreed = [...mesh.agreements.values()].filter((one) => one.status === 'active' && one.consumer.domain === by.domain && (one.consumer.kind === 'domain' || (one.consumer.kind === 'product' && one.consumer.productId === by.product.id)));
  const opened = majors.filter((table) => agreed.some(({ provider }) => provider.productId === table.product.id && provider.port === table.port.name && provider.major === table.major));
  return opened.length > 0 ? opened : majors.slice(0, 1);
}

async function bind(engine: Pick<Engine, 'boundPlan'>, sql: string, names: readonly TableName[], tables: readonly ServedTable[]): Promise<Used | undefined> {
  const shapes = names.flatMap((name) => shapeOf(name, findTables(tables, name)[0]));
  try {
    const lineage = columnLineage(await engine.boundPlan(sql, shapes));
    if (lineage.kind === 'unknown') return undefined;
    const all = [...lineage.outputs.flatMap(({ sources }) => sources), ...lineage.uses];
    return ({ schema, name }) => [...new Set(all.filter((source) => source.schema === schema && source.table === name).map(({ column }) => column))];
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A build already written for the tables to come loses nothing by them. */
async function bindsTo(engine: Pick<Engine, 'boundPlan'>, sql: string, names: readonly TableName[], tables: readonly ServedTable[]): Promise<Used | undefined> {
  return (await bind(engine, sql, names, tables)) === undefined ? undefined : () => [];
}

function shapeOf({ schema, name }: TableName, table: ServedTable | undefined): readonly TableShape[] {
  if (table === undefined) return [];
  return [{ schema, name, columns: assignFieldIds(noColumns, contractColumns(table.object).columns).columns }];
}
