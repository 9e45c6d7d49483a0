import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import type { MeshFile } from '@hanse/core/document/mesh-file.ts';
import { systemClock } from './clock.ts';
import { countOf, type Settings } from './config.ts';
import { openDuckdbSessions } from './engine/duckdb/duckdb-sessions.ts';
import { openParser } from './engine/duckdb/parser-process.ts';
import { openPolyglot } from './engine/polyglot/open.ts';
import type { Engine, Limits } from './engine/engine.ts';
import { ExternalError } from './error.ts';
import { openLocalFiles } from './files/local/open.ts';
import { readTable } from './iceberg/table.ts';
import { openTableFiles } from './iceberg/table-files.ts';
import { openFileSink } from './openlineage/file-sink.ts';
import { openHttpSink } from './openlineage/http-sink.ts';
import { readSecret } from './secret-file.ts';
import { createLineageFeed, type LineageFeed } from './services/lineage/lineage-feed.ts';
import { createMeshView } from './services/mesh/mesh-view.ts';
import type { Platform, PublishStep, TableView } from './services/platform.ts';
import { openSlices } from './slice/open-slices.ts';
import { managedPlaces } from './source/managed-places.ts';
import { sourceOpener } from './source/open-source.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import type { Store } from './store/store.ts';
import type { Files } from './files/files.ts';

export interface PlatformOptions {
  readonly settings: Settings;
  readonly meshFile: MeshFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onStep?: (step: PublishStep) => void;
}

export interface OpenPlatform extends AsyncDisposable {
  readonly platform: Platform;
  /** Tells other processes of the folder where this one listens. */
  readonly announce: (url: string) => void;
  /** Tells runs as events of OpenLineage, where a place for them is named. */
  readonly lineage?: LineageFeed;
  /** The secret with which the machine's owner is known to the server. */
  readonly operatorToken: string;
}

const MEBIBYTE = 2 ** 20;
const STAGED_AGE_MS = 86_400_000;

/** Chooses the implementations and opens the mesh that a folder holds. */
export async function openPlatform({ settings, meshFile, environment, onStep }: PlatformOptions): Promise<OpenPlatform> {
  const folder = resolve(settings.folder);
  const storage = resolve(folder, settings.storage);
  const made = await mkdir(storage, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new ExternalError(`${storage}: cannot be made (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
      hint: 'Name another place with --storage, or correct its permissions.',
    });
  });
  // Its secret and its owner's token are no documents: `git add .` leaves them out.
  if (made !== undefined) await writeFile(join(storage, '.gitignore'), '*\n');
  await using undo = new AsyncDisposableStack();
  const { store, announce } = await openStore(settings, storage);
  undo.defer(() => store.close());
  // Its processes start while the rest is opened.
  const engine = await openEngine(settings, storage);
  undo.defer(() => engine.close());
  const dialects = openPolyglot();
  undo.defer(() => dialects.close());
  const files = await openLocalFiles({ folder: join(storage, 'files') });
  // A folder with a lock has one process: what others staged before it is left over.
  await files.sweep(settings.database === '' ? 0 : STAGED_AGE_MS);
  const secret = await readSecret(join(storage, 'secret'));
  const limits = limitsOf(settings);
  const slices = await openSlices({
    files,
    engine,
    limits: limits.build,
    budgetBytes: countOf(settings, 'slices') * MEBIBYTE,
    hashKey: { id: 'mesh', hex: secret },
  });
  const platform: Platform = {
    store,
    files,
    engine,
    dialects,
    slices,
    limits,
    secret,
    meshes: createMeshView(store),
    tables: createTableView(files),
    clock: systemClock,
    newId: () => randomUUID(),
    places: managedPlaces(meshFile.places, environment),
    openGrantPlace: async (options) => (await import('./source/postgres/open-grant-place.ts')).openPostgresGrantPlace(options),
    openPlaceSource: ({ query, table, ...place }) => ({
      land: async (landing) =>
        (await import('./source/postgres/open.ts')).openPostgresSource({ ...place, read: { kind: 'query', query }, held: table, files }).land(landing),
    }),
    openSource: sourceOpener({ repository: folder, permitted: meshFile.sources, storage, environment, files }),
    meshName: meshFile.mesh ?? 'mesh',
    samples: meshFile.samples ?? false,
    holder: `${hostname()}:${process.pid}:${randomUUID()}`,
    buildsAtOnce: countOf(settings, 'workers'),
    keepReadsDays: countOf(settings, 'keepReads'),
    place: { storage, store: storeText(settings, storage) },
    ...(onStep !== undefined && { onStep }),
  };
  const operatorToken = await readSecret(join(storage, 'operator.token'));
  const held = undo.move();
  return {
    platform,
    announce,
    operatorToken,
    ...(settings.openlineage !== '' && { lineage: openLineage(platform, settings.openlineage, { folder, key: environment.OPENLINEAGE_API_KEY }) }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function openLineage(platform: Platform, to: string, { folder, key }: { readonly folder: string; readonly key: string | undefined }): LineageFeed {
  const sink = /^https?:/.test(to) ? openHttpSink(to, key) : openFileSink(resolve(folder, to));
  return createLineageFeed(platform, sink, packageFile.version);
}

async function openStore(settings: Settings, folder: string): Promise<{ readonly store: Store; readonly announce: (url: string) => void }> {
  if (settings.database !== '') {
    const { openPostgresStore } = await import('./store/postgres/open.ts');
    return { store: await openPostgresStore({ connection: settings.database, clock: systemClock }), announce: () => {} };
  }
  const store = await openSqliteStore({ folder, clock: systemClock });
  return { store, announce: (url) => store.lock.announce(url) };
}

function storeText({ database }: Settings, storage: string): string {
  if (database === '') return `SQLite in ${join(storage, 'store.sqlite')}, held by process ${process.pid}`;
  const url = URL.parse(database);
  return url === null ? 'PostgreSQL' : `PostgreSQL at ${url.host}${url.pathname}`;
}

async function openEngine(settings: Settings, storage: string): Promise<Engine> {
  const tempFolder = join(storage, 'temp');
  await mkdir(tempFolder, { recursive: true, mode: 0o700 });
  const sizes = {
    sessions: countOf(settings, 'workers'),
    sessionsPerOwner: countOf(settings, 'workersPerPerson'),
    queued: countOf(settings, 'queue'),
    queuedPerOwner: countOf(settings, 'queuePerPerson'),
    waitMs: countOf(settings, 'wait') * 1000,
  };
  const sessions = openDuckdbSessions({ tempFolder, sizes, unreadMs: countOf(settings, 'unread') * 1000 });
  const parser = openParser();
  return {
    parse: parser.parse,
    boundPlan: parser.boundPlan,
    session: sessions.session,
    close: async () => {
      await Promise.all([sessions.close(), parser.close()]);
    },
  };
}

function limitsOf(settings: Settings): { readonly query: Limits; readonly build: Limits } {
  const memoryBytes = countOf(settings, 'memory') * MEBIBYTE;
  const tempBytes = countOf(settings, 'temp') * MEBIBYTE;
  return {
    query: { memoryBytes, tempBytes, deadlineMs: countOf(settings, 'deadline') * 1000, maxRows: countOf(settings, 'rows') },
    build: { memoryBytes, tempBytes, deadlineMs: countOf(settings, 'buildDeadline') * 1000 },
  };
}

function createTableView(files: Files): TableView {
  const tableFiles = openTableFiles(files);
  return { files: tableFiles, read: (name) => readTable(tableFiles, name) };
}
