/** A length of time. Months differ in length, so they are kept apart. */
export interface Duration {
  readonly months: number;
  readonly ms: number;
}

const second = 1000;
const day = 86_400 * second;

/** As ODCS, SodaCL and people write them. `m` is a minute, as in every tool that measures freshness. */
const units: readonly (readonly [RegExp, Duration])[] = [
  [/^s(ec(ond)?s?)?$/, { months: 0, ms: second }],
  [/^m(in(ute)?s?)?$/, { months: 0, ms: 60 * second }],
  [/^h((ou)?rs?)?$/, { months: 0, ms: 3600 * second }],
  [/^d(ays?)?$/, { months: 0, ms: day }],
  [/^w(k|eeks?)?$/, { months: 0, ms: 7 * day }],
  [/^mo(n(ths?)?)?$/, { months: 1, ms: 0 }],
  [/^q(uarters?)?$/, { months: 3, ms: 0 }],
  [/^y((ea)?rs?)?$/, { months: 12, ms: 0 }],
];
const iso = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `4` with the unit `d`, `6h30m`, `2 days` or ISO 8601's `P1DT12H`; undefined for what is no length of time. */
export function parseDuration(value: unknown, unit?: string): Duration | undefined {
  if (typeof value === 'number') return unit === undefined ? undefined : times(value, unit);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return unit === undefined ? undefined : times(Number(text), unit);
  return isoDuration(text) ?? sum(text);
}

function sum(text: string): Duration | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  const each = parts.map(([, amount, unit = '']) => times(Number(amount), unit));
  return each.reduce((all, one) => all && one && { months: all.months + one.months, ms: all.ms + one.ms });
}

function times(amount: number, unit: string): Duration | undefined {
  const one = units.find(([name]) => name.test(unit.trim().toLowerCase()))?.[1];
  const whole = one !== undefined && (one.months === 0 || Number.isInteger(amount * one.months));
  return whole && Number.isFinite(amount) && amount >= 0 ? { months: one.months * amount, ms: one.ms * amount } : undefined;
}

function isoDuration(text: string): Duration | undefined {
  const match = iso.exec(text);
  if (match === null || /^P$|T$/.test(text)) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return { months: years * 12 + months, ms: (weeks * 7 + days) * day + (hours * 3600 + minutes * 60 + seconds) * second };
}

/** The moment so long before another, in milliseconds since 1970. A day that the month lacks is its last. */
export function before(at: number, { months, ms }: Duration): number {
  if (months === 0) return at - ms;
  const then = new Date(at);
  const first = Date.UTC(then.getUTCFullYear(), then.getUTCMonth() - months, 1);
  const days = new Date(Date.UTC(new Date(first).getUTCFullYear(), new Date(first).getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(then.getUTCDate(), days) - 1) * day + (at - Date.UTC(then.getUTCFullYear(), then.getUTCMonth(), then.getUTCDate())) - ms;
}

const shown: readonly (readonly [string, number])[] = [
  ['d', day],
  ['h', 3600 * second],
  ['min', 60 * second],
  ['s', second],
];

/** `1 d 12 h`, at most two parts; months as such. */
export function formatDuration({ months, ms }: Duration): string {
  const parts = months === 0 ? [] : [months % 12 === 0 ? `${months / 12} y` : `${months} mo`];
  let rest = ms;
  for (const [name, length] of shown) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}
