import type { Relation, ResultFormat, Statement, WriteTarget } from '../engine.ts';

/** What a worker holds, for good: it is never given other relations. */
export interface Holding {
  readonly relations: readonly Relation[];
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly memoryBytes: number;
  readonly tempBytes: number;
  readonly threads: number;
}

/** `stream` is answered once its first rows are there. */
export type SessionRequest =
  | { readonly kind: 'open'; readonly holding: Holding; readonly tempFolder: string }
  | { readonly kind: 'parse'; readonly sql: string }
  | { readonly kind: 'describe'; readonly statement: Statement }
  | { readonly kind: 'rows'; readonly statement: Statement; readonly progress: boolean }
  | {
      readonly kind: 'stream';
      readonly statement: Statement;
      readonly format: Exclude<ResultFormat, 'parquet'>;
      readonly maxRows?: number;
    }
  | { readonly kind: 'export'; readonly statement: Statement; readonly path: string; readonly maxRows?: number }
  | {
      readonly kind: 'write';
      readonly statement: Statement;
      readonly target: WriteTarget;
      readonly progress: boolean;
    };
