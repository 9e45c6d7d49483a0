const DAY = 86_400_000_000n;
const date = /^(\d{4,})-(\d\d)-(\d\d)( \(BC\))?$/;
const time = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;
const timestamp = /^(\d{4,}-\d\d-\d\d(?: \(BC\))?)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** Days since 1970-01-01 of `2024-02-29` or `0045-01-01 (BC)`; undefined where the text is no date. */
export function parseDate(text: string): bigint | undefined {
  const [, year, month, day, bc] = date.exec(text) ?? [];
  if (year === undefined) return undefined;
  return BigInt(daysFromCivil(bc === undefined ? Number(year) : 1 - Number(year), Number(month), Number(day)));
}

/** Microseconds since midnight of `12:34:56.789`. */
export function parseMicros(text: string): bigint | undefined {
  const [, hours, minutes, seconds, fraction = ''] = time.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Microseconds since 1970-01-01 in UTC of `2024-01-01 00:00:00.5`, with an offset or without. */
export function parseTimestamp(text: string): bigint | undefined {
  const [, dayText = '', timeText = '', sign, hours = '0', minutes = '0'] = timestamp.exec(text) ?? [];
  const day = parseDate(dayText);
  const micros = parseMicros(timeText);
  if (day === undefined || micros === undefined) return undefined;
  const offset = BigInt((Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60)) * 1_000_000n;
  return day * DAY + micros - offset;
}

export function formatDate(days: bigint): string {
  const { year, month, day } = civilFromDays(Number(days));
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return `${shown}-${two(month)}-${two(day)}${year > 0 ? '' : ' (BC)'}`;
}

export function formatMicros(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n);
  const fraction = (micros % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

export function formatTimestamp(micros: bigint): string {
  const inDay = ((micros % DAY) + DAY) % DAY;
  return `${formatDate((micros - inDay) / DAY)} ${formatMicros(inDay)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

// The engine's dates reach far beyond those of JavaScript's Date, so the proleptic Gregorian calendar is counted here:
// years begin in March, eras have 400 years.
const ERA_DAYS = 146_097;
const EPOCH = 719_468;

function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH;
}

function civilFromDays(days: number) {
  const shifted = days + EPOCH;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
