import type { ChangeAnswer, EffectAnswer } from '../api/shapes.ts';
import { positionOf, type SourceDocument } from '../document/source-document.ts';
import { type Change, changeKey } from './change.ts';
import type { Effect } from './judge-change.ts';
import { noticeEnd } from './notice.ts';
import { whatToDo } from './what-to-do.ts';

/** A change as it is told, with the place in the later file. */
export function describeChange(change: Change, source: SourceDocument | undefined): ChangeAnswer {
  const { kind, message, readers, writers, object, column, before, after, path } = change;
  return {
    kind,
    message,
    readers,
    writers,
    object: object ?? null,
    column: column ?? null,
    before: before ?? null,
    after: after ?? null,
    at: source === undefined ? null : positionOf(source, path, 'key'),
  };
}

export interface Told {
  /** The table, as a ref. */
  readonly table: string;
  readonly side: EffectAnswer['side'];
  readonly level: EffectAnswer['level'];
  /** When the change was first announced, ISO 8601 in UTC: notice runs from there. */
  readonly announced: string;
}

export function describeEffect({ verdict, change, usage, accepted }: Effect, { table, side, level, announced }: Told): EffectAnswer {
  const isDue = usage.noticeDays !== undefined && (verdict !== 'safe' || change.kind === 'deprecated');
  return {
    consumer: usage.consumer,
    side,
    verdict,
    kind: change.kind,
    change: change.message,
    key: changeKey(change),
    table,
    column: change.column ?? null,
    evidence: usage.evidence,
    seenAt: usage.seenAt ?? null,
    agreement: usage.agreement ?? null,
    noticeDays: usage.noticeDays ?? null,
    noticeEnds: isDue ? noticeEnd(announced, usage.noticeDays) : null,
    toDo: whatToDo(change, { verdict, side }),
    accepted: accepted === undefined ? null : { by: accepted.by, at: accepted.at, reason: accepted.reason },
    level,
  };
}
