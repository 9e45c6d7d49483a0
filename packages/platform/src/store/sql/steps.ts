import { ExternalError } from '../../error.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** SQL that SQLite and PostgreSQL both understand; parameters are `$1`, `$2`, each used in that order at least once. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** An algorithm that asks for statements and is handed their rows, so that one text serves a blocking and an asynchronous client. */
export type Steps<T> = Generator<readonly Statement[], T, readonly (readonly Row[])[]>;

export function* rows(sql: string, ...values: readonly SqlValue[]): Steps<readonly Row[]> {
  const [found] = yield [{ sql, values }];
  return found ?? [];
}

export function* firstRow(sql: string, ...values: readonly SqlValue[]): Steps<Row | undefined> {
  return (yield* rows(sql, ...values))[0];
}

/** In this order, without waiting for each other's answers where the client can. */
export function* runAll(statements: readonly Statement[]): Steps<readonly (readonly Row[])[]> {
  return yield statements;
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
