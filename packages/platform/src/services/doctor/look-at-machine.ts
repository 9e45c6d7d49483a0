import { stat, statfs } from 'node:fs/promises';
import type { DoctorAnswer } from '@hanse/core/api/shapes.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Platform } from '../platform.ts';

const GIBIBYTE = 2 ** 30;
/** Below this, or below a twentieth of the disk, a build may not find room. */
const FREE_BYTES = GIBIBYTE;

/** Node, DuckDB, the disk, and what stands between a consumer's SQL and the machine. */
export async function lookAtMachine(platform: Platform): Promise<{ readonly facts: DoctorAnswer['facts']; readonly findings: readonly Finding[] }> {
  const { place, limits } = platform;
  const { memoryBytes, tempBytes } = limits.query;
  const disk = await statfs(place.storage);
  const [free, total] = [disk.bavail * disk.bsize, disk.blocks * disk.bsize];
  const { mode } = await stat(place.storage);
  const user = process.getuid?.();
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return {
    facts: [
      { name: 'node', value: `${process.version} on ${process.platform} ${process.arch}` },
      { name: 'duckdb', value: await duckdbVersion(platform) },
      { name: 'store', value: place.store },
      { name: 'folder', value: place.storage },
      { name: 'disk', value: `${(free / GIBIBYTE).toFixed(1)} of ${(total / GIBIBYTE).toFixed(1)} GB free` },
      { name: 'barrier', value: barrierText(user, place.workerUser) },
      {
        name: 'workers',
        value: `${platform.buildsAtOnce} at a time, each ${mebibytes(memoryBytes)} of memory (killed at 1.5 times that) and ${mebibytes(tempBytes)} of disk`,
      },
      { name: 'deadlines', value: `${limits.query.deadlineMs / 1000} s for a statement, ${limits.build.deadlineMs / 1000} s for a build` },
    ],
    findings: [...diskFindings(free, total), ...userFindings(place.workerUser ?? user), ...modeFindings(place.storage, mode)],
  };
}

async function duckdbVersion({ engine, limits }: Platform): Promise<string> {
  await using session = await engine.session({ relations: [], limits: limits.query });
  const [row] = await session.rows({ sql: 'SELECT version() AS version' });
  return String(row?.version);
}

function barrierText(user: number | undefined, workerUser: number | undefined): string {
  const own = "DuckDB's own: a process per session, only its files, settings locked";
  if (workerUser !== undefined && workerUser !== user) return `${own}; and the system's: workers run as user ${workerUser}`;
  return `${own}; none of the system's: workers run as the same user as Hanse`;
}

function diskFindings(free: number, total: number): readonly Finding[] {
  if (free >= FREE_BYTES && free >= total / 20) return [];
  const hint = 'Make room: hanse collect, fewer slices (--slices), or a larger disk (--storage).';
  return [{ code: 'machine.disk', severity: 'warning', message: `${(free / GIBIBYTE).toFixed(1)} GB are free on the disk of the mesh`, hint }];
}

function userFindings(workerUser: number | undefined): readonly Finding[] {
  if (workerUser !== 0) return [];
  return [
    { code: 'machine.user', severity: 'warning', message: 'workers run as root, whom file permissions do not hold', hint: 'Run Hanse as a user of its own.' },
  ];
}

function modeFindings(storage: string, mode: number): readonly Finding[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  const message = `${storage} is open to other users of the machine (mode ${(mode & 0o777).toString(8)})`;
  return [{ code: 'machine.permission', severity: 'warning', message, hint: `chmod 700 ${storage}` }];
}
