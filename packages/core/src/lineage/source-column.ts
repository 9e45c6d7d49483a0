/** A column of a table, as the statement's bound plan names it. */
export interface SourceColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** Source columns that a value is computed from. Equal columns of one plan are the same object. */
export type Sources = ReadonlySet<SourceColumn>;

export const noSources: Sources = new Set();

export function unite(sets: Iterable<Sources>): Sources {
  const all = new Set<SourceColumn>();
  for (const set of sets) for (const source of set) all.add(source);
  return all;
}
