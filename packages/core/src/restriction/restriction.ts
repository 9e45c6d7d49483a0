export type Literal = string | number | boolean;

/**
 * What a role does to a row, one row at a time, so that it can be applied to one data file. `C` names a
 * column: by property name as the contract writes it (string), or by Iceberg field id once bound to a table (number).
 * The vocabulary is that of the Iceberg REST catalog's `read-restrictions`.
 */
export interface Restriction<C = number> {
  readonly columns: readonly ColumnRestriction<C>[];
  readonly rows?: Predicate<C>;
}

export interface ColumnRestriction<C> {
  readonly column: C;
  readonly action: ColumnAction;
}

export type ColumnAction =
  | { readonly kind: 'drop' }
  | { readonly kind: 'null' }
  | { readonly kind: 'fixed'; readonly value: Literal }
  | { readonly kind: 'show-last'; readonly count: number }
  | { readonly kind: 'truncate-date'; readonly unit: 'day' | 'month' | 'quarter' | 'year' }
  | { readonly kind: 'keyed-hash' };

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Predicate<C> =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Predicate<C>[] }
  | { readonly kind: 'not'; readonly of: Predicate<C> }
  | { readonly kind: 'compare'; readonly column: C; readonly operator: CompareOperator; readonly value: Literal }
  | { readonly kind: 'in'; readonly column: C; readonly values: readonly Literal[] }
  | { readonly kind: 'starts-with'; readonly column: C; readonly value: string }
  | { readonly kind: 'is-null'; readonly column: C };

/** True where the restriction leaves the table as it is: its slices are the data files themselves. */
export function isUnrestricted(restriction: Restriction<unknown>): boolean {
  return restriction.columns.length === 0 && restriction.rows === undefined;
}
