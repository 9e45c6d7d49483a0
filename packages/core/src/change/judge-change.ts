import type { Change } from './compare-contracts.ts';

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
}

export type Verdict = 'breaks' | 'safe' | 'unknown';

/** What a change means to one consumer, with the evidence. */
export interface Effect {
  readonly consumer: string;
  readonly verdict: Verdict;
  readonly change: Change;
  readonly evidence: string;
  readonly agreement?: string;
  readonly noticeDays?: number;
}

/** Judges one change for one consumer: `unknown` where the use is, never `safe` by guess. */
export function judgeChange(change: Change, usage: Usage): Effect {
  return {
    consumer: usage.consumer,
    verdict: verdictOf(change, usage),
    change,
    evidence: usage.evidence,
    ...(usage.agreement !== undefined && { agreement: usage.agreement }),
    ...(usage.noticeDays !== undefined && { noticeDays: usage.noticeDays }),
  };
}

function verdictOf(change: Change, usage: Usage): Verdict {
  if (!change.breaking) return 'safe';
  if (change.role !== undefined) return change.role === usage.role ? 'breaks' : 'safe';
  // Whoever was given the table, or counts its rows, uses no column and loses it all the same.
  if (change.column === undefined) return 'breaks';
  if (usage.columns === undefined) return 'unknown';
  const top = change.column.split('.')[0];
  return usage.columns.some((column) => column.toLowerCase() === top?.toLowerCase()) ? 'breaks' : 'safe';
}
