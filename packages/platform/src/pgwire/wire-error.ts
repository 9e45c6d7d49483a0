import { ExternalError, UserError, userErrors, withoutFolders } from '../error.ts';

/** A refusal with its SQLSTATE (PostgreSQL's documentation, appendix A). A fatal one ends the connection. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly sqlstate: string;
  readonly hint: string | undefined;
  readonly fatal: boolean;

  constructor(sqlstate: string, message: string, { hint, fatal = false }: { readonly hint?: string | undefined; readonly fatal?: boolean } = {}) {
    super(message);
    this.sqlstate = sqlstate;
    this.hint = hint;
    this.fatal = fatal;
  }
}

/** Any error as the client may see it: ours keep their words, an assertion keeps its stack to itself. */
export function wireError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  if (error instanceof UserError) return new WireError(userErrors[error.code].sqlstate, error.message, { hint: error.hint });
  if (error instanceof ExternalError) return new WireError('58000', withoutFolders(error.message), { hint: error.hint });
  console.error(error);
  return new WireError('XX000', 'Hanse failed; this is our bug. The server printed its stack.');
}

export function notServed(what: string, hint?: string): WireError {
  return new WireError('0A000', what, { hint });
}

export function outOfProtocol(what: string): WireError {
  return new WireError('08P01', what, { fatal: true });
}
