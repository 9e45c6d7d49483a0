import type { EffectAnswer, Plan } from '../api/shapes.ts';

/** What a plan comes to: whether it may be applied, and if not, why not. Only readers of tables at the level `block` keep it back. */
export type Outcome = 'wrong' | 'breaks' | 'unknown' | 'clear';

export function outcomeOf({ findings, steps }: Pick<Plan, 'findings' | 'steps'>): Outcome {
  if (findings.some(({ severity }) => severity === 'error')) return 'wrong';
  const held = steps.flatMap(({ effects }) => effects).filter(keepsBack);
  if (held.some(({ verdict }) => verdict === 'breaks')) return 'breaks';
  return held.length > 0 ? 'unknown' : 'clear';
}

export function keepsBack({ side, level, verdict }: Pick<EffectAnswer, 'side' | 'level' | 'verdict'>): boolean {
  return side === 'reader' && level === 'block' && (verdict === 'breaks' || verdict === 'unknown');
}
