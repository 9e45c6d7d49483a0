import type { JsonObject, JsonValue } from '@hanse/core/document/document.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Client } from 'pg';
import type { PlaceOptions } from '../../check/place.ts';
import { UserError } from '../../error.ts';
import { isAboutStatement, postgresClient, postgresFailure } from './connection.ts';

/** One snapshot of a database, read only: whatever is asked, nothing is changed. */
export interface PostgresSession extends AsyncDisposable {
  readonly label: string;
  readonly schema: string;
  /** A `UserError` of the code `statement` for what the server says against a statement; the session goes on. */
  readonly rows: (sql: string, values?: readonly (string | number)[]) => Promise<readonly Row[]>;
}

export type Row = Readonly<Record<string, JsonValue>>;

const CANCELED = '57014';
/** Type ids (pg_type.oid) whose values are not left as text. */
const readers: Readonly<Record<number, (text: string) => JsonValue>> = {
  16: (text) => text === 't',
  21: Number,
  23: Number,
  700: fraction,
  701: fraction,
  114: (text): JsonValue => JSON.parse(text),
};

/** Connects, and begins the transaction in which all is read. Prepared statements only: a text can never hold two. */
export async function openSession(options: PlaceOptions): Promise<PostgresSession> {
  const { label, schema, signal } = options;
  const client = postgresClient(options);
  const cancel = () => void client.connection.stream.destroy();
  signal?.addEventListener('abort', cancel, { once: true });
  const close = async () => {
    signal?.removeEventListener('abort', cancel);
    await client.end().catch(() => {});
  };
  const failure = (error: unknown) => {
    signal?.throwIfAborted();
    return postgresFailure(options, error, 'Correct the contract, or what the user may read there.');
  };
  try {
    await client.connect();
    await client.query(settings(options));
  } catch (error) {
    await close();
    throw failure(error);
  }
  const rows: PostgresSession['rows'] = async (sql, values = []) => {
    try {
      return await ask(client, sql, values);
    } catch (error) {
      if (isCanceled(error))
        throw new UserError('timeout', `${label}: a statement ran longer than ${options.deadlineMs / 1000} s and was ended`, options.lateHint);
      if (!isAboutStatement(error)) throw failure(error);
      throw new UserError('statement', `PostgreSQL: ${error.message}`);
    }
  };
  return { label, schema, rows, [Symbol.asyncDispose]: close };
}

/** Names mean what they mean in the schema; texts of values are those of a landing; a policy that hides rows is an error, not a smaller table. */
function settings({ schema, deadlineMs }: PlaceOptions): string {
  return [
    'begin transaction isolation level repeatable read read only',
    `set local search_path = ${quoteName(schema)}, pg_temp`,
    "set local datestyle = 'ISO'; set local timezone = 'UTC'; set local intervalstyle = 'iso_8601'; set local extra_float_digits = 3; set local bytea_output = 'hex'",
    `set local standard_conforming_strings = on; set local row_security = off; set local constraint_exclusion = on; set local statement_timeout = ${Math.min(Math.ceil(deadlineMs), 2 ** 31 - 1)}`,
    'savepoint start',
  ].join('; ');
}

async function ask(client: Client, text: string, values: readonly (string | number)[]): Promise<readonly Row[]> {
  try {
    const types = { getTypeParser: (id: number) => (value: string) => (readers[id] ?? String)(value) };
    const query = { text, values: [...values], types, queryMode: 'extended' };
    const { rows } = await client.query<JsonObject>(query);
    return rows;
  } catch (error) {
    if (isAboutStatement(error)) await client.query('rollback to savepoint start');
    throw error;
  }
}

function isCanceled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === CANCELED;
}

/** JSON has no NaN. */
function fraction(text: string): JsonValue {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
