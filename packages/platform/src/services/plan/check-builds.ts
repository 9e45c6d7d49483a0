import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { type ServedTable, servedTables, tableFinder, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { BuildStatement } from '@hanse/core/product/build.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Engine } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { inBatches } from '../in-batches.ts';
import { shapeOf } from '../lineage/build-uses.ts';
import { recipeOf } from '../product/find-statement.ts';
import { explainRefusal } from '../product/statement-refusal.ts';

type Needs = Pick<Engine, 'parse' | 'boundPlan'>;

/** What can be said of the builds' SQL without data: it passes the gate, binds to its inputs' contracts and gives what is promised. */
export async function checkBuilds(engine: Needs, after: Mesh, isDue: (table: ServedTable, sql: string) => boolean): Promise<readonly Finding[]> {
  const tables = servedTables(after);
  const known: KnownTables = { tables, find: tableFinder(tables) };
  const due = tables.flatMap((table) => {
    const { statement } = recipeOf(table, after.builds.get(table.product.id));
    return statement === undefined || !isDue(table, statement.sql) ? [] : [{ table, statement }];
  });
  return (await inBatches(due, AT_ONCE, (checked) => checkStatement(engine, known, checked))).flat();
}

const AT_ONCE = 32;

interface KnownTables {
  readonly tables: readonly ServedTable[];
  readonly find: ReturnType<typeof tableFinder>;
}

interface Checked {
  readonly table: ServedTable;
  readonly statement: BuildStatement;
}

async function checkStatement(engine: Needs, { tables, find }: KnownTables, checked: Checked): Promise<readonly Finding[]> {
  const parsed = await orRefusal(engine.parse(checked.statement.sql));
  if (parsed instanceof UserError) return [report(checked, parsed)];
  const inputs = parsed.tables.filter(({ schema }) => schema !== 'source').map((name) => ({ name, found: find(name)[0] }));
  const missing = inputs.find(({ found }) => found === undefined)?.name;
  if (missing !== undefined) return [{ ...report(checked, unknownTable(tables, missing)), severity: 'warning' }];
  if (inputs.length < parsed.tables.length) return [];
  const plan = await orRefusal(
    engine.boundPlan(
      checked.statement.sql,
      inputs.map(({ name, found }) => shapeOf(name, found)),
    ),
  );
  // A reader of a changing table is the change's business: it does not keep others from being applied.
  if (plan instanceof UserError) return [{ ...report(checked, plan, parsed.sql), severity: 'warning' }];
  return lacking(
    checked,
    plan.columns.map(({ name }) => name),
  );
}

async function orRefusal<Value>(work: Promise<Value>): Promise<Value | UserError> {
  return work.catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
}

function unknownTable(tables: readonly ServedTable[], { schema, name }: TableName): UserError {
  const asked = schema === '' ? name : `${schema}.${name}`;
  const known = tables.map((table) => `${table.domain}.${table.name}`);
  return new UserError(
    'missing',
    `there is no table ${asked}`,
    didYouMean(asked, known, 'A table is named domain.object; a source of build.yaml is source.<name>.'),
  );
}

function lacking(checked: Checked, given: readonly string[]): readonly Finding[] {
  const absent = checked.table.object.properties.filter(({ name, calculated }) => calculated === undefined && !given.includes(name)).map(({ name }) => name);
  if (absent.length === 0) return [];
  const hint = didYouMean(absent[0] ?? '', given, `It gives ${given.join(', ')}.`);
  const refusal = new UserError('invalid', `the SELECT gives no column ${absent.join(', ')}, which the contract promises`, hint);
  return [{ ...report(checked, refusal), severity: 'warning' }];
}

function report({ table, statement }: Checked, refusal: UserError, printed?: string): Finding {
  const { place, what, hint } = explainRefusal({ ...statement, ...(printed !== undefined && { printed }) }, refusal);
  const at = { file: statement.path, ...(place ?? { line: 1, column: 1 }) };
  return { code: 'build.sql', severity: 'error', ref: tableRef(table), at, message: what, ...(hint !== undefined && { hint }) };
}
