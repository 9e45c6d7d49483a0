import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ExternalError } from '../../error.ts';

/** How git ended. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

export interface GitCall {
  /** Written to its standard input. */
  readonly input?: string;
  readonly take: (bytes: Buffer) => void;
}

/** What a hook's git says of its own place, which need not be the folder that is looked at. */
const HOOK_VARIABLES: ReadonlySet<string> = new Set(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']);

/**
 * A folder of committed files can itself be a bare repository (`HEAD`, `objects`, `config`), whose settings name programs to run: git takes one
 * only where it is told to (git-config, "safe.bareRepository", from 2.38 on).
 */
const OWN_CONFIG = ['-c', 'safe.bareRepository=explicit'] as const;

/** Runs the git of the system in a folder, without a shell; it asks nobody and locks nothing. Error: `ExternalError` where there is none. */
export async function runGit(folder: string, args: readonly string[], { input = '', take }: GitCall): Promise<Ended> {
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !HOOK_VARIABLES.has(name)));
  const git = spawn('git', [...OWN_CONFIG, '--no-pager', '-C', folder, ...args], {
    env: { ...outside, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  git.stdout.on('data', take);
  git.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
  // One that ends early reads no more.
  git.stdin.on('error', () => {});
  git.stdin.end(input);
  const [code] = await once(git, 'close').catch((cause: unknown) => {
    throw new ExternalError(`git cannot be run (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
      hint: 'Install git, and see that it is in PATH.',
    });
  });
  return { code: typeof code === 'number' ? code : null, stderr: Buffer.concat(errors).toString().trim() };
}

/** What git prints, as text; undefined where it says no. */
export async function askGit(folder: string, args: readonly string[]): Promise<string | undefined> {
  const printed: Buffer[] = [];
  const { code } = await runGit(folder, args, { take: (bytes) => printed.push(bytes) });
  return code === 0 ? Buffer.concat(printed).toString().replace(/\n$/, '') : undefined;
}
