import type { LoggedStatement } from '@hanse/core/use/fold-statements.ts';

/** `log_statement` and `log_min_duration_statement` write these messages (PostgreSQL, "Error Reporting and Logging"). */
const MESSAGE = /^(?:duration: [\d.]+ ms\s+)?(?:statement|(?:execute|parse|bind) [^:]*): ([\s\S]*)$/;
const DAY = /\b(\d{4}-\d\d-\d\d)\b/;

/** A row of a csvlog (`log_destination = csvlog`); undefined where it tells of no statement. */
export function csvlogStatement(row: readonly string[]): LoggedStatement | undefined {
  return statementOf(row[13] ?? '', row[1] ?? '', row[0] ?? '');
}

/** True where a row has the columns of a csvlog: 22 since PostgreSQL 8.3, 26 today, the first a time. */
export function isCsvlog(row: readonly string[]): boolean {
  return row.length >= 22 && DAY.test(row[0] ?? '') && /^(?:DEBUG\d|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC)$/.test(row[11] ?? '');
}

const LINE = /^(.*?)\b(?:LOG|DETAIL|HINT|ERROR|FATAL|PANIC|WARNING|NOTICE|STATEMENT|CONTEXT|DEBUG\d?): {1,2}([\s\S]*)$/;

/** Statements of a log on standard error, whatever its `log_line_prefix`: a time and `user@database` are found in it. */
export async function* stderrStatements(lines: AsyncIterable<string>): AsyncGenerator<LoggedStatement> {
  let entry = '';
  for await (const line of lines) {
    if (line.startsWith('\t')) {
      if (entry.length < 2 ** 19) entry += `\n${line.slice(1)}`;
      continue;
    }
    const statement = entryStatement(entry);
    if (statement !== undefined) yield statement;
    entry = line;
  }
  const last = entryStatement(entry);
  if (last !== undefined) yield last;
}

function entryStatement(entry: string): LoggedStatement | undefined {
  const [, prefix = '', message = ''] = LINE.exec(entry) ?? [];
  const user = /\b([\w.-]+)@[\w.-]+/.exec(prefix)?.[1] ?? /\buser=([^\s,]+)/.exec(prefix)?.[1] ?? '';
  return statementOf(message, user, prefix);
}

function statementOf(message: string, user: string, time: string): LoggedStatement | undefined {
  const sql = MESSAGE.exec(message)?.[1];
  const day = DAY.exec(time)?.[1];
  return sql === undefined || day === undefined ? undefined : { sql, user, day, count: 1 };
}
