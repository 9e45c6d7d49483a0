import type { TableName } from '../sql/table-name.ts';

/** Why a statement is not run. `at`: byte offset in its text, where the engine says. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: 'statement' | 'denied';
  readonly what: string;
  readonly hint: string;
  readonly at?: number;
}

export interface Pass {
  readonly kind: 'passed';
  /** In the order they are first named, each once; common table expressions are not among them. */
  readonly tables: readonly TableName[];
}

export type Verdict = Pass | Refusal;
