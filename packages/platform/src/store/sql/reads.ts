import { canonicalJson } from '@hanse/core/document/document.ts';
import type { ReadRecord, StoredRead } from '../store.ts';
import { type Head, sha256 } from './chain.ts';
import { endless } from './documents.ts';
import { headStatement } from './log.ts';
import { useStatements } from './read-uses.ts';
import { jsonOf, type Row, rows, runAll, type Statement, type Steps } from './steps.ts';

/** Reads held in memory at a time. */
const page = 1_000;

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
  yield* runAll([...statements, ...useStatements(records), headStatement('reads', newest)]);
  return newest;
}

function plainRecord({ at, principal, statement, digest, tables }: ReadRecord) {
  const plainTables = tables.map(({ table, snapshot, agreement, role, columns }) => ({ table, snapshot, agreement, role, columns }));
  return { at, principal, statement, digest, tables: plainTables };
}

export function* newestReads({ before = endless, limit }: { readonly before?: number; readonly limit: number }): Steps<readonly StoredRead[]> {
  const found = yield* rows('select entry from reads where sequence < $1 order by sequence desc limit $2', before, limit);
  return found.map(parseRead).map(({ sequence, record }) => ({ sequence, ...record }));
}

/** For a store of version 1, which kept no uses; its reads name columns by their names. */
export function* fillUses(): Steps<void> {
  for (let after = 0; ;) {
    const found = yield* rows('select sequence, entry from reads where sequence > $1 order by sequence limit $2', after, page);
    const links = found.map(parseRead);
    yield* runAll(useStatements(links.map(({ record }) => record)));
    if (found.length < page) return;
    after = links.at(-1)?.sequence ?? after;
  }
}

export function parseRead(row: Row): ReadEntry {
  return jsonOf<ReadEntry>(row, 'entry');
}
