import { canonicalJson, type DocumentKey, type DocumentKind } from '@hanse/core/document/document.ts';
import { UserError } from '../../error.ts';
import type { Expectation, StoredDocument, Transaction, TransactResult, Write } from '../store.ts';
import { digestOf, newSalt } from './chain.ts';
import { firstRow, jsonOf, numberOf, type Row, rows, runAll, type Statement, type Steps, textOf } from './steps.ts';

type Conflict = Extract<TransactResult, { readonly kind: 'conflict' }>;

/** The end of a version that is current: larger than any sequence, so that one comparison serves now and *as of*. */
export const endless = Number.MAX_SAFE_INTEGER;

/** A write as both the log and the document table need it. */
export interface Version {
  readonly op: 'put' | 'remove';
  readonly key: DocumentKey;
  readonly salt: string;
  readonly content: string;
  readonly digest: string | undefined;
}

export function versionOf(write: Write): Version {
  assertKey(write);
  const key = { kind: write.kind, id: write.id };
  if (write.op === 'remove') return { op: 'remove', key, salt: '', content: '', digest: undefined };
  const salt = newSalt();
  const content = canonicalJson({ body: write.body, home: { ...write.home } });
  return { op: 'put', key, salt, content, digest: digestOf(salt, content) };
}

export function assertKey({ kind, id }: DocumentKey): void {
  if (id !== '' && id.isWellFormed() && !id.includes('\0')) return;
  throw new UserError('invalid', `${kind}/${JSON.stringify(id)}: an id is non-empty Unicode text without NUL.`, 'Change the id.');
}

/** Writes in one transaction, at most: a body's number holds the entry's sequence above these bits and the place in the entry below. */
export const slots = 2 ** 20;

export function bodyNumber(sequence: number, slot: number): number {
  return sequence * slots + slot;
}

export function versionStatements({ op, key, salt, content }: Version, sequence: number, slot: number): readonly Statement[] {
  const { kind, id } = key;
  const number = bodyNumber(sequence, slot);
  const end: Statement = {
    sql: 'update versions set until = $1 where kind = $2 and until = $3 and id = $4',
    values: [sequence, kind, endless, id],
  };
  if (op === 'remove') return [end];
  const body: Statement = {
    sql: 'insert into bodies (number, kind, id, version, salt, content) values ($1, $2, $3, $4, $5, $6)',
    values: [number, kind, id, sequence, salt, content],
  };
  const version: Statement = {
    sql: 'insert into versions (kind, id, version, until, body) values ($1, $2, $3, $4, $5)',
    values: [kind, id, sequence, endless, number],
  };
  return [end, body, version];
}

/** The first expectation that does not hold, with what is there instead. */
export function* findConflict(expectations: readonly Expectation[]): Steps<Conflict | undefined> {
  const sql = 'select version from versions where kind = $1 and until = $2 and id = $3';
  const current = yield* runAll(expectations.map(({ kind, id }) => ({ sql, values: [kind, endless, id] })));
  for (const [place, { kind, id, version }] of expectations.entries()) {
    const row = current[place]?.[0];
    const found = row === undefined ? 'absent' : numberOf(row, 'version');
    if (found !== version) return { kind: 'conflict', key: { kind, id }, found };
  }
  return undefined;
}

/** A document of some kinds that was written or removed after a log number, with what is there now. */
export function* findChange({ kinds, since }: NonNullable<Transaction['unchanged']>): Steps<Conflict | undefined> {
  for (const kind of kinds) {
    const put = yield* firstRow('select id from bodies where number >= $1 and kind = $2 order by number limit 1', bodyNumber(since + 1, 0), kind);
    const ended =
      put ?? (yield* firstRow('select id from versions where kind = $1 and until > $2 and until < $3 order by until limit 1', kind, since, endless));
    if (ended === undefined) continue;
    const key = { kind, id: textOf(ended, 'id') };
    return { kind: 'conflict', key, found: (yield* readDocument(key))?.version ?? 'absent' };
  }
  return undefined;
}

const select = 'select v.version, v.until, v.id, b.content from versions v join bodies b on b.number = v.body';

export function* readDocument({ kind, id }: DocumentKey, asOf = endless - 1): Steps<StoredDocument | undefined> {
  const row = yield* firstRow(`${select} where v.kind = $1 and v.id = $2 and v.version <= $3 order by v.version desc limit 1`, kind, id, asOf);
  return row === undefined || numberOf(row, 'until') <= asOf ? undefined : documentOf(row, kind);
}

export function* listDocuments(kind: DocumentKind, asOf?: number): Steps<readonly StoredDocument[]> {
  const found =
    asOf === undefined
      ? yield* rows(`${select} where v.kind = $1 and v.until = $2 order by v.id`, kind, endless)
      : yield* rows(`${select} where v.kind = $1 and v.until > $2 and v.version <= $3 order by v.id`, kind, asOf, asOf);
  return found.map((row) => documentOf(row, kind));
}

function documentOf(row: Row, kind: DocumentKind): StoredDocument {
  const content = jsonOf<Pick<StoredDocument, 'body' | 'home'>>(row, 'content');
  return { kind, id: textOf(row, 'id'), version: numberOf(row, 'version'), home: content.home, body: content.body };
}
