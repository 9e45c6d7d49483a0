import { Cron } from 'croner';
import type { PastValues, StandingVerdict } from '@hanse/core/rule/check-context.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';

/** What the checks of published versions leave for those of later ones. */
export interface PastChecks {
  /** Measured values, the latest version last. */
  readonly history?: readonly PastValues[];
  /** Rules with a schedule, by id: what they said when they were judged last. */
  readonly judged?: Readonly<Record<string, StandingVerdict>>;
}

/** As many versions as a rule may look back, and some. */
const versionsKept = 200;

/** Rules with a schedule whose time has not come since they were judged. A schedule that is no cron expression is always due. */
export function notDue(rules: readonly Rule[], { judged = {} }: PastChecks, now: string): ReadonlyMap<string, StandingVerdict> {
  return new Map(
    rules.flatMap(({ id, schedule }): readonly (readonly [string, StandingVerdict])[] => {
      const last = Object.hasOwn(judged, id) ? judged[id] : undefined;
      return schedule !== undefined && last !== undefined && nextAfter(schedule, last.at) > Date.parse(now) ? [[id, last]] : [];
    }),
  );
}

function nextAfter(schedule: string, at: string): number {
  try {
    return new Cron(schedule, { timezone: 'UTC' }).nextRun(at)?.getTime() ?? Infinity;
  } catch {
    // Whatever croner does not read: the standard lets a schedule be any text.
    return 0;
  }
}

/** What is remembered once these checks are published. */
export function rememberChecks(
  past: PastChecks,
  checks: readonly Check[],
  { now, standing }: { readonly now: string; readonly standing: ReadonlyMap<string, StandingVerdict> },
): PastChecks {
  const values = Object.fromEntries(checks.flatMap(({ rule, value }) => (typeof value === 'number' && Number.isFinite(value) ? [[rule.id, value]] : [])));
  const judged = checks.flatMap(({ rule, status, found }): readonly (readonly [string, StandingVerdict])[] => {
    if (rule.schedule === undefined) return [];
    return [[rule.id, standing.get(rule.id) ?? { at: now, status: status === 'fail' || status === 'warn' ? 'violated' : status, found }]];
  });
  return { history: [...(past.history ?? []), { at: now, values }].slice(-versionsKept), ...(judged.length > 0 && { judged: Object.fromEntries(judged) }) };
}
