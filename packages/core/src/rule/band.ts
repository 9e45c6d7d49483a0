/** A measured value of a version that was published. */
export interface PastValue {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly value: number;
}

export interface Band {
  readonly low: number;
  readonly high: number;
  readonly median: number;
  /** What it was made of, for people: `8 Mondays`. */
  readonly of: string;
}

/** Fewer say nothing about what is usual. */
export const leastVersions = 5;
const weekdays = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays'];
/** Makes the median absolute deviation of normal values their standard deviation. */
const normal = 1.4826;

/**
 * Where a value usually lies: the median and so many robust deviations around it (median absolute deviation), which single
 * outliers do not move. A deviation is at least one hundredth of the median, `least` where that is more, so that what never changed may
 * change a little. Where there are enough versions of the same weekday, only those count. Undefined for too few versions.
 */
export function usualBand(
  past: readonly PastValue[],
  now: string,
  { deviations, least }: { readonly deviations: number; readonly least: number },
): Band | undefined {
  const day = weekdayOf(now);
  const same = past.filter(({ at }) => weekdayOf(at) === day);
  const seasonal = same.length >= leastVersions && same.length < past.length;
  const values = (seasonal ? same : past).map(({ value }) => value).filter((value) => Number.isFinite(value));
  if (values.length < leastVersions) return undefined;
  const median = medianOf(values);
  const spread = Math.max(normal * medianOf(values.map((value) => Math.abs(value - median))), Math.abs(median) / 100, least);
  return {
    low: median - deviations * spread,
    high: median + deviations * spread,
    median,
    of: `${values.length} ${seasonal ? (weekdays[day] ?? '') : 'versions'}`,
  };
}

function weekdayOf(at: string): number {
  return new Date(at).getUTCDay();
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
}
