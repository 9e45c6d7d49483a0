import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import { mapObjects, objectsOf, without } from './tree.ts';

/**
 * The tree without what printing may change and meaning does not: places in the text, the sub-select that printing VALUES
 * adds, and the order in which grouping sets number their expressions.
 */
export function comparableTree(tree: JsonValue): string {
  return JSON.stringify(mapObjects(tree, (object) => settle(without(object, 'query_location'))));
}

function settle(node: JsonObject): JsonValue {
  if (node.type === 'SELECT_NODE') return { ...node, group_expressions: [], group_sets: groupingSets(node) };
  if (node.type === 'SUBQUERY' && node.class === undefined) return wrappedValues(node) ?? node;
  return node;
}

function groupingSets(node: JsonObject): JsonValue {
  const expressions = listOf(node.group_expressions).map((expression) => JSON.stringify(expression));
  return listOf(node.group_sets).map((set) =>
    listOf(set)
      .map((index) => expressions[Number(index)] ?? '')
      .toSorted(),
  );
}

function wrappedValues(node: JsonObject): JsonObject | undefined {
  const inner = isObject(node.subquery) ? node.subquery.node : undefined;
  if (node.sample !== null || listOf(node.column_name_alias).length > 0 || !isObject(inner)) return undefined;
  const { select_list, from_table, ...rest } = inner;
  const star = objectsOf(select_list)[0];
  if (!isObject(from_table) || from_table.type !== 'EXPRESSION_LIST' || from_table.alias !== node.alias) return undefined;
  const plain = listOf(select_list).length === 1 && JSON.stringify(star) === bareStar && JSON.stringify(rest) === bareSelect;
  return plain ? from_table : undefined;
}

const bareStar = JSON.stringify({
  class: 'STAR',
  type: 'STAR',
  alias: '',
  relation_name: '',
  exclude_list: [],
  replace_list: [],
  columns: false,
  expr: null,
  qualified_exclude_list: [],
  rename_list: [],
});

const bareSelect = JSON.stringify({
  type: 'SELECT_NODE',
  modifiers: [],
  cte_map: { map: [] },
  where_clause: null,
  group_expressions: [],
  group_sets: [],
  aggregate_handling: 'STANDARD_HANDLING',
  having: null,
  sample: null,
  qualify: null,
});
