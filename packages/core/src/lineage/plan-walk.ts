import type { JsonValue } from '../document/document.ts';
import type { SourceColumn, Sources } from './source-column.ts';

/** What is gathered on the way through one plan. */
export interface PlanWalk {
  /** Columns that decide which rows there are, in what order, or how they are grouped. */
  readonly uses: Set<SourceColumn>;
  /** Every column that a table is read for, used further up or not. */
  readonly reads: Set<SourceColumn>;
  readonly sources: Map<string, SourceColumn>;
  /** Outputs of what has a number in the plan: tables, projections, common table expressions. */
  readonly numbered: Map<string, readonly Sources[]>;
  /** The columns that the enclosing correlated joins hand down, innermost last. */
  readonly handedDown: (readonly Sources[])[];
  /** The first thing that was not understood. */
  unknown: string | undefined;
}

export function startWalk(): PlanWalk {
  return { uses: new Set(), reads: new Set(), sources: new Map(), numbered: new Map(), handedDown: [], unknown: undefined };
}

/** Notes that the plan is not understood; what comes after no longer matters. */
export function giveUp(walk: PlanWalk, reason: string): readonly Sources[] {
  walk.unknown ??= reason;
  return [];
}

export function addUses(walk: PlanWalk, sets: Iterable<Sources>): void {
  for (const set of sets) for (const source of set) walk.uses.add(source);
}

/** The one object that stands for a column in this plan. */
export function sourceOf(walk: PlanWalk, schema: string, table: string, column: string): SourceColumn {
  const key = JSON.stringify([schema, table, column]);
  const source = walk.sources.get(key) ?? { schema, table, column };
  walk.sources.set(key, source);
  return source;
}

export function numberKey(number: JsonValue | undefined): string {
  return String(number);
}
