import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Principal } from '@hanse/core/access/principal.ts';
import type { Api } from '@hanse/core/api/operations.ts';
import type { ClientOptions } from './api/client.ts';
import type { CommandCall, Served } from './cli/command.ts';
import type { ParsedCommand } from './cli/run.ts';
import { systemClock } from './clock.ts';
import { listenAddress, type Settings } from './config.ts';
import { enterEnvironment, enterOther } from './enter-environment.ts';
import { UserError } from './error.ts';
import type { OpenPlatform } from './open-platform.ts';
import type { LineageFeed } from './services/lineage/lineage-feed.ts';
import { personNamed } from './services/token/person-named.ts';
import { programName } from './program-name.ts';
import { principalOf } from './services/token/tokens.ts';
import { readLock } from './store/sqlite/lock.ts';
import { openFolderTree } from './tree/folder/open.ts';
import { nearestMesh } from './tree/nearest-mesh.ts';
import { readMeshFile } from './tree/read-mesh-file.ts';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: CommandCall['terminal'];
  readonly version: string;
}

/** The longest that one question to a database's catalog may take. */
const CATALOG_MS = 60_000;

/** The longest that a command waits for a receiver of OpenLineage's events. */
const TELL_MS = 10_000;

/** Finds the mesh and runs one command on it; loads no more than that command needs. Returns the exit code. */
export async function runCommand(parsed: ParsedCommand, { environment: outside, terminal, version }: Surroundings): Promise<number> {
  const flags = Object.fromEntries(Object.entries(parsed.flags).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]));
  const folder = findFolder(flags.folder ?? outside.HANSE_FOLDER);
  const asked = { written: await readMeshFile(folder), flags: { ...flags, folder }, environment: outside };
  const { meshFile, settings, environment } = enterEnvironment(asked);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new UserError('conflict', `ended by ${signal}`)));
  await using held = new AsyncDisposableStack();
  const opened = once(async () => {
    const { openPlatform } = await import('./open-platform.ts');
    const open = held.use(await openPlatform({ settings, meshFile, environment }));
    const { lineage } = open;
    if (lineage !== undefined) held.defer(() => tellRuns(lineage));
    return open;
  });
  return await parsed.command.run({
    words: parsed.words,
    flags: parsed.flags,
    settings,
    terminal,
    signal: stop.signal,
    version,
    newId: () => randomUUID(),
    program: programName(environment, process.argv[1] ?? ''),
    mesh: once(() => reachMesh(settings, opened)),
    otherMesh: async (name) => {
      const other = enterOther(asked, name);
      refuseAbsent(other.settings, name);
      return reachMesh(other.settings, async () => {
        const { openPlatform } = await import('./open-platform.ts');
        return held.use(await openPlatform(other));
      });
    },
    tree: () => openFolderTree(folder, meshFile.repository),
    revisions: async (base, head) => {
      const { readRevisions } = await import('./tree/git/read-revisions.ts');
      const { repository } = meshFile;
      return readRevisions({ folder, base, ...(head !== undefined && { head }), ...(repository !== undefined && { repository }) });
    },
    parser: once(async () => {
      const parser = (await import('./engine/duckdb/parser-process.ts')).openParser();
      held.defer(() => parser.close());
      return parser;
    }),
    now: () => systemClock.now(),
    engine: once(async () => {
      const sessions = await (await import('./run-alone.ts')).openSessions();
      held.defer(() => sessions.close());
      return sessions;
    }),
    database: async (connection, select) => {
      const { describeDatabase } = await import('./source/postgres/describe-database.ts');
      return describeDatabase({ connection, schema: 'public', label: 'the database', deadlineMs: CATALOG_MS, signal: stop.signal }, select);
    },
    statementLog: async (connection) => {
      const { statementLog } = await import('./source/postgres/statement-log.ts');
      return statementLog({ connection, schema: 'public', label: 'the database', deadlineMs: CATALOG_MS, signal: stop.signal });
    },
    serve: async () => serve(await opened(), { settings, version, signal: stop.signal }),
  });
}

