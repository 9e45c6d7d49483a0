import { type Change, changeKey } from './change.ts';

/** What is known of one consumer's use of one table. */
export interface Usage {
  /** As people name it: `marketing/campaigns`, `mia`, `marketing`. */
  readonly consumer: string;
  readonly agreement?: string;
  readonly role?: string;
  readonly noticeDays?: number;
  /** Columns used, by name; undefined where they cannot be known. */
  readonly columns: readonly string[] | undefined;
  /** Where that is known from, for people: `marketing/campaigns/reach.sql`, `12 reads since 2026-01-01`. */
  readonly evidence: string;
  /** When the use was last seen, ISO 8601 in UTC; absent where the documents that are compared say it. */
  readonly seenAt?: string;
  /** True where nobody can tell whether there is such a consumer, or how it reads now: whatever breaks readers is unknown. */
  readonly presumed?: true;
  /** Changes that the consumer has said yes to, of the contract as it now is. */
  readonly accepted?: readonly Acceptance[];
}

/** A consumer's yes to one change of what an agreement gives, on record. */
export interface Acceptance {
  readonly agreement: string;
  /** As `changeKey` names it. */
  readonly change: string;
  /** The contract's version that it was said of: it says nothing of a later one. */
  readonly version: string;
  readonly by: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason: string;
}

export type Verdict = 'breaks' | 'safe' | 'unknown' | 'accepted';

/** What a change means to one consumer, with the evidence. */
export interface Effect {
  readonly verdict: Verdict;
  readonly change: Change;
  readonly usage: Usage;
  readonly accepted?: Acceptance;
}

/** Judges one change for one consumer: `unknown` where the use is, never `safe` by guess. */
export function judgeChange(change: Change, usage: Usage): Effect {
  const verdict = verdictOf(change, usage);
  const key = changeKey(change);
  const accepted = verdict === 'safe' ? undefined : usage.accepted?.find((one) => one.change === key);
  return accepted === undefined ? { verdict, change, usage } : { verdict: 'accepted', change, usage, accepted };
}

function verdictOf(change: Change, usage: Usage): Verdict {
  if (!change.readers) return 'safe';
  if (usage.presumed === true) return 'unknown';
  if (change.role !== undefined) return change.role === usage.role ? 'breaks' : 'safe';
  // Whoever was given the table, or counts its rows, uses no column and loses it all the same.
  if (change.column === undefined) return 'breaks';
  if (usage.columns === undefined) return 'unknown';
  const top = change.column.split('.')[0];
  return usage.columns.some((column) => column.toLowerCase() === top?.toLowerCase()) ? 'breaks' : 'safe';
}
