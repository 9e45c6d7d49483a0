import { ExternalError } from '../../error.ts';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, then run the command again.',
  EDQUOT: 'The disk quota is used up: free some space, then run the command again.',
  EROFS: 'The disk is mounted read-only: mount it writable, or choose another folder.',
  EACCES: 'Permission is missing: let the user that runs Hanse read and write this folder.',
  EPERM: 'The operation is not permitted here: check the owner, and that the disk supports hard links.',
  EIO: 'The disk reports a fault: look into the system log and check the disk before going on.',
  EMFILE: 'Too many files are open: raise the limit of open files (ulimit -n).',
  ENOENT: 'The file or folder is gone: check that nothing else removes files here.',
};

/** The system's code of an error (`ENOSPC`), or undefined. */
export function diskCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** Turns what the disk said about `what` at `path` into our error, with what to do. */
export function diskError(what: string, path: string, cause: unknown): ExternalError {
  if (cause instanceof ExternalError) return cause;
  const code = diskCode(cause);
  const said = code ?? (cause instanceof Error ? cause.message : String(cause));
  const hint = hints[code ?? ''] ?? 'Check the disk and the folder, then run the command again.';
  return new ExternalError(`${what} failed at ${path}: ${said}.`, { cause, hint });
}
