const DAY_MS = 86_400_000;

/** How long things are kept that nothing published needs. */
export const retention = {
  /** Snapshots of a table: the newest `least` always, older ones for `days`, never more than `most`. */
  snapshots: { least: 100, days: 30, most: 1_000 },
  /** Runs of a table: the newest `least` always, older ones for `days`. */
  runs: { least: 20, days: 90 },
  /** Incidents after they are closed. */
  incidents: { days: 90 },
  /** Files that nothing needs: before they are marked, and again before they are removed. */
  graceHours: 24,
  /** Files marked at a time: what is remembered of them stays small. */
  marks: 10_000,
} as const;

/** The time so many days before another; both ISO 8601 in UTC. */
export function daysBefore(now: string, days: number): string {
  return new Date(Date.parse(now) - days * DAY_MS).toISOString();
}
