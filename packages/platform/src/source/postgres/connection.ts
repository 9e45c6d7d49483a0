import { Client, type ClientConfig, DatabaseError } from 'pg';
import { ExternalError, UserError } from '../../error.ts';

export interface PostgresConnection {
  /** `postgres://...`, resolved. */
  readonly connection: string;
  /** How messages name the place. */
  readonly label: string;
}

const CONNECT_MS = 10_000;

/** Throws without the connection string, which its parser would tell. */
export function postgresClient({ connection, label }: PostgresConnection, more: ClientConfig = {}): Client {
  try {
    const client = new Client({ connectionString: connection, connectionTimeoutMillis: CONNECT_MS, application_name: 'hanse', ...more });
    client.on('error', () => {});
    return client;
  } catch {
    throw new UserError(
      'invalid',
      `${label}: the connection string cannot be read`,
      'Write postgres://user:password@host:5432/database, with %23 for # and %40 for @ in a password.',
    );
  }
}

/** Whether the server said it of the statement, not of itself: syntax, names, rights (42), values (22), writing (25006), what it has not (0A) or bounds (54). */
export function isAboutStatement(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(?:0A|22|25006|42|54)/.test(error.code ?? '');
}

/** The server's words without the connection string, which may hold a password. */
export function postgresFailure({ label, connection }: PostgresConnection, error: unknown, aboutStatement: string): ExternalError {
  const words =
    error instanceof Error ? (error.message === '' && error instanceof AggregateError ? String(error.errors[0]?.message) : error.message) : String(error);
  const hint = isAboutStatement(error)
    ? aboutStatement
    : 'Check that the server runs, and the host, user and password; hanse test of a file asks as PGUSER with PGPASSWORD.';
  return new ExternalError(`${label}: PostgreSQL says: ${words.replaceAll(connection, 'the connection')}`, { hint });
}
