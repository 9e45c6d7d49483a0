import { ExternalError, UserError } from '../../error.ts';

/** What the server or the network said, as an error that says what to do. Ours, and our bugs, pass unchanged. */
export function postgresFailure(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError || error instanceof ExternalError || error instanceof TypeError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return new ExternalError(`The store in PostgreSQL at ${place}: ${error.message || code}.`, { cause: error, hint: hintFor(code) });
}

/** SQLSTATE classes by their first letters (PostgreSQL, appendix A); system calls by name. */
const hints: readonly (readonly [prefix: string, hint: string])[] = [
  ['53100', "The server's disk is full: free space there and try again. What was acknowledged is kept."],
  ['53', 'The server has no resources left: raise its max_connections or end other clients, then try again.'],
  ['28', 'Check user and password in the connection string.'],
  ['3D', 'Create the database first: createdb <name>.'],
  ['42501', 'Grant the user CREATE and USAGE on its schema, or name another user.'],
  ['25006', 'The server is read-only, perhaps a standby: name the primary.'],
  ['ECONNREFUSED', 'Start the server, or correct host and port in the connection string.'],
  ['ENOTFOUND', 'Correct the host in the connection string.'],
];

function hintFor(code: string): string {
  const known = hints.find(([prefix]) => code.startsWith(prefix));
  return known?.[1] ?? 'Whether the last change happened is to be looked up in the log; then try again.';
}
