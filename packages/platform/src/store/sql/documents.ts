import { canonicalJson, type DocumentKey, type DocumentKind } from '@hanse/core/document/document.ts';
import { UserError } from '../../error.ts';
import type { StoredDocument, Write } from '../store.ts';
import { digestOf, newSalt } from './chain.ts';
import { firstRow, numberOf, type Row, rows, type Steps, textOf } from './steps.ts';

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

export function* writeVersion(version: Version, sequence: number, slot: number): Steps<void> {
  const { kind, id } = version.key;
  yield* rows(
    'update versions set until = $1 where kind = $2 and id = $3 and until = $4',
    ...[sequence, kind, id, endless],
  );
  if (version.op === 'remove') return;
  yield* rows(
    'insert into versions (version, slot, until, kind, id, salt, content) values ($1, $2, $3, $4, $5, $6, $7)',
    ...[sequence, slot, endless, kind, id, version.salt, version.content],
  );
}

export function* currentVersion({ kind, id }: DocumentKey): Steps<number | 'absent'> {
  const row = yield* firstRow(
    'select version from versions where kind = $1 and until = $2 and id = $3',
    ...[kind, endless, id],
  );
  return row === undefined ? 'absent' : numberOf(row, 'version');
}

const columns = 'version, until, kind, id, content';

export function* readDocument({ kind, id }: DocumentKey, asOf = endless - 1): Steps<StoredDocument | undefined> {
  const row = yield* firstRow(
    `select ${columns} from versions where kind = $1 and id = $2 and version <= $3 order by version desc limit 1`,
    ...[kind, id, asOf],
  );
  return row === undefined || numberOf(row, 'until') <= asOf ? undefined : documentOf(row, kind);
}

export function* listDocuments(kind: DocumentKind, asOf = endless - 1): Steps<readonly StoredDocument[]> {
  const found = yield* rows(
    `select ${columns} from versions where kind = $1 and until > $2 and version <= $3 order by id`,
    ...[kind, asOf, asOf],
  );
  return found.map((row) => documentOf(row, kind));
}

function documentOf(row: Row, kind: DocumentKind): StoredDocument {
  const content: Pick<StoredDocument, 'body' | 'home'> = JSON.parse(textOf(row, 'content'));
  return { kind, id: textOf(row, 'id'), version: numberOf(row, 'version'), home: content.home, body: content.body };
}
