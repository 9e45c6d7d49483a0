import { createHash, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '..', '.cache', 'python');

/** What pip and Python say where they, or the registry, cannot be reached; anything else is a failure of ours. */
const unreachable =
  /ENOENT|ensurepip|Connection(Error| refused| broken| to .* timed out)|name resolution|getaddrinfo|ProxyError|Max retries|Read timed out|Network is unreachable/i;

/**
 * The Python of a virtual environment with exactly these packages (`name==version`), made once below `.cache/`. Undefined, with
 * the reason printed, where there is no Python or no registry to install from.
 */
export async function pythonWith(packages: readonly string[]): Promise<string | undefined> {
  const key = createHash('sha256')
    .update([...packages].toSorted().join('\n'))
    .digest('hex')
    .slice(0, 16);
  const home = join(folder, key);
  const python = join(home, 'bin', 'python');
  if (await exists(python)) return python;
  const making = join(folder, `${key}-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await run('python3', ['-m', 'venv', making]);
    await run(join(making, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 26 });
    await rename(making, home).catch(async (error: unknown) => {
      if (!(await exists(python))) throw error;
    });
    return python;
  } catch (error) {
    const said = String(error);
    if (!unreachable.test(said)) throw error;
    console.warn(`not run: Python with ${packages.join(', ')} cannot be had here: ${said.slice(0, 300)}`);
    return undefined;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** The DuckDB extension that the wheel `duckdb-extension-<name>` brought into a Python's environment. */
export async function duckdbExtension(python: string, name: string): Promise<string> {
  const find = `import pathlib, duckdb_extension_${name} as e; print(next(pathlib.Path(e.__path__[0]).rglob('*.duckdb_extension')))`;
  return (await run(python, ['-c', find])).stdout.trim();
}

/** Runs a program file with arguments and returns the JSON that it prints. */
export async function runPython(python: string, program: string, ...parameters: readonly string[]): Promise<unknown> {
  const { stdout } = await run(python, [program, ...parameters], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
