import type { Acceptance } from '../change/judge-change.ts';

export const LOCK_FILE = 'consumers.lock.yaml';

/** Who uses the tables of a repository, as a mesh knew it at one log number. */
export interface ConsumersLock {
  readonly mesh: string;
  readonly asOf: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** What consumers said yes to. */
  readonly accepted?: readonly Acceptance[];
  /** By table id. A table that is not here is not covered: nobody can tell who uses it. */
  readonly tables: Readonly<Record<string, LockedTable>>;
}

export interface LockedTable {
  /** As SQL names it, for people. */
  readonly table: string;
  readonly consumers: readonly LockedConsumer[];
}

export interface LockedConsumer {
  /** As people name it: `marketing/campaigns`, `mia`, `marketing`. */
  readonly consumer: string;
  readonly agreement?: string;
  readonly role?: string;
  readonly noticeDays?: number;
  /** Columns used, by name; undefined where they cannot be known. */
  readonly columns: readonly string[] | undefined;
  readonly evidence: string;
  /** The day of the last use on record. */
  readonly lastSeen?: string;
}
