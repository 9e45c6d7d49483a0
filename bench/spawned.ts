import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Variables beside `PATH` and `HOME`, which are ours. */
export type Environment = Readonly<Record<string, string>>;

/** What a command of Node prints; throws where it fails. */
export async function outputOf(args: readonly string[], environment: Environment = {}): Promise<string> {
  return outputOfProgram([process.execPath, ...args], { environment });
}

export interface ProgramOptions {
  readonly environment?: Environment;
  readonly cwd?: string;
  /** The exit codes of a run that did its work; 0 alone where it is absent. */
  readonly codes?: readonly number[];
}

/** What a program prints; throws where it ends with another code. */
export async function outputOfProgram(words: readonly [string, ...string[]], { environment = {}, cwd, codes = [0] }: ProgramOptions): Promise<string> {
  const child = start(words, environment, cwd);
  const [stdout, stderr, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
  if (codes.includes(Number(code))) return stdout;
  throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}${stdout}`);
}

/** A process that serves until it is stopped. */
export interface Serving {
  /** The first match in what it printed. */
  readonly said: string;
  readonly stop: () => Promise<void>;
}

/** Starts a process and waits until it prints what matches; throws where it ends before. */
export async function startUntil(args: readonly string[], environment: Environment, pattern: RegExp): Promise<Serving> {
  const child = start([process.execPath, ...args], environment);
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

function start([program, ...args]: readonly [string, ...string[]], environment: Environment, cwd?: string): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(program, args, { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], ...(cwd !== undefined && { cwd }) });
}

async function textOf(stream: AsyncIterable<Buffer> | null): Promise<string> {
  return Buffer.concat(stream === null ? [] : await Array.fromAsync(stream)).toString();
}
