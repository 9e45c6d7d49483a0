import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Variables beside `PATH` and `HOME`, which are ours. */
export type Environment = Readonly<Record<string, string>>;

/** What a command prints; throws where it fails. */
export async function outputOf(args: readonly string[], environment: Environment = {}): Promise<string> {
  const child = start(args, environment);
  const [stdout, stderr, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  if (code === 0) return stdout;
  throw new Error(`node ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
}

/** A process that serves until it is stopped. */
export interface Serving {
  /** The first match in what it printed. */
  readonly said: string;
  readonly stop: () => Promise<void>;
}

/** Starts a process and waits until it prints what matches; throws where it ends before. */
export async function startUntil(args: readonly string[], environment: Environment, pattern: RegExp): Promise<Serving> {
  const child = start(args, environment);
  const ended = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  const matched = new Promise<string>((resolve) => {
    child.stdout?.on('data', () => {
      const found = pattern.exec(printed);
      if (found !== null) resolve(found[1] ?? found[0]);
    });
  });
  const said = await Promise.race([matched, ended.then(() => Promise.reject(new Error(`node ${args.join(' ')} ended: ${printed}`)))]);
  return {
    said,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function start(args: readonly string[], environment: Environment): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, args, { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function textOf(stream: AsyncIterable<Buffer> | null): Promise<string> {
  return Buffer.concat(stream === null ? [] : await Array.fromAsync(stream)).toString();
}
