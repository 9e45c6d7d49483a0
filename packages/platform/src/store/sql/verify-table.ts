import { formatKey } from '@hanse/core/document/document.ts';
import type { LogEntry } from '../store.ts';
import { digestOf } from './chain.ts';
import { bodyNumber, endless } from './documents.ts';
import { changed, type Report } from './report.ts';
import type { Row } from './steps.ts';

type PutWrite = LogEntry['writes'][number];

/** Replays the log over the document table: who wrote each version, and who ended it. */
export interface TableCheck {
  /** Entries in order, undefined for a damaged one, with the versions written in their range. */
  check(entries: ReadonlyMap<number, LogEntry | undefined>, versions: readonly Row[]): void;
  /** After the last entry; `strays` are versions without a body. */
  end(strays: readonly Row[]): void;
}

export function createTableCheck(report: Report): TableCheck {
  const open = new Map<string, { readonly version: number; readonly until: unknown }>();
  const damaged = new Set<unknown>();

  function close(key: string, expected: number): void {
    const found = open.get(key);
    open.delete(key);
    if (found === undefined || found.until === expected || damaged.has(found.until)) return;
    const ending = expected === endless ? 'is current' : `was ended by entry ${expected}`;
    report(changed('store.document', key, `version ${found.version} ${ending} by the log, and not so in the document table`));
  }

  function follow(key: string, version: number, row: Row | undefined): void {
    close(key, version);
    if (row === undefined) report(changed('store.document', key, `version ${version} is in the log, its body is missing`));
    else if (row['until'] === null) report(changed('store.document', key, `version ${version} is in the log and missing in the document table`));
    else open.set(key, { version, until: row['until'] });
  }

  function checkEntry({ sequence, writes }: LogEntry, rest: Map<unknown, Row>): void {
    for (const [slot, write] of writes.entries()) {
      const number = bodyNumber(sequence, slot);
      const row = rest.get(number);
      if (write.op === 'put') follow(formatKey(write), sequence, row);
      else close(formatKey(write), sequence);
      if (write.op === 'put' && row) checkBody(write, sequence, row, report);
      if (write.op === 'put') rest.delete(number);
    }
  }

  return {
    check(entries, versions) {
      const rest = new Map(versions.map((row) => [row['number'], row]));
      for (const [sequence, entry] of entries) {
        if (entry) checkEntry(entry, rest);
        else damaged.add(sequence);
      }
      for (const row of rest.values()) {
        // What a damaged entry wrote is believed from the table, or one change would be told many times.
        if (damaged.has(row['version'])) follow(nameOf(row), Number(row['version']), row);
        else report(changed('store.document', nameOf(row), `no log entry wrote the body of version ${row['version']}`));
      }
    },
    end(strays) {
      for (const key of open.keys()) close(key, endless);
      for (const row of strays) report(changed('store.document', nameOf(row), `version ${row['version']} in the document table has no body`));
    },
  };
}

function nameOf(row: Row): string {
  return `${row['kind']}/${row['id']}`;
}

function checkBody(write: PutWrite, sequence: number, row: Row, report: Report): void {
  const key = formatKey(write);
  const { salt, content } = row;
  if (nameOf(row) !== key || row['version'] !== sequence) {
    report(changed('store.document', key, `the body of version ${sequence} is stored as version ${row['version']} of ${nameOf(row)}`));
  }
  if (salt === null && content === null) {
    const message = `${key}: the body of version ${sequence} was forgotten; its entry still verifies.`;
    report({ code: 'store.forgotten', severity: 'warning', ref: key, message });
  } else if (digestOf(String(salt), String(content)) !== write.digest) {
    report(changed('store.document', key, `the body of version ${sequence} is not the one that was committed`));
  }
}
