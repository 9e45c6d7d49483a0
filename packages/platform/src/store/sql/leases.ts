import type { Clock } from '../../clock.ts';
import type { Lease, Transaction } from '../store.ts';
import { firstRow, numberOf, rows, type Steps, textOf } from './steps.ts';

interface LeaseWish {
  readonly name: string;
  readonly holder: string;
  readonly ttlMs: number;
}

/** Times compare as text: ISO 8601 in UTC with milliseconds. */
export function* isHeld(fence: NonNullable<Transaction['fence']>, now: string): Steps<boolean> {
  const row = yield* firstRow('select number, until from leases where name = $1', fence.lease);
  return row !== undefined && numberOf(row, 'number') === fence.number && textOf(row, 'until') > now;
}

export function* grantLease(wish: LeaseWish, clock: Clock): Steps<Lease | undefined> {
  const { name, holder, ttlMs } = wish;
  const now = clock.now();
  const row = yield* firstRow('select holder, number, until from leases where name = $1', name);
  const isCurrent = row !== undefined && textOf(row, 'until') > now;
  const isOwn = row !== undefined && textOf(row, 'holder') === holder;
  if (isCurrent && !isOwn) return undefined;
  const number = row === undefined ? 1 : numberOf(row, 'number') + (isCurrent ? 0 : 1);
  const until = new Date(Date.parse(now) + ttlMs).toISOString();
  yield* rows(
    `insert into leases (name, holder, number, until) values ($1, $2, $3, $4)
     on conflict (name) do update set holder = excluded.holder, number = excluded.number, until = excluded.until`,
    name,
    holder,
    number,
    until,
  );
  return { name, number, until };
}

/** The row stays, so that the next grant's number is larger. */
export function* endLease({ name, number }: Lease): Steps<void> {
  yield* rows("update leases set until = '' where name = $1 and number = $2", name, number);
}
