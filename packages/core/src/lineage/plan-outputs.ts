import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import { objectsOf, textOf } from '../gate/tree.ts';
import { eachSources, expressionSources } from './expression-sources.ts';
import { joinOutputs } from './join-outputs.ts';
import { addUses, giveUp, numberKey, type PlanWalk, sourceOf } from './plan-walk.ts';
import { noSources, type Sources, unite } from './source-column.ts';

type Operator = (walk: PlanWalk, node: JsonObject) => readonly Sources[];

/**
 * The sources of each column that an operator of the bound plan gives, in the order in which references above it count
 * them. An operator that is not in the table makes the plan unknown.
 */
export function planOutputs(walk: PlanWalk, value: JsonValue | undefined): readonly Sources[] {
  if (walk.unknown !== undefined) return [];
  if (!isObject(value)) return giveUp(walk, 'an operator is missing');
  const type = textOf(value.type);
  const operator = Object.hasOwn(operators, type) ? operators[type] : undefined;
  if (operator === undefined) return giveUp(walk, `operator ${type}`);
  const outputs = operator(walk, value);
  if (value.table_index !== undefined) walk.numbered.set(numberKey(value.table_index), outputs);
  return outputs;
}

const operators: Readonly<Record<string, Operator>> = {
  LOGICAL_GET: tableOutputs,
  LOGICAL_DUMMY_SCAN: () => [noSources],
  LOGICAL_EXPRESSION_GET: valueOutputs,
  LOGICAL_DELIM_GET: (walk, node) => {
    const columns = walk.handedDown.at(-1);
    return columns?.length === listOf(node.chunk_types).length ? columns : giveUp(walk, 'a correlated column');
  },
  LOGICAL_PROJECTION: (walk, node) => eachSources(walk, node.expressions, onlyChild(walk, node)),
  LOGICAL_FILTER: (walk, node) => {
    const input = onlyChild(walk, node);
    use(walk, node.expressions, input);
    return pick(walk, input, node.projection_map);
  },
  LOGICAL_AGGREGATE_AND_GROUP_BY: aggregateOutputs,
  LOGICAL_WINDOW: (walk, node) => {
    const input = onlyChild(walk, node);
    return [...input, ...eachSources(walk, node.expressions, input)];
  },
  LOGICAL_UNNEST: (walk, node) => {
    const input = onlyChild(walk, node);
    use(walk, node.expressions, input);
    return [...input, ...eachSources(walk, node.expressions, input)];
  },
  LOGICAL_PIVOT: pivotOutputs,
  LOGICAL_DISTINCT: (walk, node) => {
    const input = onlyChild(walk, node);
    use(walk, node.distinct_targets, input);
    use(walk, node.order_by, input);
    return input;
  },
  LOGICAL_ORDER_BY: (walk, node) => {
    const input = onlyChild(walk, node);
    use(walk, node.orders, input);
    return pick(walk, input, node.projections);
  },
  LOGICAL_LIMIT: (walk, node) => {
    const input = onlyChild(walk, node);
    for (const bound of [node.limit_val, node.offset_val]) use(walk, isObject(bound) ? bound.expression : null, input);
    return input;
  },
  LOGICAL_SAMPLE: onlyChild,
  LOGICAL_UNION: (walk, node) => stacked(walk, children(walk, node)),
  LOGICAL_EXCEPT: comparedSets,
  LOGICAL_INTERSECT: comparedSets,
  LOGICAL_MATERIALIZED_CTE: (walk, node) => {
    const [definition, query] = listOf(node.children);
    walk.numbered.set(numberKey(node.table_index), planOutputs(walk, definition));
    return planOutputs(walk, query);
  },
  LOGICAL_RECURSIVE_CTE: recursiveOutputs,
  LOGICAL_CTE_REF: (walk, node) => {
    const outputs = walk.numbered.get(numberKey(node.cte_index));
    const known = outputs?.length === listOf(node.chunk_types).length ? outputs : undefined;
    return known ?? giveUp(walk, 'a common table expression');
  },
  LOGICAL_CROSS_PRODUCT: (walk, node) => children(walk, node).flat(),
  LOGICAL_POSITIONAL_JOIN: (walk, node) => children(walk, node).flat(),
  LOGICAL_COMPARISON_JOIN: (walk, node) => joinOutputs(walk, node, planOutputs),
  LOGICAL_ANY_JOIN: (walk, node) => joinOutputs(walk, node, planOutputs),
  LOGICAL_ASOF_JOIN: (walk, node) => joinOutputs(walk, node, planOutputs),
  LOGICAL_DELIM_JOIN: (walk, node) => joinOutputs(walk, node, planOutputs),
};

