import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import { objectsOf, textOf } from '../gate/tree.ts';
import { giveUp, numberKey, type PlanWalk } from './plan-walk.ts';
import { noSources, type Sources, unite } from './source-column.ts';

/**
 * Where the parts of each kind of bound expression are. Lambdas are bound apart: what they capture is among the
 * function's children, and their own references count their own arguments, so they are not looked into.
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  BOUND_CONSTANT: [],
  BOUND_FUNCTION: ['children'],
  BOUND_BETWEEN: ['input', 'lower', 'upper'],
  BOUND_AGGREGATE: ['children', 'filter', 'order_bys'],
  BOUND_WINDOW: ['children', 'partitions', 'orders', 'filters', 'start_expr', 'end_expr', 'offset_expr', 'default_expr', 'arg_orders'],
  BOUND_CAST: ['child'],
  BOUND_CASE: ['case_checks', 'else_expr'],
  BOUND_COMPARISON: ['left', 'right'],
  BOUND_CONJUNCTION: ['children'],
  BOUND_OPERATOR: ['children'],
  BOUND_UNNEST: ['child'],
};

/** Parts that are no expressions but hold some. */
const holders: readonly string[] = ['orders', 'expression', 'when_expr', 'then_expr'];

/** The source columns that bound expressions are computed from; `input` are the columns their references count. */
export function expressionSources(walk: PlanWalk, value: JsonValue | undefined, input: readonly Sources[]): Sources {
  if (value === null || value === undefined) return noSources;
  if (Array.isArray(value)) return unite(listOf(value).map((item) => expressionSources(walk, item, input)));
  if (!isObject(value)) return noSources;
  const kind = textOf(value.expression_class);
  if (kind === '') return unite(holders.map((key) => expressionSources(walk, value[key], input)));
  if (kind === 'BOUND_REF') return input[Number(value.index)] ?? lost(walk, 'a reference past its input');
  if (kind === 'BOUND_COLUMN_REF') return numberedColumn(walk, value);
  const keys = Object.hasOwn(parts, kind) ? parts[kind] : undefined;
  if (keys === undefined) return lost(walk, `expression ${kind}`);
  return unite(keys.map((key) => expressionSources(walk, value[key], input)));
}

/** The sources of each of a list of expressions. */
export function eachSources(walk: PlanWalk, list: JsonValue | undefined, input: readonly Sources[]): readonly Sources[] {
  return objectsOf(list).map((expression) => expressionSources(walk, expression, input));
}

/** Below a function that reads a table, DuckDB 1.5 leaves references as numbers of operator and column. */
function numberedColumn(walk: PlanWalk, { binding }: JsonObject): Sources {
  if (!isObject(binding)) return lost(walk, 'a reference without a binding');
  const outputs = walk.numbered.get(numberKey(binding.table_index));
  return outputs?.[Number(binding.column_index)] ?? lost(walk, 'a reference to something unknown');
}

function lost(walk: PlanWalk, reason: string): Sources {
  giveUp(walk, reason);
  return noSources;
}
