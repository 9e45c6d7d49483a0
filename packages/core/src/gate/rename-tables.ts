import type { JsonObject, JsonValue } from '../document/document.ts';
import { itemsOf, mapObjects, textOf } from './tree.ts';
import type { TableName } from './verdict.ts';

export interface TableRename {
  readonly from: TableName;
  readonly to: TableName;
}

/**
 * A checked tree with tables read under other names: each keeps the name it was written with as its alias, so that columns
 * are found as before. Common table expressions of the same name are left alone: those never have a schema.
 */
export function renameTables(tree: JsonValue, renames: readonly TableRename[]): JsonValue {
  const byName = new Map(renames.map(({ from, to }) => [keyOf(from.schema, from.name), to]));
  return mapObjects(tree, (node) => {
    if (node.type === 'BASE_TABLE') return renameTable(node, byName.get(keyOf(textOf(node.schema_name), textOf(node.table_name))));
    if (node.type === 'COLUMN_REF') return shortenColumn(node, byName);
    return node;
  });
}

function renameTable(node: JsonObject, to: TableName | undefined): JsonObject {
  if (to === undefined) return node;
  const alias = textOf(node.alias) === '' ? textOf(node.table_name) : textOf(node.alias);
  return { ...node, schema_name: to.schema, table_name: to.name, alias };
}

/** `finance.metrics.amount` is no name of a column once `metrics` is an alias; `metrics.amount` is. */
function shortenColumn(node: JsonObject, renames: ReadonlyMap<string, TableName>): JsonObject {
  const names = itemsOf(node.column_names);
  if (names.length < 3 || !renames.has(keyOf(textOf(names[0]), textOf(names[1])))) return node;
  return { ...node, column_names: names.slice(1) };
}

function keyOf(schema: string, name: string): string {
  return JSON.stringify([schema.toLowerCase(), name.toLowerCase()]);
}
