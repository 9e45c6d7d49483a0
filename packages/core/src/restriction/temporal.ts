const DATE = '(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})';
const TIME = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:\\.(?<fraction>[0-9]{1,6}))?)?';
const date = new RegExp(`^${DATE}$`);
const time = new RegExp(`^${TIME}$`);
const timestamp = new RegExp(`^${DATE}(?:[T ]${TIME})?$`);
const timestamptz = new RegExp(`^${DATE}[T ]${TIME}(?:Z|(?<sign>[+-])(?<offsetHour>[0-9]{2})(?::?(?<offsetMinute>[0-9]{2}))?)$`);

type Groups = Readonly<Record<string, string | undefined>>;

/** `2026-01-31` as it is; undefined where no such day is. */
export function dateText(text: string): string | undefined {
  const groups = date.exec(text)?.groups;
  return groups !== undefined && dayExists(groups) ? text : undefined;
}

/** `07:30` as `07:30:00`; undefined where no such time is. */
export function timeText(text: string): string | undefined {
  const groups = time.exec(text)?.groups;
  return groups !== undefined && timeExists(groups) ? `${clockText(groups)}` : undefined;
}

/** `2026-01-31T07:30` as `2026-01-31 07:30:00`; a day alone means its start. A zone is refused. */
export function timestampText(text: string): string | undefined {
  const groups = timestamp.exec(text)?.groups;
  if (groups === undefined || !dayExists(groups) || !timeExists(groups)) return undefined;
  return `${text.slice(0, 10)} ${clockText(groups)}`;
}

/** `2026-01-31T07:30:00+01:00` as `2026-01-31 06:30:00+00`. Without a zone it would mean another instant in each place: refused. */
export function timestamptzText(text: string): string | undefined {
  const groups = timestamptz.exec(text)?.groups;
  if (groups === undefined || !dayExists(groups) || !timeExists(groups)) return undefined;
  const offset = Number(`${groups.sign ?? '+'}1`) * (number(groups.offsetHour) * 60 + number(groups.offsetMinute));
  if (Math.abs(offset) > 14 * 60 || number(groups.offsetMinute) > 59) return undefined;
  const utc = new Date(utcMs(groups) - offset * 60_000).toISOString();
  return utc.length === 24 ? `${utc.slice(0, 10)} ${utc.slice(11, 19)}${fractionText(groups)}+00` : undefined;
}

function dayExists(groups: Groups): boolean {
  const found = new Date(utcMs({ ...groups, hour: '0', minute: '0', second: '0' }));
  return groups.year !== '0000' && found.getUTCMonth() + 1 === number(groups.month) && found.getUTCDate() === number(groups.day);
}

function timeExists(groups: Groups): boolean {
  return number(groups.hour) < 24 && number(groups.minute) < 60 && number(groups.second) < 60;
}

function utcMs(groups: Groups): number {
  const day = new Date(0);
  day.setUTCFullYear(number(groups.year), number(groups.month) - 1, number(groups.day));
  return day.setUTCHours(number(groups.hour), number(groups.minute), number(groups.second));
}

function clockText(groups: Groups): string {
  return `${groups.hour ?? '00'}:${groups.minute ?? '00'}:${groups.second ?? '00'}${fractionText(groups)}`;
}

/** DuckDB shows no zeros at the end of a fraction. */
function fractionText(groups: Groups): string {
  const digits = (groups.fraction ?? '').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function number(digits: string | undefined): number {
  return Number(digits ?? '0');
}
