import type { CheckContext } from './check-context.ts';
import { before, type Duration, formatDuration } from './duration.ts';

export interface SettledVerdict {
  readonly status: 'pass' | 'violated' | 'error' | 'skip';
  readonly found: string;
}

const unknownTime: SettledVerdict = { status: 'error', found: 'the time of the check is not known' };
const minute = 60_000;
const day = 1440 * minute;

/** How old a moment is, in seconds since 1970, against what is allowed. */
export function ageVerdict(seconds: number | string | undefined, limit: Duration, { now }: CheckContext): SettledVerdict {
  if (now === undefined) return unknownTime;
  if (typeof seconds === 'string') return { status: 'error', found: seconds };
  if (seconds === undefined) return { status: 'violated', found: 'there is no value' };
  const at = Date.parse(now);
  const then = seconds * 1000;
  const found = then > at ? `it is ${moment(then)}, in the future` : `it is ${moment(then)}, ${formatDuration({ months: 0, ms: at - then })} ago`;
  return { status: then >= before(at, limit) ? 'pass' : 'violated', found };
}

/** How long ago the table was published, against what is allowed. */
export function publishedVerdict(limit: Duration, context: CheckContext): SettledVerdict {
  const last = context.published?.at(-1);
  if (last === undefined)
    return { status: 'skip', found: 'only words: it names no column that says how old a row is, and here nothing says when it was published' };
  return ageVerdict(Date.parse(last) / 1000, limit, context);
}

/** Whether the last publication lies no longer ago than an update may take. A tenth more is let pass: no clock strikes twice alike. */
export function frequencyVerdict({ every }: { readonly every: Duration }, { now, published }: CheckContext): SettledVerdict {
  if (now === undefined) return unknownTime;
  const at = Date.parse(now);
  const last = published?.map((one) => Date.parse(one)).findLast((one) => one < at);
  if (last === undefined)
    return { status: 'skip', found: published === undefined ? 'only words: here nothing says when it was published' : 'nothing was published before' };
  const span = at - before(at, every);
  return { status: at - last <= span * 1.1 ? 'pass' : 'violated', found: `the last was ${formatDuration({ months: 0, ms: at - last })} ago, ${moment(last)}` };
}

/** Whether a version was published on the day of the check before the hour that is promised. */
export function readyVerdict({ minute: due, offset }: { readonly minute: number; readonly offset: number }, { now, published }: CheckContext): SettledVerdict {
  if (now === undefined) return unknownTime;
  if (published === undefined) return { status: 'skip', found: 'only words: here nothing says when it was published' };
  const at = Date.parse(now);
  const midnight = Math.floor((at + offset * minute) / day) * day - offset * minute;
  const dueAt = midnight + due * minute;
  const first = published.map((one) => Date.parse(one)).find((one) => one >= midnight && one <= at);
  if (first !== undefined && first <= dueAt) return { status: 'pass', found: `it was published ${moment(first)}` };
  if (at <= dueAt) return { status: 'pass', found: `it is due at ${moment(dueAt)}` };
  return {
    status: 'violated',
    found:
      first === undefined ? `nothing was published that day; it was due at ${moment(dueAt)}` : `it was published ${moment(first)}, and due at ${moment(dueAt)}`,
  };
}

/** To the second, UTC. */
function moment(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? `${new Date(at).toISOString().slice(0, 19)}Z` : 'beyond all time';
}
