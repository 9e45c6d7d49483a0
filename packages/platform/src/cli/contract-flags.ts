import type { Reach } from '../check/place.ts';
import { UserError } from '../error.ts';
import type { LoneCall } from './command.ts';

/** How much of the data is to be read; all where nothing is said. */
export function reachOf({ flags }: LoneCall): Reach | undefined {
  const asked = [flags.metadata === true, flags.sample !== undefined, flags['last-partition'] === true].filter(Boolean);
  if (asked.length > 1) throw new UserError('usage', 'only one of --metadata, --sample and --last-partition can be meant', 'Leave the others out.');
  if (flags.metadata === true) return { kind: 'metadata' };
  if (flags['last-partition'] === true) return { kind: 'lastPartition' };
  if (flags.sample === undefined) return undefined;
  const percent = Number(flags.sample);
  if (percent > 0 && percent <= 100) return { kind: 'sample', percent, seed: 1 };
  throw new UserError('usage', `--sample is ${JSON.stringify(flags.sample)}, not a percentage`, 'As in --sample 1 for about one row in a hundred.');
}

/** What `--var` gives. */
export function variablesOf({ flags }: LoneCall): ReadonlyMap<string, string> {
  const written = typeof flags.var === 'string' ? flags.var.split(',') : [];
  return new Map(
    written.map((one): [string, string] => {
      const at = one.indexOf('=');
      if (at < 1) throw new UserError('usage', `--var ${one}: a variable is written NAME=VALUE`, 'As in --var DAY=2026-01-31,REGION=eu.');
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}
