import type { EffectAnswer, FindingAnswer, Plan } from '../api/shapes.ts';
import { outcomeOf } from '../plan/plan-outcome.ts';

/** A plan, and what is said beside it. */
export interface PlanReport {
  readonly plan: Plan;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of Hanse. */
  readonly version: string;
}

/** What all changes of one table mean to one consumer. */
export interface ConsumerReport {
  readonly consumer: string;
  readonly table: string | null;
  readonly verdict: EffectAnswer['verdict'];
  /** Those of the verdict first. */
  readonly effects: readonly [EffectAnswer, ...EffectAnswer[]];
}

const WORST = ['breaks', 'unknown', 'accepted', 'safe'] as const satisfies readonly EffectAnswer['verdict'][];

/** Readers, whom it touches most first. */
export function consumersOf(plan: Pick<Plan, 'steps'>): readonly ConsumerReport[] {
  const effects = plan.steps.flatMap((step) => step.effects).filter(({ side }) => side === 'reader');
  const grouped = [...Map.groupBy(effects, ({ consumer, table }) => JSON.stringify([consumer, table])).values()];
  const reports = grouped.flatMap((theirs): ConsumerReport[] => {
    const [first, ...rest] = theirs.toSorted((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
    return first === undefined ? [] : [{ consumer: first.consumer, table: first.table, verdict: first.verdict, effects: [first, ...rest] }];
  });
  return reports.toSorted(
    (a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || compare(a.consumer, b.consumer) || compare(a.table ?? '', b.table ?? ''),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Whom a plan touches, by verdict: each consumer once, by its worst. */
export function countVerdicts(plan: Pick<Plan, 'steps'>): Readonly<Record<EffectAnswer['verdict'], number>> {
  const worst = new Map<string, EffectAnswer['verdict']>();
  for (const { consumer, verdict } of consumersOf(plan)) if (!worst.has(consumer)) worst.set(consumer, verdict);
  const count = (verdict: EffectAnswer['verdict']) => [...worst.values()].filter((each) => each === verdict).length;
  return { breaks: count('breaks'), unknown: count('unknown'), accepted: count('accepted'), safe: count('safe') };
}

/** One line for a heading: what the plan comes to, in plain text. */
export function headline(plan: Plan): string {
  const { breaks, unknown, accepted, safe } = countVerdicts(plan);
  const outcome = outcomeOf(plan);
  if (outcome === 'wrong') return 'The documents have errors: nothing can be applied';
  if (plan.steps.length === 0) return 'Nothing changes';
  const tolerated = outcome === 'clear' ? '; their tables do not block, so nothing is kept back' : '';
  if (breaks > 0) return `This change breaks ${consumers(breaks)}${unknown > 0 ? ` and may break ${unknown} more` : ''}${tolerated}`;
  if (unknown > 0) return `Nobody can tell whether this change breaks ${consumers(unknown)}${tolerated}`;
  if (accepted > 0) return `This change breaks ${consumers(accepted)}, who accepted it`;
  return safe > 0 ? `This change is safe for ${safe === 1 ? 'its consumer' : `all ${safe} consumers`}` : 'This change touches no consumer';
}

function consumers(count: number): string {
  return count === 1 ? '1 consumer' : `${count} consumers`;
}

/** A consumer's verdict at its place, for formats that are lists of findings. */
export interface PlacedEffect {
  readonly effect: EffectAnswer;
  readonly message: string;
  /** Of the change, else of the document. */
  readonly at: FindingAnswer['at'];
}

/** What keeps a plan back or is on record, each effect with the place of its change. */
export function placedEffects({ steps }: Pick<Plan, 'steps'>): readonly PlacedEffect[] {
  return steps.flatMap((step) =>
    step.effects.map((effect) => {
      const change = step.changes.find(({ kind, message }) => kind === effect.kind && message === effect.change);
      const at = change?.at ?? (step.path === null ? undefined : { file: step.path, line: 1, column: 1 });
      return { effect, at, message: sentence(effect, step.ref) };
    }),
  );
}

function sentence({ consumer, side, verdict, change, evidence, noticeEnds, toDo, accepted, agreement }: EffectAnswer, ref: string): string {
  if (side === 'writer') return `${ref}: ${change}; ${consumer} writes it (${evidence}). ${toDo}`;
  const told = { breaks: `breaks ${consumer}`, unknown: `may break ${consumer}`, accepted: `${consumer} has accepted it`, safe: `safe for ${consumer}` }[
    verdict
  ];
  const by = accepted === null ? '' : ` By ${accepted.by} on ${accepted.at.slice(0, 10)}${accepted.reason === '' ? '' : `: ${accepted.reason}`}.`;
  const notice = noticeEnds === null || verdict === 'safe' ? '' : ` Notice under ${agreement} runs until ${noticeEnds}.`;
  return `${ref}: ${change}: ${told} (${evidence}).${by}${notice}${verdict === 'safe' ? '' : ` ${toDo}`}`;
}
