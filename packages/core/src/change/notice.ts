const DAY_MS = 86_400_000;

/** The first day on which a change may take effect that was announced at a moment, with so many days' notice; a day in UTC. */
export function noticeEnd(announced: string, noticeDays: number): string {
  const start = Date.parse(`${announced.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(start) ? announced.slice(0, 10) : new Date(start + noticeDays * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one moment to another; 0 where the other came first. */
export function daysBetween(from: string, to: string): number {
  const days = Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return Number.isNaN(days) ? 0 : Math.max(0, days);
}
