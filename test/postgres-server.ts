import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresServer {
  /** `postgres://hanse@127.0.0.1:<port>/postgres`; the user is a superuser and needs no password. */
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a PostgreSQL of its own on a free local port, with further settings as `name=value`; undefined, with the reason printed, where this machine has none. */
export async function startPostgres(more: readonly string[] = []): Promise<PostgresServer | undefined> {
  const programs = findPrograms() ?? installPrograms();
  if (programs === undefined) {
    console.warn('PostgreSQL is not on this machine and cannot be installed: its tests are skipped.');
    return undefined;
  }
  const owner = serverOwner();
  const folder = mkdtempSync(join(tmpdir(), 'hanse-postgres-'));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  try {
    // `--no-sync` spares the fsyncs of initdb only; the server runs with fsync on.
    run(join(programs, 'initdb'), ['-D', join(folder, 'cluster'), '-U', 'hanse', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'], owner);
    const listen = await freeListenNumber();
    const settings = [`port=${listen}`, `unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1', 'max_connections=60', ...more];
    const args = ['-D', join(folder, 'cluster'), ...settings.flatMap((setting) => ['-c', setting])];
    const server = spawn(join(programs, 'postgres'), args, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const quit = () => void server.kill('SIGQUIT');
    process.once('exit', quit);
    await ready(server);
    const end = () => stop(server, folder).finally(() => process.off('exit', quit));
    return { url: `postgres://hanse@127.0.0.1:${listen}/postgres`, stop: end };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function findPrograms(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin/postgres').toSorted().at(-1);
  if (debian !== undefined) return dirname(debian);
  return (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb')));
}

function installPrograms(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return findPrograms();
}

/** PostgreSQL refuses to run as root: the user that Debian's package made runs it then. */
function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout));
  return uid && gid ? { uid, gid } : {};
}

function run(program: string, args: readonly string[], owner: Owner): void {
  const { status, stderr, error } = spawnSync(program, args, { ...owner, cwd: '/', encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

function freeListenNumber(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no address'))));
    });
  });
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.on('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (said.includes('ready to accept connections')) resolve();
    });
  });
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  if (server.exitCode === null && server.kill('SIGINT')) await ended;
  rmSync(folder, { recursive: true, force: true });
}
