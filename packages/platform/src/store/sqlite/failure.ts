import { ExternalError, UserError } from '../../error.ts';

/** SQLite's primary result codes that we tell apart (https://sqlite.org/rescode.html). */
const codes = { busy: 5, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notADatabase: 26 } as const;

/** What SQLite or the file system said, as an error that says what to do. Ours pass unchanged. */
export function sqliteFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError || error instanceof ExternalError) return error;
  if ('errcode' in error && typeof error.errcode === 'number') return fromSqlite(error, error.errcode & 0xff, file);
  if ('code' in error && error.code === 'ERR_OUT_OF_RANGE') return damaged(file, error, verifyHint);
  if ('syscall' in error && 'code' in error) {
    if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') return notWritable(file, error);
    if (error.code === 'ENOSPC') return full(file, error);
    return new ExternalError(`${file}: ${error.message}`, { cause: error });
  }
  return error;
}

function fromSqlite(error: Error, code: number, file: string): unknown {
  switch (code) {
    case codes.full:
      return full(file, error);
    case codes.readonly:
    case codes.cantopen:
      return notWritable(file, error);
    case codes.ioerr:
      return new ExternalError(`${file}: the disk refused a read or write (${error.message}). What was acknowledged before is kept.`, {
        cause: error,
        hint: 'Check the disk and its quota. Whether the last change happened is to be looked up.',
      });
    case codes.corrupt:
      return damaged(file, error, verifyHint);
    case codes.notADatabase:
      return damaged(file, error, 'Nothing in it can be read. Keep a copy for inquiry and restore a backup.');
    case codes.busy:
      return new UserError('busy', `${file} is locked by another program.`, 'Close the program that has the file open and try again.');
    default:
      return new ExternalError(`${file}: SQLite says ${error.message}.`, { cause: error });
  }
}

const verifyHint = 'Run `hanse log verify` to see where. Keep a copy for inquiry and restore a backup.';

function damaged(file: string, cause: Error, hint: string): ExternalError {
  return new ExternalError(`${file} is damaged (${cause.message}).`, { cause, hint });
}

function full(file: string, cause: Error): ExternalError {
  return new ExternalError(`${file}: the disk is full. The change did not happen; everything before it is kept.`, {
    cause,
    hint: 'Free space on that disk and try again.',
  });
}

function notWritable(file: string, cause: Error): ExternalError {
  return new ExternalError(`${file} cannot be opened for writing (${cause.message}).`, {
    cause,
    hint: 'Give the user who runs Hanse read and write permission on the folder and all files in it, or name another folder.',
  });
}
