import { canonicalJson } from '@hanse/core/document/document.ts';
import type { ReadRecord } from '../store.ts';
import { type Head, sha256 } from './chain.ts';
import { endless } from './documents.ts';
import { headStatement } from './log.ts';
import { jsonOf, type Row, rows, runAll, type Statement, type Steps } from './steps.ts';

/** A link of the read log's chain, as stored. */
interface ReadEntry {
  readonly sequence: number;
  readonly previous: string;
  readonly record: ReadRecord;
}

export function* appendReads(head: Head, records: readonly ReadRecord[]): Steps<Head> {
  const statements: Statement[] = [];
  let newest = head;
  for (const record of records) {
    const sequence = newest.sequence + 1;
    const text = canonicalJson({ sequence, previous: newest.hash, record: plainRecord(record) });
    newest = { sequence, hash: sha256(text) };
    statements.push({ sql: 'insert into reads (sequence, entry, hash) values ($1, $2, $3)', values: [sequence, text, newest.hash] });
  }
  yield* runAll([...statements, headStatement('reads', newest)]);
  return newest;
}

function plainRecord({ at, principal, statement, digest, tables }: ReadRecord) {
  const plainTables = tables.map(({ table, snapshot, agreement, role, columns }) => ({ table, snapshot, agreement, role, columns }));
  return { at, principal, statement, digest, tables: plainTables };
}

export function* listReads(after = 0, limit = endless): Steps<readonly ReadRecord[]> {
  const found = yield* rows('select entry, hash from reads where sequence > $1 order by sequence limit $2', after, limit);
  return found.map((row) => parseRead(row).record);
}

export function parseRead(row: Row): ReadEntry {
  return jsonOf<ReadEntry>(row, 'entry');
}
