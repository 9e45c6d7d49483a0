import { cpus, totalmem } from 'node:os';
import { UserError } from './error.ts';

/** One row per setting: its flag, environment variable and key in hanse.yaml, its default and what it is for. */
export const options = {
  folder: { flag: 'folder', env: 'HANSE_FOLDER', key: undefined, fallback: '.', help: 'Folder with the documents' },
  env: { flag: 'env', env: 'HANSE_ENV', key: undefined, fallback: '', help: 'An environment that hanse.yaml names, with a store and files of its own' },
  storage: {
    flag: 'storage',
    env: 'HANSE_STORAGE',
    key: 'storage.folder',
    fallback: '.hanse',
    help: 'Where the mesh keeps its files and its store, relative to the folder',
  },
  database: {
    flag: 'database',
    env: 'HANSE_DATABASE',
    key: 'storage.database',
    fallback: '',
    help: 'postgres://... keeps the store in PostgreSQL instead of SQLite',
  },
  listen: {
    flag: 'listen',
    env: 'HANSE_LISTEN',
    key: 'listen.http',
    fallback: '127.0.0.1:4400',
    help: 'Address and port of the HTTP server; port 0 takes a free one',
  },
  listenPostgres: {
    flag: 'listen-postgres',
    env: 'HANSE_LISTEN_POSTGRES',
    key: 'listen.postgres',
    fallback: '',
    help: 'Address and port for PostgreSQL’s clients, on loopback, as 127.0.0.1:5433; port 0 takes a free one, empty is off',
  },
  url: { flag: 'url', env: 'HANSE_URL', key: 'url', fallback: '', help: 'A mesh that runs elsewhere, with --token' },
  token: { flag: 'token', env: 'HANSE_TOKEN', key: undefined, fallback: '', help: 'Bearer token of the caller' },
  as: { flag: 'as', env: 'HANSE_AS', key: undefined, fallback: '', help: 'Act as this person; for the one who owns the machine, and on record' },
  memory: {
    flag: 'memory',
    env: 'HANSE_MEMORY_MB',
    key: 'limits.memoryMb',
    fallback: String(defaultMemoryMb()),
    help: 'Memory that one worker’s engine may hold, in MB; its process takes about a quarter and 100 MB more',
  },
  workers: {
    flag: 'workers',
    env: 'HANSE_WORKERS',
    key: 'limits.workers',
    fallback: String(Math.max(2, cpus().length)),
    help: 'Statements that run at the same time, and as many builds',
  },
  workersPerPerson: {
    flag: 'workers-per-person',
    env: 'HANSE_WORKERS_PER_PERSON',
    key: 'limits.workersPerPerson',
    fallback: String(Math.max(1, Math.floor(cpus().length / 2))),
    help: 'Statements of one person that run at the same time',
  },
  queue: { flag: 'queue', env: 'HANSE_QUEUE', key: 'limits.queue', fallback: '64', help: 'Statements that may wait; more are refused' },
  queuePerPerson: {
    flag: 'queue-per-person',
    env: 'HANSE_QUEUE_PER_PERSON',
    key: 'limits.queuePerPerson',
    fallback: '32',
    help: 'Statements of one person that may wait; more are refused',
  },
  wait: { flag: 'wait', env: 'HANSE_WAIT_S', key: 'limits.waitSeconds', fallback: '30', help: 'Seconds a statement may wait for a worker' },
  deadline: { flag: 'deadline', env: 'HANSE_DEADLINE_S', key: 'limits.deadlineSeconds', fallback: '60', help: 'Seconds one statement may take' },
  buildDeadline: {
    flag: 'build-deadline',
    env: 'HANSE_BUILD_DEADLINE_S',
    key: 'limits.buildDeadlineSeconds',
    fallback: '3600',
    help: 'Seconds one build may take',
  },
  testDeadline: {
    flag: 'test-deadline',
    env: 'HANSE_TEST_DEADLINE_S',
    key: undefined,
    fallback: '600',
    help: 'Seconds that the test of a contract’s file may take: in a database each statement, of files all together',
  },
  unread: { flag: 'unread', env: 'HANSE_UNREAD_S', key: 'limits.unreadSeconds', fallback: '30', help: 'Seconds an answer may stay unread before it is ended' },
  temp: { flag: 'temp', env: 'HANSE_TEMP_MB', key: 'limits.tempMb', fallback: '16384', help: 'Disk that one worker may spill to, in MB' },
  rows: { flag: 'max-rows', env: 'HANSE_MAX_ROWS', key: 'limits.rows', fallback: '10000000', help: 'Rows one answer may have' },
  keepReads: {
    flag: 'keep-reads',
    env: 'HANSE_KEEP_READS_DAYS',
    key: 'limits.keepReadsDays',
    fallback: '365',
    help: 'Days that single reads stay on record; who used which column, how often and when last stays',
  },
  openlineage: {
    flag: 'openlineage',
    env: 'OPENLINEAGE_URL',
    key: 'openlineage.to',
    fallback: '',
    help: 'Where each run is told as an event of OpenLineage: a URL (its key in OPENLINEAGE_API_KEY) or a file, relative to the folder',
  },
  lockDays: {
    flag: 'lock-days',
    env: 'HANSE_LOCK_DAYS',
    key: 'limits.lockDays',
    fallback: '7',
    help: 'Days after which consumers.lock.yaml tells nothing any more',
  },
  slices: { flag: 'slices', env: 'HANSE_SLICES_MB', key: 'limits.slicesMb', fallback: '10240', help: 'Disk that kept slices may take, in MB' },
} as const satisfies Record<string, Option>;

interface Option {
  readonly flag: string;
  readonly env: string;
  readonly key: string | undefined;
  readonly fallback: string;
  readonly help: string;
}

export type OptionName = keyof typeof options;
export type Settings = Readonly<Record<OptionName, string>>;

function defaultMemoryMb(): number {
  return Math.max(256, Math.min(4096, Math.floor(totalmem() / 4 / 1024 / 1024)));
}

/** Decides each setting: the flag, else the environment, else hanse.yaml, else the default. */
export function readSettings(sources: {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: Readonly<Record<string, unknown>>;
}): Settings {
  const decided = Object.entries(options).map(([name, option]: [string, Option]) => {
    const inFile = option.key === undefined ? undefined : option.key.split('.').reduce<unknown>(member, sources.file);
    const value = sources.flags[option.flag] ?? sources.environment[option.env] ?? inFile ?? option.fallback;
    return [name, String(value)];
  });
  return Object.fromEntries(decided) as Settings;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** A setting that counts something: a whole number above zero. */
export function countOf(settings: Settings, name: OptionName): number {
  const count = Number(settings[name]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  const option: Option = options[name];
  throw new UserError('usage', `--${option.flag} (${option.env}) is ${JSON.stringify(settings[name])}, not a whole number above 0`, option.help);
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, as 127.0.0.1:4400 or [::1]:4400. */
export function listenAddress(settings: Settings, name: 'listen' | 'listenPostgres' = 'listen'): ListenAddress {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(settings[name]) ?? [];
  const number = Number(port);
  const { flag } = options[name];
  if (host === undefined || number > 65_535)
    throw new UserError(
      'usage',
      `--${flag} is ${JSON.stringify(settings[name])}, not host:port`,
      `As in --${flag} 127.0.0.1:${name === 'listen' ? 4400 : 5433}.`,
    );
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
}
