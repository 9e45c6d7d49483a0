import { accessSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../error.ts';

/** Who holds a folder. `url` is there once its server listens. */
export interface LockHolder {
  readonly pid: number;
  readonly startedAt: string;
  readonly url?: string;
}

/** Held until released or until the process ends, however it ends. */
export interface FolderLock {
  /** Writes where the holder's server listens, for others to find. */
  announce(url: string): void;
  release(): void;
}

/** Long enough for somebody who only looks to let go. */
const patienceMs = 200;

/**
 * Makes this process the folder's only writer; `UserError` busy where another one is.
 *
 * Node has no file lock, SQLite has: an exclusive transaction on an empty database is an operating system's lock, which
 * ends with its process, so that none is ever stale. Closing any other descriptor of `lock.sqlite` in this process would
 * drop it (POSIX `fcntl`): read it with nothing but SQLite.
 */
export function lockFolder(folder: string, clock: Clock): FolderLock {
  const file = join(folder, 'lock.sqlite');
  // SQLite calls a file busy that it may not write.
  for (const place of [folder, file].filter(existsSync)) accessSync(place, constants.R_OK | constants.W_OK);
  const guard = new DatabaseSync(file, { timeout: patienceMs });
  try {
    guard.exec('begin exclusive');
  } catch (error) {
    guard.close();
    throw isBusy(error) ? busy(folder) : error;
  }
  const note = join(folder, 'lock.json');
  const holder: LockHolder = { pid: process.pid, startedAt: clock.now() };
  const release = (): void => {
    if (!guard.isOpen) return;
    rmSync(note, { force: true });
    guard.close();
    process.off('exit', release);
  };
  // Also keeps `guard` reachable: the garbage collector closes a database that nobody can reach, and that drops the lock.
  process.on('exit', release);
  writeNote(note, holder);
  return { announce: (url) => writeNote(note, { ...holder, url }), release };
}

/** Who holds the folder now; undefined where nobody does, whatever a killed process left there. */
export function readLock(folder: string): LockHolder | undefined {
  const holder = readNote(folder);
  return holder && isLocked(folder) ? holder : undefined;
}

function isLocked(folder: string): boolean {
  const guard = new DatabaseSync(join(folder, 'lock.sqlite'), { readOnly: true, timeout: 0 });
  try {
    guard.prepare('select 1 from sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    guard.close();
  }
}

function busy(folder: string): UserError {
  const holder = readNote(folder);
  if (holder === undefined) return new UserError('busy', `${folder} is in use by another Hanse process.`, 'Try again in a moment.');
  const where = holder.url === undefined ? '' : ` and serves ${holder.url}`;
  const hint = `Use that process${holder.url === undefined ? '' : ` at ${holder.url}`}, or end it (kill ${holder.pid}) and try again.`;
  return new UserError('busy', `${folder} is in use by process ${holder.pid}, which started at ${holder.startedAt}${where}.`, hint);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function writeNote(file: string, holder: LockHolder): void {
  writeFileSync(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readNote(folder: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
