import type { JsonValue } from '../document/document.ts';

export interface SourceColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

export type ColumnLineage =
  | { readonly kind: 'known'; readonly outputs: readonly { readonly name: string; readonly sources: readonly SourceColumn[] }[]; readonly uses: readonly SourceColumn[] }
  | { readonly kind: 'unknown'; readonly reason: string };

export function columnLineage(_plan: JsonValue): ColumnLineage {
  return { kind: 'unknown', reason: 'not here yet' };
}
