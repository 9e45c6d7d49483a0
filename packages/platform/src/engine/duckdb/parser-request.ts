import type { TableShape } from '../engine.ts';

export type ParserRequest =
  { readonly kind: 'parse'; readonly sql: string } | { readonly kind: 'plan'; readonly sql: string; readonly tables: readonly TableShape[] };
