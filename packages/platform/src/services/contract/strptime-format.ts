/** Letters of a date format (JDK DateTimeFormatter, as ODCS writes `format`) and what strptime calls them. */
const letters: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  uuuu: '%Y',
  yy: '%y',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSSSSS: '%f',
  SSS: '%g',
  a: '%p',
  EEEE: '%A',
  EEE: '%a',
  xxx: '%z',
  XXX: '%z',
  Z: '%z',
};

/** A date format of ODCS as strptime has it; undefined for ISO 8601, which needs none, and for letters that are not known. */
export function strptimeFormat(format: string): string | undefined {
  if (/^(?:yyyy|uuuu)-MM-dd(?:(?:'T'|T| )HH:mm\S*)?$/.test(format) || format.startsWith('HH:mm')) return undefined;
  const parts = [...format.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']/g)].map(([all, quoted, run]) => {
    if (run !== undefined) return letters[run];
    return (quoted === undefined ? all : quoted === '' ? "'" : quoted.replaceAll("''", "'")).replaceAll('%', '%%');
  });
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}
