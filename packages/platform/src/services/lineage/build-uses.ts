import { covers } from '@hanse/core/access/covers.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import { columnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { isAbout, type ServedTable, tableFinder } from '@hanse/core/mesh/served-table.ts';
import type { BuildStatement } from '@hanse/core/product/build.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import { contractColumns } from '@hanse/core/table/contract-columns.ts';
import type { Engine, TableShape } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { inBatches } from '../in-batches.ts';
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
  /** Whose readers are asked for; a statement that names none of them is not looked at. */
  readonly read: readonly ServedTable[];
  /** The tables as readers know them: where a build binds to these no more but to `tables`, it was rewritten for them. */
  readonly known: readonly ServedTable[];
}

/** What every build reads, from its bound plan: a statement that binds neither to the tables of now nor to those to come is unknown. */
export async function buildUses(engine: Pick<Engine, 'parse' | 'boundPlan'>, question: UseQuestion): Promise<readonly BuildUse[]> {
  const active = [...question.mesh.agreements.values()].filter(({ status }) => status === 'active');
  const indexed: Indexed = {
    ...question,
    find: tableFinder(question.known),
    byId: new Map(question.tables.map((table) => [table.id, table])),
    held: Map.groupBy(active, ({ consumer }) => consumer.domain),
  };
  const asked = new Set(question.read.map(({ id }) => id));
  const mayRead = namesOneOf(question.read);
  const uses = await inBatches(question.tables, AT_ONCE, async (table) => {
    const { statement } = recipeOf(table, question.mesh.builds.get(table.product.id));
    return statement === undefined || !mayRead(statement.sql) ? [] : usesOf(engine, indexed, { by: table, statement });
  });
  return uses.flat().filter(({ reads }) => asked.has(reads.id));
}

/** Statements that are thought about together, and columns of each. */
const AT_ONCE = 8;

/** True for statements that may name one of these tables: SQL has no way to write a name but with its letters. */
export function namesOneOf(tables: readonly ServedTable[]): (sql: string) => boolean {
  const names = [...new Set(tables.map(({ name }) => name.toLowerCase()))];
  const known = new Set(names);
  const isPlain = names.every((name) => /^\w+$/.test(name));
  // Of many tables each word is looked up; of a name with other characters the text is searched.
  return (sql) => {
    const text = sql.toLowerCase();
    if (!isPlain) return names.some((name) => text.includes(name));
    return [...text.matchAll(/\w+/g)].some(([word]) => known.has(word) || known.has(word.replace(/__v\d+$/, '')));
  };
}

interface Indexed extends UseQuestion {
  readonly find: ReturnType<typeof tableFinder>;
  readonly byId: ReadonlyMap<string, ServedTable>;
  /** Active agreements by the consumer's domain. */
  readonly held: ReadonlyMap<string, readonly Agreement[]>;
}

interface Reading {
  readonly by: ServedTable;
  readonly statement: BuildStatement;
}

async function usesOf(engine: Pick<Engine, 'parse' | 'boundPlan'>, question: Indexed, { by, statement }: Reading): Promise<readonly BuildUse[]> {
  const names = await tablesOf(engine, statement.sql);
  const inputs = (names ?? [])
    .filter(({ schema }) => schema !== 'source')
    .flatMap((name) => readVersions(question, by, name).map((reads) => ({ name, reads })));
  const shapes = inputs.map(({ name, reads }) => shapeOf(name, reads));
  const used = await bind(engine, statement.sql, shapes);
  const next = inputs.map(({ name, reads }) => shapeOf(name, question.byId.get(reads.id)));
  const isRewritten = used === undefined && (await bind(engine, statement.sql, next)) !== undefined;
  return Promise.all(
    inputs.map(async ({ name, reads }, index) => {
      const columns = isRewritten ? [] : used?.(name);
      const named = columns === undefined || isRewritten ? [] : await namedColumns(engine, statement.sql, { shapes, next, index });
      return { by, reads, path: statement.path, columns: columns === undefined ? undefined : [...new Set([...columns, ...named])] };
    }),
  );
}

interface Bindings {
  readonly shapes: readonly TableShape[];
  /** The same tables as they will be. */
  readonly next: readonly TableShape[];
  readonly index: number;
}

/** Columns that go and without which the statement does not bind: some are named without deciding anything, as in `* exclude (x)`. */
async function namedColumns(engine: Pick<Engine, 'boundPlan'>, sql: string, { shapes, next, index }: Bindings): Promise<readonly string[]> {
  const stays = new Set(next[index]?.columns.map(({ name }) => name));
  const going = (shapes[index]?.columns ?? []).filter(({ name }) => !stays.has(name));
  const named = await inBatches(going, AT_ONCE, async (column) => {
    const without = shapes.map((shape, at) => (at === index ? { ...shape, columns: shape.columns.filter((one) => one !== column) } : shape));
    return (await bind(engine, sql, without)) === undefined ? [column.name] : [];
  });
  return named.flat();
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
function readVersions({ mesh, find, held }: Indexed, by: ServedTable, name: TableName): readonly ServedTable[] {
  const majors = find(name);
  const agreed = (held.get(by.domain) ?? []).filter(({ consumer }) => covers(mesh, consumer, { kind: 'product', productId: by.product.id, domain: by.domain }));
  const opened = majors.filter((table) => agreed.some((agreement) => isAbout(agreement, table)));
  return opened.length > 0 ? opened : majors.slice(0, 1);
}

/** What a statement reads of each table; undefined where it does not bind, or its plan does not tell. */
async function bind(engine: Pick<Engine, 'boundPlan'>, sql: string, shapes: readonly TableShape[]): Promise<Used | undefined> {
  try {
    const lineage = columnLineage(await engine.boundPlan(sql, shapes));
    if (lineage.kind === 'unknown') return undefined;
    return ({ schema, name }) => [...new Set(lineage.reads.filter((source) => source.schema === schema && source.table === name).map(({ column }) => column))];
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export function shapeOf({ schema, name }: TableName, table: ServedTable | undefined): TableShape {
  return { schema, name, columns: table === undefined ? [] : assignFieldIds(noColumns, contractColumns(table.object).columns).columns };
}
