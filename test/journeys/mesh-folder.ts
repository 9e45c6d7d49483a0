import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, glob, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { cutAirlineFiles } from '../fixtures/airline-cut.ts';

const AIRLINE = fileURLToPath(new URL('../../examples/airline/', import.meta.url));
const BIN = fileURLToPath(new URL('../../packages/platform/bin/hanse.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/platform/src/main.ts', import.meta.url));
/** Node keeps the stripped types here: half of a command's start. */
const COMPILED = fileURLToPath(new URL('../../.cache/compiled/', import.meta.url));

/** How one command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Added to an environment that has nothing of Hanse but `VEGA_DATASETS`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Runs as this user. */
  readonly uid?: number;
}

/** A copy of the airline that a test may edit and break, with the small cut of its files, used as a person would. */
export interface MeshFolder extends AsyncDisposable {
  readonly folder: string;
  /** `${VEGA_DATASETS}`: where the sources lie. */
  readonly inputs: string;
  readonly storage: string;
  hanse(...args: string[]): Promise<Ran>;
  /** Runs a command that has to go well. */
  done(...args: string[]): Promise<void>;
  hanseWith(options: RunOptions, ...args: string[]): Promise<Ran>;
  /** Runs a command with `--json`, whatever its exit code, and reads what it prints. */
  json<Shape extends z.ZodType>(shape: Shape, ...args: string[]): Promise<z.output<Shape>>;
  /** Replaces one passage of a document; it must be there. */
  edit(path: string, from: string | RegExp, to: string): Promise<void>;
  /** With further flags of `hanse up`. */
  serve(...more: readonly string[]): Promise<ServedFolder>;
}

/** `hanse up` in a folder. */
export interface ServedFolder {
  readonly url: string;
  /** Where PostgreSQL's clients are served; empty where they are not. */
  readonly postgres: string;
  readonly pid: number;
  /** Asks with a bearer token, or without one. */
  fetch(path: string, options?: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<Response>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ran>;
}

/** Without schedules, so that a server builds only what a test asks for. */
export async function openAirline(): Promise<MeshFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'hanse-journey-')));
  const [folder, inputs] = [join(root, 'airline'), join(root, 'inputs')];
  await Promise.all([cp(AIRLINE, folder, { recursive: true }), cutAirlineFiles(inputs)]);
  for await (const path of glob(join(folder, '*/*/build.yaml'))) await dropSchedule(path);
  return openFolder({ root, folder, inputs, storage: join(folder, '.hanse') });
}

async function dropSchedule(path: string): Promise<void> {
  const rest = (await readFile(path, 'utf8')).replace(/^schedule: .*\n/m, '');
  await (rest === '' ? rm(path) : writeFile(path, rest));
}

interface Places {
  readonly root: string;
  readonly folder: string;
  readonly inputs: string;
  readonly storage: string;
}

function openFolder(places: Places): MeshFolder {
  const { root, folder, inputs, storage } = places;
  const running = new Set<ChildProcess>();
  const start = (script: string, args: readonly string[], { environment, uid }: RunOptions = {}) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, VEGA_DATASETS: inputs, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    running.add(child);
    return { child, ended: endOf(child).finally(() => running.delete(child)) };
  };
  const hanseWith: MeshFolder['hanseWith'] = (options, ...args) => start(MAIN, args, options).ended;
  return {
    folder,
    inputs,
    storage,
    hanse: (...args) => hanseWith({}, ...args),
    hanseWith,
    done: async (...args) => {
      const { code, stdout, stderr } = await hanseWith({}, ...args);
      if (code !== 0) throw new Error(`hanse ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    },
    json: async (shape, ...args) => {
      const { stdout, stderr } = await hanseWith({}, ...args, '--json');
      const parsed = shape.safeParse(jsonIn(stdout));
      if (parsed.success) return parsed.data;
      throw new Error(`hanse ${args.join(' ')} printed\n${stdout}\n${stderr}\n${parsed.error.message}`);
    },
    edit: async (path, from, to) => {
      const text = await readFile(join(folder, path), 'utf8');
      const edited = text.replace(from, () => to);
      if (edited === text) throw new Error(`${path} has nothing like ${from}`);
      await writeFile(join(folder, path), edited);
    },
    serve: async (...more) => {
      const { child, ended } = start(BIN, ['up', '--listen', '127.0.0.1:0', ...more]);
      return servedBy(child, ended);
    },
    [Symbol.asyncDispose]: async () => {
      const ends = [...running].map(async (child) => {
        child.kill();
        await once(child, 'exit');
      });
      await Promise.all(ends);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function servedBy(child: ChildProcess, ended: Promise<Ran>): Promise<ServedFolder> {
  const line = Promise.withResolvers<string>();
  child.stdout?.once('data', (bytes: Buffer) => line.resolve(bytes.toString()));
  const first = await Promise.race([line.promise, ended.then(({ stderr, stdout }) => Promise.reject(new Error(`hanse up ended: ${stderr}${stdout}`)))]);
  const url = /https?:\S+/.exec(first)?.[0] ?? '';
  return {
    url,
    postgres: /postgres:\S+/.exec(first)?.[0] ?? '',
    pid: child.pid ?? 0,
    fetch: (path, { token, body, headers } = {}) =>
      fetch(new URL(path, url), {
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      }),
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<Ran> {
  const [stdout, stderr, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Buffer> | null): Promise<string> {
  return Buffer.concat(stream === null ? [] : await Array.fromAsync(stream)).toString();
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Text without what differs from run to run: places, times, durations, ids, snapshots, addresses. */
export function masked(mesh: Pick<MeshFolder, 'folder' | 'inputs'>, text: string): string {
  return text
    .replaceAll(mesh.folder, '<folder>')
    .replaceAll(mesh.inputs, '<inputs>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/not before \d{4}-\d\d-\d\d/g, 'not before <day>')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replaceAll(/\b\d{13,19}\b/g, '<snapshot>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<address>')
    .replaceAll(/\bin \d+\.\d s\b/g, 'in <n> s')
    .replaceAll(/process \d+|kill \d+/g, (found) => found.replace(/\d+/, '<pid>'))
    .trimEnd();
}
