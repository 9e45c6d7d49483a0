import type { Clock } from '../../clock.ts';
import { genesis, type Head } from './chain.ts';
import { transact } from './log.ts';
import { parseRead } from './reads.ts';
import { firstRow, numberOf, rows, runAll, type Steps, textOf } from './steps.ts';

/** Reads looked at in one transaction. */
export const forgetPage = 5_000;

export interface OldReads {
  readonly count: number;
  /** The newest of them. */
  readonly newest: Head;
}

export interface Age {
  readonly before: string;
  readonly after: number;
}

/** The oldest reads after a number, up to the first that is not before a time. */
export function* oldReads({ before, after }: Age): Steps<OldReads> {
  const found = yield* rows('select sequence, entry, hash from reads where sequence > $1 order by sequence limit $2', after, forgetPage);
  const young = found.findIndex((row) => parseRead(row).record.at >= before);
  const old = young === -1 ? found : found.slice(0, young);
  const last = old.at(-1);
  return { count: old.length, newest: last === undefined ? genesis : { sequence: numberOf(last, 'sequence'), hash: textOf(last, 'hash') } };
}

/** Forgets them under an entry of the log that says where the read log begins now. */
export function* forgetReads(head: Head, age: Age, clock: Clock): Steps<OldReads> {
  const old = yield* oldReads(age);
  if (old.count === 0) return old;
  const { sequence, hash } = old.newest;
  const reason = `${old.count} reads before ${age.before} are beyond retention`;
  yield* transact(head, { actor: 'store', intent: 'reads.forget', reason, writes: [] }, clock, old.newest);
  yield* runAll([
    { sql: 'delete from reads where sequence <= $1', values: [sequence] },
    {
      sql: `insert into heads (chain, sequence, hash) values ('forgotten', $1, $2)
        on conflict (chain) do update set sequence = excluded.sequence, hash = excluded.hash`,
      values: [sequence, hash],
    },
  ]);
  return old;
}

/** The newest read that was forgotten. */
export function* readForgotten(): Steps<Head> {
  const row = yield* firstRow("select sequence, hash from heads where chain = 'forgotten'");
  return row === undefined ? genesis : { sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') };
}
