import type { LogEntry } from '../store.ts';
import { genesis, type Head, sha256 } from './chain.ts';
import { bodyNumber, endless } from './documents.ts';
import { readForgotten } from './forget-reads.ts';
import { type Chain, parseEntry, readHead } from './log.ts';
import { addUses, checkUses, type Uses } from './read-uses.ts';
import { parseRead } from './reads.ts';
import { changed, type Report } from './report.ts';
import { firstRow, type Row, rows, type Steps, textOf } from './steps.ts';
import { createTableCheck } from './verify-table.ts';

/** Rows held in memory at a time. */
const page = 100;

/** Walks the log from its first entry; each stored version is checked against the entry that wrote it. */
export function* verifyLog(report: Report): Steps<void> {
  const table = createTableCheck(report);
  const forgotten = yield* readForgotten();
  let told: Head = genesis;
  let head: Head = genesis;
  let from = -endless;
  for (;;) {
    const links = yield* rows('select sequence, at, entry, hash from log where sequence > $1 order by sequence limit $2', from, page);
    const to = links.length < page ? endless : headOf(links.at(-1)).sequence;
    const versions = yield* versionsBetween(from, to);
    const entries = new Map<number, LogEntry | undefined>();
    for (const row of links) {
      const entry = checkLink('log', row, head, report) ? parseEntry(row) : undefined;
      if (entry && entry.at !== row['at']) report(changed('store.chain', `log/${entry.sequence}`, 'its time was changed beside it'));
      if (entry?.reads && entry.reads.sequence >= forgotten.sequence) yield* checkAnchor(entry.sequence, { anchor: entry.reads, forgotten }, report);
      told = entry?.forgotten ?? told;
      head = headOf(row);
      entries.set(head.sequence, entry);
    }
    table.check(entries, versions);
    if (to === endless) break;
    from = to;
  }
  table.end(yield* strayVersions());
  if (told.sequence !== forgotten.sequence || told.hash !== forgotten.hash) {
    report(
      changed(
        'store.chain',
        `reads/${forgotten.sequence}`,
        `the log says that reads were forgotten up to ${told.sequence}, and the read log begins after ${forgotten.sequence}`,
      ),
    );
  }
  yield* checkHead('log', head, report);
}

export function* verifyReads(report: Report): Steps<void> {
  const forgotten = yield* readForgotten();
  const uses: Uses = new Map();
  let isWhole = forgotten.sequence === 0;
  let head: Head = forgotten;
  let from = -endless;
  for (;;) {
    const links = yield* rows('select sequence, entry, hash from reads where sequence > $1 order by sequence limit $2', from, page);
    for (const row of links) {
      if (checkLink('reads', row, head, report)) addUses(uses, parseRead(row).record);
      else isWhole = false;
      head = headOf(row);
    }
    if (links.length < page) break;
    from = head.sequence;
  }
  yield* checkUses(uses, isWhole, report);
  yield* checkHead('reads', head, report);
}

/** What was committed after entry `from`, up to entry `to`. */
function versionsBetween(from: number, to: number): Steps<readonly Row[]> {
  return rows(
    `select b.number, b.kind, b.id, b.version, b.salt, b.content, v.until
     from bodies b left join versions v on v.kind = b.kind and v.id = b.id and v.version = b.version
     where b.number >= $1 and b.number < $2 order by b.number`,
    from < 0 ? from : bodyNumber(from + 1, 0),
    to === endless ? to : bodyNumber(to + 1, 0),
  );
}

/** What the document table claims without a body of that name. */
function strayVersions(): Steps<readonly Row[]> {
  return rows(
    `select v.kind, v.id, v.version from versions v where not exists
     (select 1 from bodies b where b.number = v.body and b.kind = v.kind and b.id = v.id and b.version = v.version) limit $1`,
    page,
  );
}

function headOf(row: Row | undefined): Head {
  return { sequence: Number(row?.['sequence']), hash: String(row?.['hash']) };
}

/** Whether the link itself is unchanged; a gap before it is reported but leaves it whole. */
function checkLink(chain: Chain, row: Row, before: Head, report: Report): boolean {
  const ref = `${chain}/${row['sequence']}`;
  if (row['sequence'] !== before.sequence + 1) report(changed('store.chain', ref, `it follows ${before.sequence}: entries between are missing`));
  if (sha256(textOf(row, 'entry')) !== row['hash']) {
    report(changed('store.chain', ref, 'its content does not have its hash'));
    return false;
  }
  const { sequence, previous } = chain === 'log' ? parseEntry(row) : parseRead(row);
  if (sequence !== row['sequence']) report(changed('store.chain', ref, `it was written as ${sequence}`));
  if (previous !== before.hash) report(changed('store.chain', ref, `it does not name the hash of ${before.sequence} as the one before it`));
  return true;
}

function* checkHead(chain: Chain, last: Head, report: Report): Steps<void> {
  const head = yield* readHead(chain);
  if (head.sequence === last.sequence && head.hash === last.hash) return;
  const what = `the chain ends at ${last.sequence}, its head says ${head.sequence}: one of them was changed`;
  report(changed('store.chain', `${chain}/${head.sequence}`, what));
}

function* checkAnchor(sequence: number, { anchor, forgotten }: { readonly anchor: Head; readonly forgotten: Head }, report: Report): Steps<void> {
  const read =
    anchor.sequence === forgotten.sequence ? { hash: forgotten.hash } : yield* firstRow('select hash from reads where sequence = $1', anchor.sequence);
  if (read?.['hash'] === anchor.hash) return;
  report(changed('store.chain', `reads/${anchor.sequence}`, `it is not what entry ${sequence} of the log anchored`));
}
