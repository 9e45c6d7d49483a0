import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LoggedStatement } from '@hanse/core/use/fold-statements.ts';
import { UserError } from '../../error.ts';
import { csvRecords } from './csv-records.ts';
import { csvlogStatement, isCsvlog, stderrStatements } from './postgres-log.ts';

/** Which columns, or members, of a log hold what. */
export interface LogColumns {
  readonly sql: readonly string[];
  readonly user: readonly string[];
  readonly time: readonly string[];
  readonly count: readonly string[];
}

/** As Snowflake's QUERY_HISTORY, BigQuery's INFORMATION_SCHEMA.JOBS, Databricks' system.query.history, Redshift and others call them. */
export const knownColumns: LogColumns = {
  sql: ['query_text', 'query', 'statement', 'sql', 'statement_text', 'querytxt', 'sql_text'],
  user: ['user_name', 'user_email', 'user', 'username', 'usename', 'executed_by', 'principal', 'role_name'],
  time: ['start_time', 'creation_time', 'starttime', 'time', 'timestamp', 'at', 'end_time', 'event_time'],
  count: ['count', 'calls', 'executions'],
};

/** Statements of a file: a csvlog or another log of PostgreSQL, a history as CSV, JSON Lines, or SQL alone. Error: `UserError` where it is none. */
export async function* readLog(path: string, columns: LogColumns): AsyncGenerator<LoggedStatement> {
  const written = await stat(path).catch(() => undefined);
  if (written?.isFile() !== true) throw new UserError('missing', `${path} is no file`, 'Name a log, or a postgres:// connection.');
  const chunks = (): AsyncIterable<string> => createReadStream(path, { encoding: 'utf8' });
  const lines = () => createInterface({ input: createReadStream(path, { encoding: 'utf8' }), crlfDelay: Infinity });
  const day = written.mtime.toISOString().slice(0, 10);
  if (/\.csv$/i.test(path)) yield* csvStatements(path, csvRecords(chunks()), columns);
  else if (/\.(?:jsonl|ndjson)$/i.test(path)) yield* jsonStatements(path, lines(), columns);
  else if (/\.sql$/i.test(path)) yield* sqlStatements(chunks(), day);
  else yield* stderrStatements(lines());
}

async function* csvStatements(path: string, records: AsyncIterable<readonly string[]>, columns: LogColumns): AsyncGenerator<LoggedStatement> {
  let header: readonly string[] | undefined;
  let isLog = false;
  for await (const record of records) {
    if (header === undefined) {
      header = record;
      isLog = isCsvlog(record);
      if (!isLog) findColumn(path, header, columns.sql);
    } else if (!isLog) {
      const row = header;
      const statement = statementIn(path, (names) => record[findColumn(path, row, names)], columns);
      if (statement !== undefined) yield statement;
    }
    const logged = isLog ? csvlogStatement(record) : undefined;
    if (logged !== undefined) yield logged;
  }
}

function findColumn(path: string, header: readonly string[], names: readonly string[]): number {
  const found = names.map((name) => header.findIndex((one) => one.trim().toLowerCase() === name.toLowerCase())).find((index) => index >= 0);
  if (found !== undefined) return found;
  if (names === knownColumns.count) return -1;
  throw new UserError(
    'invalid',
    `${path} has no column ${names.slice(0, 3).join(', ')}`,
    `It has ${header.slice(0, 12).join(', ')}. Say which: --columns sql=<column>,user=<column>,time=<column>.`,
  );
}

async function* jsonStatements(path: string, lines: AsyncIterable<string>, columns: LogColumns): AsyncGenerator<LoggedStatement> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const members = new Map(Object.entries(parseLine(path, line, number)).map(([name, value]) => [name.toLowerCase(), value]));
    const statement = statementIn(
      `${path}:${number}`,
      (names) => textOf(names.map((name) => members.get(name.toLowerCase())).find((value) => value !== undefined)),
      columns,
    );
    if (statement !== undefined) yield statement;
  }
}

function parseLine(path: string, line: string, number: number): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new UserError(
    'invalid',
    `${path}:${number} is no JSON object`,
    'Each line is one: {"sql": "select ...", "user": "etl", "time": "2026-01-31T12:00:00Z"}.',
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function statementIn(place: string, value: (names: readonly string[]) => string | undefined, columns: LogColumns): LoggedStatement | undefined {
  const sql = value(columns.sql)?.trim() ?? '';
  if (sql === '') return undefined;
  const time = value(columns.time) ?? '';
  const day = /^\d{4}-\d\d-\d\d/.exec(time)?.[0];
  if (day === undefined)
    throw new UserError(
      'invalid',
      `${place}: ${JSON.stringify(time.slice(0, 40))} is no time`,
      'Write it as 2026-01-31 12:00:00, or name the column: --columns time=<column>.',
    );
  const count = Number(value(columns.count) ?? 1);
  return { sql, user: value(columns.user) ?? '', day, count: Number.isSafeInteger(count) && count > 0 ? count : 1 };
}

/** Statements end with a line that ends with a semicolon: who ran them, and when, nobody says. */
async function* sqlStatements(chunks: AsyncIterable<string>, day: string): AsyncGenerator<LoggedStatement> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = `${rest}${chunk}`.split(/;[ \t]*(?:\r?\n|$)/);
    rest = parts.pop() ?? '';
    for (const sql of parts) if (sql.trim() !== '') yield { sql: sql.trim(), user: '', day, count: 1 };
    if (rest.length > 2 ** 24) throw new UserError('limit', 'a statement is longer than 16 MiB', 'End each statement with a semicolon at the end of its line.');
  }
  if (rest.trim() !== '') yield { sql: rest.trim(), user: '', day, count: 1 };
}
