import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf } from '../document/json.ts';
import { objectsOf, textOf } from '../gate/tree.ts';
import { eachSources, expressionSources } from './expression-sources.ts';
import { addUses, giveUp, type PlanWalk } from './plan-walk.ts';
import { noSources, type Sources, unite } from './source-column.ts';

type Visit = (walk: PlanWalk, node: JsonValue | undefined) => readonly Sources[];

/** What a join gives of its sides, by its type. */
const shown: Readonly<Record<string, 'both' | 'left' | 'right' | 'mark'>> = {
  INNER: 'both',
  LEFT: 'both',
  RIGHT: 'both',
  FULL: 'both',
  SINGLE: 'both',
  SEMI: 'left',
  ANTI: 'left',
  RIGHT_SEMI: 'right',
  RIGHT_ANTI: 'right',
  MARK: 'mark',
};

/** The outputs of a join. A correlated one hands columns of its left side down to its right. */
export function joinOutputs(walk: PlanWalk, node: JsonObject, visit: Visit): readonly Sources[] {
  const type = textOf(node.join_type);
  const shows = Object.hasOwn(shown, type) ? shown[type] : undefined;
  if (shows === undefined || (node.delim_flipped ?? false) !== false) return giveUp(walk, `join ${type}`);
  const [leftNode, rightNode] = listOf(node.children);
  const left = visit(walk, leftNode);
  const correlated = node.type === 'LOGICAL_DELIM_JOIN';
  if (correlated) walk.handedDown.push(eachSources(walk, node.duplicate_eliminated_columns, left));
  const right = visit(walk, rightNode);
  if (correlated) walk.handedDown.pop();
  const condition = conditionSources(walk, node, left, right);
  addUses(walk, [condition]);
  const maps = listOf(node.left_projection_map).length + listOf(node.right_projection_map).length;
  if (maps > 0) return giveUp(walk, 'a join with projection maps');
  return shows === 'both' ? [...left, ...right] : shows === 'mark' ? [...left, condition] : shows === 'left' ? left : right;
}

function conditionSources(walk: PlanWalk, node: JsonObject, left: readonly Sources[], right: readonly Sources[]): Sources {
  const both = [...left, ...right];
  const compared = objectsOf(node.conditions).flatMap((one) => [expressionSources(walk, one.left, left), expressionSources(walk, one.right, right)]);
  const other = [node.condition, node.predicate].map((one) => expressionSources(walk, one, both));
  return compared.length === 0 && other.every(({ size }) => size === 0) ? noSources : unite([...compared, ...other]);
}
