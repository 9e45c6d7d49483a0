import { type ServedTable, statementNames, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Build, BuildStatement } from '@hanse/core/product/build.ts';
import type { BuildObject } from '@hanse/core/product/build-file.ts';

/** How a table is made: its SELECT, if there is one, and its mode. */
export interface TableRecipe {
  readonly object: BuildObject;
  readonly statement?: BuildStatement;
}

export function recipeOf(table: ServedTable, build: Build | undefined): TableRecipe {
  const names = statementNames(table);
  const statement = build?.statements.find(({ object }) => names.includes(object));
  const stated = names.map((name) => build?.file.objects[name]).find((one) => one !== undefined);
  const object: BuildObject = stated ?? { mode: 'full', external: false };
  return { object, ...(statement !== undefined && { statement }) };
}

/** True where a table's contract names a server and nothing here makes it: it stays where it is. */
export function isInPlace({ contract }: ServedTable, { statement, object }: TableRecipe): boolean {
  return contract.servers !== undefined && statement === undefined && !object.external;
}

/** Why a table cannot be built from its folder; undefined where it can. */
export function whyNoBuild(table: ServedTable, recipe: TableRecipe): string | undefined {
  if (recipe.statement !== undefined && !recipe.object.external) return undefined;
  if (recipe.object.external) return `its data is delivered from outside: hanse build ${tableRef(table)} --from <file>`;
  const [server] = table.contract.servers ?? [];
  if (isInPlace(table, recipe) && server !== undefined) return `its data stays in place, on ${server.name} (${server.type}): nothing is built here`;
  return `the product has no ${statementNames(table).join('.sql or ')}.sql`;
}
