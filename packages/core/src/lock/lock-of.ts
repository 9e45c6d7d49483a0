import type { OperationOutput } from '../api/operations.ts';
import { optional } from '../document/json.ts';
import type { ConsumersLock } from './consumers-lock.ts';

/** What a mesh answered about the consumers of its tables, as a lock. */
export function lockOf({ mesh, asOf, at, accepted, tables }: OperationOutput<'consumers'>): ConsumersLock {
  const locked = Object.entries(tables).map(([id, { table, consumers }]) => {
    const each = consumers.map(({ consumer, evidence, columns, agreement, role, noticeDays, lastSeen }) => ({
      consumer,
      evidence,
      columns: columns ?? undefined,
      ...optional('agreement', agreement),
      ...optional('role', role),
      ...optional('noticeDays', noticeDays),
      ...optional('lastSeen', lastSeen),
    }));
    return [id, { table, consumers: each }] as const;
  });
  return { mesh, asOf, at, accepted, tables: Object.fromEntries(locked) };
}
