import type { JsonValue } from '../document/document.ts';
import { listOf } from '../document/json.ts';
import { planOutputs } from './plan-outputs.ts';
import { startWalk } from './plan-walk.ts';
import type { SourceColumn, Sources } from './source-column.ts';

/** A bound plan, as the engine serialises it, and the columns that the statement gives. */
export interface PlannedStatement {
  readonly plan: JsonValue;
  readonly columns: readonly { readonly name: string }[];
}

/**
 * Which source columns a statement depends on: for each column it gives those it is computed from, and as `uses` those that
 * decide which rows there are, in which groups and order. A column in neither cannot change the result by its values.
 * `reads` has every column that is read at all: one in neither of the others may still be named in the SQL.
 */
export type ColumnLineage =
  | {
      readonly kind: 'known';
      readonly outputs: readonly { readonly name: string; readonly sources: readonly SourceColumn[] }[];
      readonly uses: readonly SourceColumn[];
      readonly reads: readonly SourceColumn[];
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The column lineage of a statement. A plan with a part that is not known is `unknown` as a whole, never safe. */
export function columnLineage({ plan, columns }: PlannedStatement): ColumnLineage {
  const walk = startWalk();
  const [root, ...others] = listOf(plan);
  if (root === undefined) return { kind: 'unknown', reason: 'the statement has no plan before its parameters have values' };
  const outputs = planOutputs(walk, root);
  if (walk.unknown !== undefined) return { kind: 'unknown', reason: `the plan has ${walk.unknown}` };
  if (others.length > 0) return { kind: 'unknown', reason: 'there are several plans' };
  if (outputs.length !== columns.length) return { kind: 'unknown', reason: 'the plan gives other columns than the statement' };
  return {
    kind: 'known',
    outputs: columns.map(({ name }, at) => ({ name, sources: inOrder(outputs[at] ?? new Set()) })),
    uses: inOrder(walk.uses),
    reads: inOrder(walk.reads),
  };
}

function inOrder(sources: Sources): readonly SourceColumn[] {
  return [...sources].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ schema, table, column }: SourceColumn): string {
  return JSON.stringify([schema, table, column]);
}
