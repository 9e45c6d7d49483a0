/** The person who asked can fix it: `message` says what and where, `hint` what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  readonly hint: string | undefined;

  constructor(code: UserErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Engine, network or disk failed us; `cause` is what they said. */
export class ExternalError extends Error {
  override readonly name = 'ExternalError';
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}

/** How each kind of user error leaves the process: exit code, HTTP status, SQLSTATE. */
export const userErrors = {
  usage: { exit: 2, status: 400, sqlstate: '22023' },
  invalid: { exit: 1, status: 422, sqlstate: '22023' },
  statement: { exit: 1, status: 400, sqlstate: '42601' },
  unauthenticated: { exit: 1, status: 401, sqlstate: '28000' },
  denied: { exit: 1, status: 403, sqlstate: '42501' },
  missing: { exit: 1, status: 404, sqlstate: '42P01' },
  conflict: { exit: 1, status: 409, sqlstate: '40001' },
  busy: { exit: 1, status: 503, sqlstate: '53300' },
  throttled: { exit: 1, status: 429, sqlstate: '53400' },
  timeout: { exit: 1, status: 504, sqlstate: '57014' },
  memory: { exit: 1, status: 413, sqlstate: '53200' },
  limit: { exit: 1, status: 413, sqlstate: '54000' },
} as const satisfies Record<string, { exit: number; status: number; sqlstate: string }>;

export type UserErrorCode = keyof typeof userErrors;

/** True where a statement was ended at its limits: its worker is gone, and with it what the session held. */
export function isPastLimits(error: unknown): boolean {
  return error instanceof UserError && (error.code === 'timeout' || error.code === 'memory');
}

/** True where the engine refused one statement: its session goes on. One that was ended, at its limits or by who asked, is none. */
export function isRefused(error: unknown): error is UserError {
  return error instanceof UserError && (error.code === 'statement' || error.code === 'missing' || error.code === 'limit');
}

/** Where the server keeps its files is not for callers; which file it was may be. */
export function withoutFolders(text: string): string {
  return text.replaceAll(/(?<![\w/.:])\/(?:[^\s/'"]+\/)+/g, '');
}