/** To look at a mesh makes none. */
function refuseAbsent({ url, database, folder, storage }: Settings, name: string): void {
  if (url !== '' || database !== '' || existsSync(resolve(folder, storage))) return;
  throw new UserError('missing', `the mesh ${name} is not on this machine`, `Say in hanse.yaml where it runs: environments: {${name}: {url: https://...}}.`);
}

/** The mesh elsewhere, the server that holds this folder, or this process itself. */
async function reachMesh(settings: Settings, opened: () => Promise<OpenPlatform>): Promise<Api<AbortSignal>> {
  const as = settings.as === '' ? {} : { as: settings.as };
  if (settings.url !== '') return clientOf({ url: settings.url, token: settings.token, ...as });
  const storage = resolve(settings.folder, settings.storage);
  const holder = existsSync(storage) ? readLock(storage) : undefined;
  if (holder?.url !== undefined) {
    const token = settings.token === '' ? await readFile(join(storage, 'operator.token'), 'utf8') : settings.token;
    return clientOf({ url: holder.url, token, ...as });
  }
  const { platform } = await opened();
  const { createApi } = await import('./services/mesh-api.ts');
  return createApi(platform, await principalHere(platform, settings));
}

async function clientOf(options: ClientOptions): Promise<Api<AbortSignal>> {
  const { createClient } = await import('./api/client.ts');
  return createClient(options);
}

/** Who owns the machine owns the mesh on it: without a token the caller is the operator, or whom they name. */
async function principalHere(platform: OpenPlatform['platform'], settings: Settings): Promise<Principal> {
  if (settings.token !== '') {
    const principal = await principalOf(platform, settings.token);
    if (principal !== undefined) return principal;
    throw new UserError('unauthenticated', 'the token is not known here, or has expired', 'Make one with: hanse token create <username>.');
  }
  return settings.as === '' ? { kind: 'operator', username: userInfo().username } : personNamed(platform, settings.as, userInfo().username);
}

async function serve(
  open: OpenPlatform,
  { settings, version, signal }: { readonly settings: Settings; readonly version: string; readonly signal: AbortSignal },
): Promise<Served> {
  const [{ serveMesh }, { runSchedules }] = await Promise.all([import('./serve.ts'), import('./services/schedule/run-schedules.ts')]);
  const postgres = await servePostgres(open, settings);
  const server = await serveMesh(open, { ...listenAddress(settings), version, operator: userInfo().username }).catch(async (error: unknown) => {
    await postgres?.close();
    throw error;
  });
  const background = [runSchedules(open.platform, signal), open.lineage?.follow(signal)];
  const ended = new Promise<void>((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done(), { once: true })));
  return {
    url: server.url,
    ...(postgres !== undefined && { postgres: postgres.url }),
    closed: ended.then(() => Promise.all([server.close(), postgres?.close(), ...background])).then(() => {}),
  };
}

/** For PostgreSQL's clients, where an address is set. */
async function servePostgres({ platform }: OpenPlatform, settings: Settings) {
  if (settings.listenPostgres === '') return undefined;
  return (await import('./pgwire/serve-postgres.ts')).servePostgres(platform, listenAddress(settings, 'listenPostgres'));
}

/** What this command did, and what could not be told before. A receiver that is away keeps no command from ending well. */
async function tellRuns(lineage: LineageFeed): Promise<void> {
  await lineage
    .send(AbortSignal.timeout(TELL_MS))
    .catch((error: unknown) => console.error(`openlineage: ${error instanceof Error ? error.message : String(error)}`));
}

/** The folder named, else the nearest one upwards that has a hanse.yaml, else the current one. */
function findFolder(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  return nearestMesh(process.cwd()) ?? process.cwd();
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
