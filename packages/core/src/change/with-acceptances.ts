import type { Acceptance, Usage } from './judge-change.ts';

/** Usages with what each consumer said yes to under its agreement. */
export function withAcceptances(usages: ReadonlyMap<string, readonly Usage[]>, acceptances: readonly Acceptance[]): ReadonlyMap<string, readonly Usage[]> {
  if (acceptances.length === 0) return usages;
  const said = Map.groupBy(acceptances, ({ agreement }) => agreement);
  const withOwn = (usage: Usage): Usage => {
    const accepted = usage.agreement === undefined ? undefined : said.get(usage.agreement);
    return accepted === undefined ? usage : { ...usage, accepted };
  };
  return new Map([...usages].map(([table, theirs]) => [table, theirs.map(withOwn)]));
}
