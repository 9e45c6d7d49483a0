import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { KeyMeasure } from '@hanse/core/rule/measure.ts';
import { quoteText } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { KeyRuns } from '../../check/key-runs.ts';
import type { Session } from '../../engine/engine.ts';
import { isRefused } from '../../error.ts';
import type { Files, Staged } from '../../files/files.ts';

/** Below this a column is read again sooner than its keys are sorted, synced and kept. */
const leastBytes = 32 * 2 ** 20;
/** Where more are lacking, reading the columns of all files takes less than opening each of them to keep its keys. */
const mostMade = 8;
/** To be raised where the engine's `hash` gives other values. */
const HASHES = 1;
const columns: readonly Column[] = [{ id: 1, name: 'k', type: { kind: 'long' }, required: false }];

/** The kept runs of a table's keys, and places for those that are lacking. What was not kept is gone when it is disposed. */
export interface KeptRuns extends AsyncDisposable {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Data files of which a run will be made. */
  readonly lacking: ReadonlySet<string>;
  opened(session: Pick<Session, 'write'>): KeyRuns;
  /** Seals what was made. A run that cannot be kept is made again the next time. */
  keep(): Promise<void>;
}

interface Place {
  readonly name: string;
  readonly staged: Staged;
}

export async function keptRuns(
  files: Files,
  data: readonly { readonly name: string; readonly bytes: number }[],
  keys: readonly KeyMeasure[],
): Promise<KeptRuns | undefined> {
  const hashed = keys.filter(({ proof }) => proof === 'hashed');
  if (hashed.length === 0 || data.reduce((sum, { bytes }) => sum + bytes, 0) < leastBytes) return undefined;
  const kept = new Map<string, string>();
  const absent = new Map<string, string>();
  for (const key of hashed) {
    for (const { name } of data) {
      const run = runName(name, key);
      const path = await files.open(`keys/${run}.parquet`);
      if (path === undefined) absent.set(run, name);
      else kept.set(run, path);
    }
  }
  if (kept.size > 0 && absent.size > mostMade * hashed.length) return undefined;
  const places = new Map<string, Place>();
  for (const [run, name] of absent) places.set(run, { name, staged: await files.stage('keys', 'parquet') });
  const made = new Set<string>();
  return {
    readable: [...kept.values()],
    writable: [...places.values()].map(({ staged }) => staged.path),
    lacking: new Set([...places.values()].map(({ name }) => name)),
    opened: (session) => ({
      async open({ name }, key, sql) {
        const run = runName(name, key);
        const path = kept.get(run);
        if (path !== undefined) return (await isWhole(files, run)) ? `read_parquet(${quoteText(path)})` : undefined;
        const place = places.get(run);
        if (place === undefined || (!made.has(run) && !(await isWritten(session, sql, place.staged.path)))) return undefined;
        made.add(run);
        return `read_parquet(${quoteText(place.staged.path)})`;
      },
    }),
    async keep() {
      for (const run of made) {
        const place = places.get(run);
        if (place !== undefined) await sealWithSum(files, place.staged, run).catch(() => undefined);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { staged } of places.values()) await files.discard(staged);
    },
  };
}

/** Whether a run is as it was made; any other is removed, so that it is made again the next time. */
async function isWhole(files: Files, run: string): Promise<boolean> {
  const [path, sum] = await Promise.all([files.open(`keys/${run}.parquet`), files.open(`keys/${run}.sum`)]);
  if (path !== undefined && sum !== undefined && (await readFile(sum, 'utf8')) === (await sumOf(path))) return true;
  for (const extension of ['sum', 'parquet']) await files.remove(`keys/${run}.${extension}`);
  return false;
}

async function sealWithSum(files: Files, staged: Staged, run: string): Promise<void> {
  const text = await sumOf(staged.path);
  await files.seal(staged, run);
  const sum = await files.stage('keys', 'sum');
  try {
    await writeFile(sum.path, text);
    await files.seal(sum, run);
  } finally {
    await files.discard(sum);
  }
}

/** Neither DuckDB's Parquet nor most disks notice a bit that fell over; this takes a third of the time of a hash. */
async function sumOf(path: string): Promise<string> {
  let sum = 0;
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) sum = crc32(bytes, sum);
  return sum.toString(16);
}

async function isWritten(session: Pick<Session, 'write'>, sql: string, path: string): Promise<boolean> {
  try {
    await session.write({ sql }, { path, columns });
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

/** `<ab>/<hash of the data file>-<hash of the key>`: so that it is known whose it is when the data file goes. */
function runName(file: string, { key }: KeyMeasure): string {
  const data = file.split('/').at(-1)?.replace(/\..*$/, '') ?? '';
  return `${data.slice(0, 2)}/${data}-${createHash('sha256').update(`${HASHES} ${key}`).digest('hex').slice(0, 32)}`;
}

/** The data file whose keys a kept run holds. */
export function dataOfRun(name: string): string {
  const [, folder = '', run = ''] = name.split('/');
  return `data/${folder}/${run.split('-')[0] ?? ''}.parquet`;
}
