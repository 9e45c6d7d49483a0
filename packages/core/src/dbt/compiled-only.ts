import type { RunResults } from '../adopt/dbt/manifest.ts';

const RUNS: ReadonlySet<string> = new Set(['build', 'test', 'run', 'retry', 'seed', 'snapshot']);

/** The command of dbt that wrote these results, where it ran nothing: `success` means then that SQL was compiled, of tests too. */
export function compiledOnly({ args }: RunResults): string | undefined {
  const which = args?.which ?? undefined;
  if (which === undefined || RUNS.has(which)) return undefined;
  return which === 'generate' ? 'docs generate' : which;
}
