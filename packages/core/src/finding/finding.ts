import type { FindingCode } from './codes.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Where in a file: lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A result a person can act on: what happened, where, and what to do. Never an exception. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The thing it speaks of, as a ref or a document's key. */
  readonly ref?: string;
  readonly at?: Position;
  readonly message: string;
  readonly hint?: string;
}

export function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}

export function formatPosition(at: Position): string {
  return `${at.file}:${at.line}:${at.column}`;
}
