const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z)?$/;

/** A date, or a time in UTC, with milliseconds; a date alone stands for its first or its last moment. Undefined for anything else. */
export function utcTime(written: string, edge: 'start' | 'end'): string | undefined {
  const [, date, time, fraction = ''] = TIME.exec(written) ?? [];
  if (date === undefined) return undefined;
  const whole = edge === 'start' ? '00:00:00.000' : '23:59:59.999';
  const result = `${date}T${time === undefined ? whole : `${time}.${fraction.padEnd(3, '0').slice(0, 3)}`}Z`;
  const parsed = new Date(result);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString() !== result ? undefined : result;
}
