import type { SchemaObject } from '../contract/contract.ts';
import type { Dialect, Field } from './dialect.ts';

/** What a verdict depends on beside the table itself. */
export interface CheckContext {
  /** The SQL of the place where the table lies; DuckDB's where absent. */
  readonly dialect?: Dialect;
  /** The moment of the check; ISO 8601 in UTC. */
  readonly now?: string;
  /** When versions were published, the latest last, with the one that is checked if it is about to be; ISO 8601 in UTC. */
  readonly published?: readonly string[];
  /** What rules measured in versions that were published, the latest last; absent where nothing is published. */
  readonly past?: readonly PastValues[];
  /** The version before. */
  readonly before?: ReadableTable;
  /** Rules that are not due, by id: what they said when they were. */
  readonly standing?: ReadonlyMap<string, StandingVerdict>;
  /** Tables that rules refer to, by the names that `otherTables` gives. */
  readonly others?: ReadonlyMap<string, OtherTable>;
}

/** A table beside the checked one, or why it cannot be read and what to do about it. */
export type OtherTable = ReadableTable | { readonly error: string };

export interface ReadableTable {
  /** Quoted and qualified. */
  readonly relation: string;
  readonly columns: readonly Field[];
  /** Its contract's object, where a rule may name its properties by id. */
  readonly object?: SchemaObject;
}

export interface PastValues {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** By rule id. */
  readonly values: Readonly<Record<string, number>>;
}

export interface StandingVerdict {
  readonly at: string;
  readonly status: 'pass' | 'violated' | 'error' | 'skip';
  readonly found: string;
}
