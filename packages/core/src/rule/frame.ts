import type { CheckContext } from './check-context.ts';
import type { Dialect, Field } from './dialect.ts';
import { duckdb } from './duckdb-dialect.ts';

/** What planning a rule looks at. */
export interface Frame {
  readonly columns: readonly Field[];
  readonly dialect: Dialect;
  readonly context: CheckContext;
}

export function frameOf(columns: readonly Field[], context: CheckContext): Frame {
  return { columns, dialect: context.dialect ?? duckdb, context };
}
