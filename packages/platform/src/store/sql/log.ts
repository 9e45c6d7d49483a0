import { canonicalJson, formatKey } from '@hanse/core/document/document.ts';
import type { Clock } from '../../clock.ts';
import { ExternalError, UserError } from '../../error.ts';
import type { LogEntry, Transaction, TransactResult } from '../store.ts';
import { type Head, sha256 } from './chain.ts';
import { endless, findChange, findConflict, slots, type Version, versionOf, versionStatements } from './documents.ts';
import { isHeld } from './leases.ts';
import { firstRow, jsonOf, numberOf, type Row, rows, runAll, type Statement, type Steps, textOf } from './steps.ts';

export type Chain = 'log' | 'reads';

export function* readHead(chain: Chain): Steps<Head> {
  const row = yield* firstRow('select sequence, hash from heads where chain = $1', chain);
  if (row === undefined) throw new ExternalError(`The store is damaged: the chain ${chain} has no head.`, { hint: 'Restore a backup.' });
  return { sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') };
}

export function headStatement(chain: Chain, { sequence, hash }: Head): Statement {
  return { sql: 'update heads set sequence = $1, hash = $2 where chain = $3', values: [sequence, hash, chain] };
}

/** Runs inside one atomic write that holds the lock on the log's head. */
export function* transact(head: Head, transaction: Transaction, clock: Clock, forgotten?: Head): Steps<TransactResult> {
  const at = clock.now();
  const versions = transaction.writes.map(versionOf);
  assertWrites(versions);
  if (transaction.fence && !(yield* isHeld(transaction.fence, at))) return { kind: 'fenced', lease: transaction.fence.lease };
  const conflict = yield* findConflict(transaction.expect ?? []);
  if (conflict) return conflict;
  const changed = transaction.unchanged === undefined ? undefined : yield* findChange(transaction.unchanged);
  if (changed) return changed;
  const { entry, text } = entryOf({ head, transaction, versions, at, reads: yield* readHead('reads'), forgotten });
  const { sequence, hash } = entry;
  yield* runAll([
    ...versions.flatMap((version, slot) => versionStatements(version, sequence, slot)),
    { sql: 'insert into log (sequence, at, entry, hash) values ($1, $2, $3, $4)', values: [sequence, at, text, hash] },
    headStatement('log', entry),
  ]);
  return { kind: 'committed', entry };
}

function assertWrites(versions: readonly Version[]): void {
  if (versions.length > slots) throw new UserError('limit', `One transaction writes ${versions.length} documents.`, `Write at most ${slots} at once.`);
  const seen = new Set<string>();
  for (const { key } of versions) {
    const name = formatKey(key);
    if (seen.has(name)) throw new UserError('invalid', `${name}: one transaction writes it twice.`, 'Write each document once.');
    seen.add(name);
  }
}

function entryOf(link: {
  readonly head: Head;
  readonly transaction: Transaction;
  readonly versions: readonly Version[];
  readonly at: string;
  readonly reads: Head;
  readonly forgotten: Head | undefined;
}): { readonly entry: LogEntry; readonly text: string } {
  const { head, transaction, versions, at, reads, forgotten } = link;
  const content = {
    sequence: head.sequence + 1,
    at,
    actor: transaction.actor,
    intent: transaction.intent,
    reason: transaction.reason,
    writes: versions.map(({ op, key: { kind, id }, digest }) => (digest === undefined ? { op, kind, id } : { op, kind, id, digest })),
    ...(reads.sequence === 0 ? {} : { reads: { ...reads } }),
    ...(forgotten !== undefined && { forgotten: { ...forgotten } }),
    previous: head.hash,
  };
  const text = canonicalJson(content);
  return { entry: { ...content, hash: sha256(text) }, text };
}

export function* readLog(after = 0, limit = endless): Steps<readonly LogEntry[]> {
  const found = yield* rows('select entry, hash from log where sequence > $1 order by sequence limit $2', after, limit);
  return found.map(parseEntry);
}

export function parseEntry(row: Row): LogEntry {
  return { ...jsonOf<Omit<LogEntry, 'hash'>>(row, 'entry'), hash: textOf(row, 'hash') };
}

/** The clock may have jumped back: the last entry by sequence counts, not the last by time. */
export function* sequenceAt(time: string): Steps<number> {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) throw new UserError('usage', `${time} is not a time.`, 'Write it as 2026-01-31T12:00:00Z.');
  const row = yield* firstRow('select sequence from log where at <= $1 order by sequence desc limit 1', at.toISOString());
  return row === undefined ? 0 : numberOf(row, 'sequence');
}
