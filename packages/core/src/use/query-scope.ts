import { either, type Has, type Source } from './query-source.ts';
import { fold } from './syntax.ts';

export interface Offered {
  /** Its alias, else its name's parts; none where it can only be named by its columns. */
  readonly alias: readonly string[];
  readonly source: Source;
}

/** What names can mean at one place of a statement, innermost first. */
export interface Scope {
  readonly offered: Offered[];
  /** CTEs by folded name. */
  readonly ctes: ReadonlyMap<string, Source>;
  /** Names that a lambda binds. */
  readonly bound: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

export function scopeIn(outer: Scope | undefined, ctes: ReadonlyMap<string, Source> = outer?.ctes ?? new Map()): Scope {
  return { offered: [], ctes, bound: new Set(), outer };
}

/**
 * Marks what a written name may mean: `[column]`, `[alias, column]`, `[schema, table, column]`, each with fields behind. Where a name can
 * mean several things all are marked, so nothing that is used is missed.
 */
export function useName(scope: Scope, path: readonly string[]): Has {
  const [first = ''] = path;
  if (path.length > 1) {
    const found = useQualified(scope, path);
    if (found === true) return true;
  }
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.bound.has(fold(first))) return true;
    const found = either(at.offered.map(({ source }) => source.use(first)));
    const rows = path.length === 1 ? at.offered.filter(({ alias }) => fold(alias.at(-1) ?? '') === fold(first)) : [];
    // A row as a whole: `to_json(t)`. A column of that name comes first where there certainly is one.
    if (found !== true) for (const { source } of rows) source.useAll();
    if (found === true || rows.length > 0) return true;
  }
  return undefined;
}

function useQualified(scope: Scope, path: readonly string[]): Has {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = at.offered.flatMap(({ alias, source }) => {
      const depth = prefixLength(alias, path);
      const column = path[depth];
      return depth === 0 || column === undefined ? [] : [source.use(column)];
    });
    // An alias hides the same one further out, whether or not the column is there.
    if (found.length > 0) return either(found) === false ? undefined : true;
  }
  return undefined;
}

/** How many parts of a written name are the name of a source, whose first parts may be left out. */
function prefixLength(alias: readonly string[], path: readonly string[]): number {
  const lengths = alias.map((_, index) => alias.length - index);
  return lengths.find((length) => length < path.length && alias.slice(-length).every((part, index) => fold(part) === fold(path[index] ?? ''))) ?? 0;
}

/** The source that an alias names. */
export function sourceNamed(scope: Scope, alias: string): Source | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = at.offered.find((one) => fold(one.alias.at(-1) ?? '') === fold(alias));
    if (found !== undefined) return found.source;
  }
  return undefined;
}
