import { randomUUID } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { OpenPlace } from './check/place.ts';
import type { LoneRun } from './cli/command.ts';
import type { ParsedCommand } from './cli/run.ts';
import { systemClock } from './clock.ts';
import { countOf, readSettings } from './config.ts';
import type { DuckdbSessions } from './engine/duckdb/duckdb-sessions.ts';
import type { Engine } from './engine/engine.ts';
import { ExternalError, UserError } from './error.ts';
import type { Surroundings } from './run-command.ts';

const MEBIBYTE = 2 ** 20;

/** Runs a command that needs no mesh: no folder is looked for, no store opened. Returns the exit code. */
export async function runAlone(run: LoneRun, parsed: ParsedCommand, { environment, terminal, version }: Surroundings): Promise<number> {
  const flags = Object.fromEntries(Object.entries(parsed.flags).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]));
  const settings = readSettings({ flags, environment, file: {} });
  const limits = {
    memoryBytes: countOf(settings, 'memory') * MEBIBYTE,
    tempBytes: countOf(settings, 'temp') * MEBIBYTE,
    deadlineMs: countOf(settings, 'testDeadline') * 1000,
  };
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new UserError('conflict', `ended by ${signal}`)));
  await using held = new AsyncDisposableStack();
  const engine = async (): Promise<Pick<Engine, 'session'>> => {
    const opening = openSessions();
    // What fails meanwhile waits for it: workers that nobody closes would keep this process from ending.
    held.defer(() =>
      opening.then(
        (sessions) => sessions.close(),
        () => undefined,
      ),
    );
    return opening;
  };
  const openPostgres: OpenPlace = async (options) => (await import('./source/postgres/open-place.ts')).openPostgresPlace(options);
  return await run({
    words: parsed.words,
    flags: parsed.flags,
    environment,
    terminal,
    version,
    limits,
    signal: stop.signal,
    engine,
    openPostgres,
    newId: () => randomUUID(),
    now: () => systemClock.now(),
  });
}

/** An engine of this process alone, whoever closes it. */
export async function openSessions(): Promise<DuckdbSessions> {
  const [{ openDuckdbSessions }, tempFolder] = await Promise.all([import('./engine/duckdb/duckdb-sessions.ts'), makeTempFolder()]);
  return openDuckdbSessions({ tempFolder });
}

/** A folder of our own for what is spilled; others may write beside it, so one that is not ours is not used. */
async function makeTempFolder(): Promise<string> {
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `hanse-${uid < 0 ? username : uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (found.isDirectory() && (uid < 0 || (found.uid === uid && (found.mode & 0o077) === 0))) return folder;
  throw new ExternalError(`${folder} is another user’s or open to others: no temporary files are put there.`, {
    hint: 'Remove it, or name another place in TMPDIR.',
  });
}
