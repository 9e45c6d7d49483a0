import { formatKey } from '@hanse/core/document/document.ts';
import type { FindingCode } from '@hanse/core/finding/codes.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { LogEntry } from '../store.ts';
import { digestOf, genesis, type Head, sha256 } from './chain.ts';
import { endless } from './documents.ts';
import { type Chain, parseEntry, readHead } from './log.ts';
import { parseRead } from './reads.ts';
import { firstRow, type Row, rows, type Steps, textOf } from './steps.ts';

type Report = (finding: Finding) => void;

/** Rows held in memory at a time. */
const page = 100;

/** Walks the log from its first entry; each stored version is checked against the entry that wrote it. */
export function* verifyLog(report: Report): Steps<void> {
  const table = createTableCheck(report);
  let head: Head = genesis;
  let from = -endless;
  for (;;) {
    const links = yield* rows('select sequence, at, entry, hash from log where sequence > $1 order by sequence limit $2', from, page);
    const to = links.length < page ? endless : Number(links.at(-1)?.['sequence']);
    const versions = yield* rows('select * from versions where version > $1 and version <= $2 order by version, slot', from, to);
    const entries = new Map<number, LogEntry | undefined>();
    for (const row of links) {
      const isWhole = checkLink('log', row, head, report);
      const entry = isWhole ? parseEntry(row) : undefined;
      if (entry && entry.at !== row['at']) report(error('store.chain', `log/${entry.sequence}`, 'its time was changed beside it'));
      if (entry?.reads) yield* checkAnchor(entry.sequence, entry.reads, report);
      head = headOf(row);
      entries.set(head.sequence, entry);
    }
    table.check(entries, versions);
    if (to === endless) break;
    from = to;
  }
  table.end();
  yield* checkHead('log', head, report);
}

export function* verifyReads(report: Report): Steps<void> {
  let head: Head = genesis;
  let from = -endless;
  for (;;) {
    const links = yield* rows('select sequence, entry, hash from reads where sequence > $1 order by sequence limit $2', from, page);
    for (const row of links) {
      checkLink('reads', row, head, report);
      head = headOf(row);
    }
    if (links.length < page) break;
    from = head.sequence;
  }
  yield* checkHead('reads', head, report);
}

function headOf(row: Row): Head {
  return { sequence: Number(row['sequence']), hash: String(row['hash']) };
}

/** Whether the link itself is unchanged; a gap before it is reported but leaves it whole. */
function checkLink(chain: Chain, row: Row, before: Head, report: Report): boolean {
  const ref = `${chain}/${row['sequence']}`;
  if (row['sequence'] !== before.sequence + 1) report(error('store.chain', ref, `it follows ${before.sequence}: entries between are missing`));
  if (sha256(textOf(row, 'entry')) !== row['hash']) {
    report(error('store.chain', ref, 'its content does not have its hash'));
    return false;
  }
  const { sequence, previous } = chain === 'log' ? parseEntry(row) : parseRead(row);
  if (sequence !== row['sequence']) report(error('store.chain', ref, `it was written as ${sequence}`));
  if (previous !== before.hash) report(error('store.chain', ref, `it does not name the hash of ${before.sequence} as the one before it`));
  return true;
}

function* checkHead(chain: Chain, last: Head, report: Report): Steps<void> {
  const head = yield* readHead(chain);
  if (head.sequence === last.sequence && head.hash === last.hash) return;
  report(error('store.chain', `${chain}/${head.sequence}`, `the chain ends at ${last.sequence}, its head says ${head.sequence}: one of them was changed`));
}

function* checkAnchor(sequence: number, anchor: Head, report: Report): Steps<void> {
  const read = yield* firstRow('select hash from reads where sequence = $1', anchor.sequence);
  if (read?.['hash'] === anchor.hash) return;
  report(error('store.chain', `reads/${anchor.sequence}`, `it is not what entry ${sequence} of the log anchored`));
}

interface TableCheck {
  check(entries: ReadonlyMap<number, LogEntry | undefined>, versions: readonly Row[]): void;
  end(): void;
}

/** Replays who wrote and ended each version. An entry that is damaged itself is believed from the table, or one change would be told many times. */
function createTableCheck(report: Report): TableCheck {
  const open = new Map<string, { readonly version: number; readonly until: unknown }>();
  const damaged = new Set<unknown>();

  function end(key: string, expected: number): void {
    const found = open.get(key);
    open.delete(key);
    if (found === undefined || found.until === expected || damaged.has(found.until)) return;
    const ending = expected === endless ? 'current' : `ended by entry ${expected}`;
    report(error('store.document', key, `version ${found.version} is ${ending} in the log, the document table says otherwise`));
  }

  function add(key: string, row: Row): void {
    end(key, Number(row['version']));
    open.set(key, { version: Number(row['version']), until: row['until'] });
  }

  return {
    check(entries, versions) {
      const bySlot = new Map(versions.map((row) => [`${row['version']}/${row['slot']}`, row]));
      for (const [sequence, entry] of entries) {
        if (entry === undefined) damaged.add(sequence);
        for (const [slot, write] of (entry?.writes ?? []).entries()) {
          const key = formatKey(write);
          if (write.op === 'remove') end(key, sequence);
          if (write.op === 'remove') continue;
          const row = bySlot.get(`${sequence}/${slot}`);
          bySlot.delete(`${sequence}/${slot}`);
          if (row === undefined) report(error('store.document', key, `version ${sequence} is in the log and missing in the document table`));
          else checkVersion(key, write.digest, row, report);
          if (row === undefined) end(key, sequence);
          else add(key, row);
        }
      }
      for (const row of bySlot.values()) {
        const key = `${row['kind']}/${row['id']}`;
        if (damaged.has(row['version'])) add(key, row);
        else report(error('store.document', key, `version ${row['version']} is in the document table, no log entry wrote it`));
      }
    },
    end() {
      for (const key of [...open.keys()]) end(key, endless);
    },
  };
}

function checkVersion(key: string, digest: string | undefined, row: Row, report: Report): void {
  const { salt, content, version } = row;
  if (`${row['kind']}/${row['id']}` !== key) report(error('store.document', key, `version ${version} is stored under another name: ${row['kind']}/${row['id']}`));
  if (salt === null && content === null) {
    report({ code: 'store.forgotten', severity: 'warning', ref: key, message: `${key}: the body of version ${version} is gone; its entry still verifies.` });
  } else if (digestOf(String(salt), String(content)) !== digest) {
    report(error('store.document', key, `the body of version ${version} is not the one that was committed`));
  }
}

function error(code: FindingCode, ref: string, what: string): Finding {
  return {
    code,
    severity: 'error',
    ref,
    message: `${ref}: ${what}.`,
    hint: 'The store was changed from outside or its disk is failing. Keep a copy for inquiry and restore a backup.',
  };
}