/** Functions after FROM that read nothing but their arguments. */
const rowFunctions = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree', 'repeat']);

/** Columns that every table has and no value decides, as its row numbers, count from here. */
const virtualColumns = 2 ** 63;

function children(walk: PlanWalk, node: JsonObject): readonly (readonly Sources[])[] {
  return listOf(node.children).map((child) => planOutputs(walk, child));
}

function onlyChild(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const found = children(walk, node);
  return found.length === 1 ? (found[0] ?? []) : giveUp(walk, `${textOf(node.type)} with ${found.length} inputs`);
}

function use(walk: PlanWalk, expressions: JsonValue | undefined, input: readonly Sources[]): void {
  addUses(walk, [expressionSources(walk, expressions, input)]);
}

function pick(walk: PlanWalk, input: readonly Sources[], map: JsonValue | undefined): readonly Sources[] {
  const chosen = listOf(map);
  if (chosen.length === 0) return input;
  return chosen.map((index) => input[Number(index)] ?? giveUp(walk, 'a projection map')[0] ?? noSources);
}

function tableOutputs(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const names = listOf(node.names).map(textOf);
  const indexes = objectsOf(node.column_indexes).map(({ index }) => Number(index));
  const { function_data: bound } = node;
  if (node.name === 'seq_scan' && isObject(bound)) {
    const outputs = indexes.map((index) => {
      if (index >= virtualColumns) return noSources;
      const source = sourceOf(walk, textOf(bound.schema), textOf(bound.table), names[index] ?? '');
      if (source.column === '') giveUp(walk, 'a column without a name');
      walk.reads.add(source);
      return new Set([source]);
    });
    return pick(walk, outputs, node.projection_ids);
  }
  if (!rowFunctions.has(textOf(node.name))) return giveUp(walk, `table function ${textOf(node.name)}`);
  const input = children(walk, node).flat();
  addUses(walk, input);
  const made = indexes.map(() => unite(input));
  return [...pick(walk, made, node.projection_ids), ...pickAll(walk, input, node.projected_input)];
}

function pickAll(walk: PlanWalk, input: readonly Sources[], map: JsonValue | undefined): readonly Sources[] {
  return listOf(map).length === 0 ? [] : pick(walk, input, map);
}

function valueOutputs(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const input = onlyChild(walk, node);
  const rows = listOf(node.expressions).map((row) => eachSources(walk, row, input));
  return listOf(node.expr_types).map((_, at) => unite(rows.map((row) => row[at] ?? noSources)));
}

function aggregateOutputs(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const input = onlyChild(walk, node);
  const groups = eachSources(walk, node.groups, input);
  addUses(walk, groups);
  const groupings = listOf(node.grouping_functions).map(() => noSources);
  return [...groups, ...eachSources(walk, node.expressions, input), ...groupings];
}

/** Group columns first, then one column for each pivoted value and aggregate, from what is left of the input. */
function pivotOutputs(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const input = onlyChild(walk, node);
  const bound = isObject(node.bound_pivot) ? node.bound_pivot : {};
  const groups = Number(bound.group_count);
  const types = listOf(bound.types).length;
  if (!(groups >= 0 && types >= groups)) return giveUp(walk, 'a pivot');
  const rest = unite(input.slice(groups));
  return Array.from({ length: types }, (_, at) => (at < groups ? (input[at] ?? noSources) : rest));
}

function stacked(walk: PlanWalk, inputs: readonly (readonly Sources[])[]): readonly Sources[] {
  const width = inputs[0]?.length ?? 0;
  if (inputs.some((input) => input.length !== width)) return giveUp(walk, 'a set operation of unequal width');
  return Array.from({ length: width }, (_, at) => unite(inputs.map((input) => input[at] ?? noSources)));
}

function comparedSets(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const inputs = children(walk, node);
  addUses(walk, inputs.flat());
  return stacked(walk, inputs);
}

/** Runs the recurring part until it adds no source: each round adds one at least, so it ends. */
function recursiveOutputs(walk: PlanWalk, node: JsonObject): readonly Sources[] {
  const [start, step] = listOf(node.children);
  const keyed = listOf(node.key_targets).length > 0;
  let outputs = planOutputs(walk, start);
  for (let size = -1; size !== sizeOf(outputs);) {
    size = sizeOf(outputs);
    walk.numbered.set(numberKey(node.table_index), outputs);
    outputs = stacked(walk, [outputs, planOutputs(walk, step)]);
  }
  if (keyed || node.union_all !== true) addUses(walk, outputs);
  return outputs;
}

function sizeOf(outputs: readonly Sources[]): number {
  return outputs.reduce((sum, sources) => sum + sources.size, 0);
}
