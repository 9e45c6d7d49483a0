import type { TableRename } from '@hanse/core/gate/rename-tables.ts';
import type { TableShape } from '../engine.ts';

export type ParserRequest =
  | { readonly kind: 'parse'; readonly sql: string }
  | { readonly kind: 'rename'; readonly sql: string; readonly renames: readonly TableRename[] }
  | { readonly kind: 'plan'; readonly sql: string; readonly tables: readonly TableShape[] };
