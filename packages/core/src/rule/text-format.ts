import { quoteText } from '../sql/quote.ts';

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `${octet}(?:\\.${octet}){3}`;
const hex = '[0-9A-Fa-f]{1,4}';
const ipv6 = [
  `(?:${hex}:){7}${hex}`,
  `(?:${hex}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(?:${hex}:){1,${7 - after}}(?::${hex}){1,${after}}`),
  `:(?:(?::${hex}){1,7}|:)`,
  `(?:${hex}:){6}${ipv4}`,
  `::(?:[Ff]{4}(?::0{1,4})?:)?${ipv4}`,
  `(?:${hex}:){1,4}:${ipv4}`,
].join('|');
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const date = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})';

/** The text formats that are judged, as RE2 expressions for the whole text. */
const expressions: Readonly<Record<string, string>> = {
  /** As HTML's `<input type=email>`, and with a dot in its domain. */
  email: `[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${label}(?:\\.${label})+`,
  uuid: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  /** RFC 3986: a scheme, and no character that must be escaped. */
  uri: '[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+',
  /** RFC 1123; its limit of 253 characters is left to maxLength. */
  hostname: `${label}(?:\\.${label})*`,
  ipv4,
  ipv6,
  /** RFC 3339, section 5.6: `full-date`, `full-time`, `date-time`. */
  date,
  time,
  'date-time': `${date}[Tt ]${time}`,
  /** RFC 4648, section 4. */
  byte: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?',
};

/** `date`, only of days that there are. */
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const existingDate = `(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}-02-29)`;

/** The expression for the whole text, days that do not exist left out; undefined where the format is not one that is judged. */
export function textFormatPattern(format: string): string | undefined {
  if (format === 'date') return existingDate;
  if (format === 'date-time') return `${existingDate}[Tt ]${time}`;
  return Object.hasOwn(expressions, format) ? expressions[format] : undefined;
}

/** What is true of a text that does not have the format; undefined where the format is not one that is judged. */
export function textFormatViolation(format: string, expression: string): string | undefined {
  const shape = Object.hasOwn(expressions, format) ? expressions[format] : undefined;
  if (shape === undefined) return undefined;
  const mismatch = `NOT regexp_full_match(${expression}, ${quoteText(shape)})`;
  const onADay = format === 'date' || format === 'date-time';
  return onADay ? `(${mismatch} OR (${expression} IS NOT NULL AND TRY_CAST(left(${expression}, 10) AS DATE) IS NULL))` : mismatch;
}
