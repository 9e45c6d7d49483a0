const DURATION = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?$/;

/** An ISO 8601 duration of whole days, with 30 to a month and 365 to a year; undefined for anything else. */
export function durationDays(written: string): number | undefined {
  const match = DURATION.exec(written);
  if (match === null || written === 'P') return undefined;
  const [years, months, weeks, days] = match.slice(1).map((part) => Number(part ?? 0));
  return (years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (days ?? 0);
}
