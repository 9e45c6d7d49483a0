import type { Timing } from './rounds.ts';

/** How much is done: `quick` only shows that a benchmark still runs. */
export interface Scale {
  readonly quick: boolean;
  readonly rounds: number;
  /** Where inputs that are made once are kept. */
  readonly cache: string;
  /** An empty folder of this run, removed after it. */
  readonly work: string;
}

export interface Goal {
  readonly text: string;
  readonly found: number;
  readonly atMost: number;
}

/** Contenders that did the same work, and what was wished of it. */
export interface Case {
  readonly name: string;
  readonly timings: readonly Timing[];
  /** The contender that ratios are to. */
  readonly limit?: string;
  readonly goals: readonly Goal[];
  readonly notes?: readonly string[];
  /** For the JSON alone. */
  readonly details?: unknown;
}

export interface Benchmark {
  readonly name: string;
  /** What is measured and what is in it, in a sentence or two. */
  readonly about: string;
  readonly run: (scale: Scale) => Promise<readonly Case[]>;
}

export function medianOf(timings: readonly Timing[], name: string): number {
  return timings.find((timing) => timing.name === name)?.medianMs ?? NaN;
}

/** The wish that one contender takes at most so many times as long as another. */
export function ratioGoal(timings: readonly Timing[], [ours, limit]: readonly [string, string], atMost: number): Goal {
  return { text: `median of ${ours} at most ${Number(atMost.toPrecision(2))} x ${limit}`, found: medianOf(timings, ours) / medianOf(timings, limit), atMost };
}
