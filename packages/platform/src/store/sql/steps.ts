import { ExternalError } from '../../error.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** SQL that SQLite and PostgreSQL both understand; parameters are `$1`, `$2`, each used in that order at least once. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** An algorithm that asks for statements and is handed their rows, so that one text serves a blocking and an asynchronous client. */
export type Steps<T> = Generator<Statement, T, readonly Row[]>;

export function* rows(sql: string, ...values: readonly SqlValue[]): Steps<readonly Row[]> {
  return yield { sql, values };
}

export function* firstRow(sql: string, ...values: readonly SqlValue[]): Steps<Row | undefined> {
  return (yield { sql, values })[0];
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column);
  return value;
}

/** JSON that this store wrote; `T` is what it wrote there, and `verify` says whether it still is. */
export function jsonOf<T>(row: Row, column: string): T {
  try {
    return JSON.parse(textOf(row, column));
  } catch {
    throw damaged(column);
  }
}

function damaged(column: string): ExternalError {
  return new ExternalError(`The store is damaged: column ${column} does not hold what was written there.`, {
    hint: 'Run `hanse log verify` to see what else is, then restore a backup.',
  });
}
