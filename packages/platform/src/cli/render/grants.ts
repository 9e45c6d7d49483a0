import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Terminal } from '../command.ts';
import { paint } from '../terminal.ts';
import { renderFinding } from './plan.ts';

type Places = OperationOutput<'grants'>['places'];

/** What databases grant otherwise than agreements say, and what was done about it; empty where all is as it should be. */
export function renderGrants(places: Places, terminal: Terminal): readonly string[] {
  return places.flatMap(({ place, problem, differences, findings }) => [
    ...(problem === null ? [] : [`${paint(terminal, 'bad', 'place')} ${place}: ${problem}`]),
    ...findings.map((finding) => renderFinding(finding, terminal)),
    ...differences.flatMap((one) => {
      if (one.done) return [`${paint(terminal, 'good', 'granted')} ${place}: ${one.message} (made so)`];
      const why = one.problem === null ? '' : `: ${one.problem}`;
      const sql = one.ours ? ['  hanse apply makes it so.'] : one.sql.map((statement) => `  ${statement};`);
      return [`${paint(terminal, 'warn', 'drift')} ${place}: ${one.message}${why}`, ...sql];
    }),
  ]);
}

/** True where every right that is Hanse's to give or take is as the agreements say. */
export function isGranted(places: Places): boolean {
  return places.every(({ problem, differences }) => problem === null && differences.every(({ ours, done }) => done || !ours));
}
