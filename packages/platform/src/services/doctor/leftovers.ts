import type { Finding } from '@hanse/core/finding/finding.ts';
import { readCollection } from '../collect/collection.ts';
import { keptNames } from '../collect/kept-names.ts';
import { unneededFiles } from '../collect/unneeded-files.ts';
import type { Platform } from '../platform.ts';
import { sortUnfinished } from '../run/lost-runs.ts';

const EXAMPLES = 3;

/** What killed processes and failed runs left, and what published tables miss. */
export async function findLeftovers(platform: Platform): Promise<readonly Finding[]> {
  const kept = await keptNames(platform);
  const { live, lost } = await sortUnfinished(platform);
  return [
    ...(await missingFiles(platform, kept)),
    ...lost.map(({ run }) => lostRun(run)),
    ...(await stagedFiles(platform, live.length > 0)),
    ...(await unneeded(platform, kept)),
  ];
}

async function missingFiles({ files }: Platform, kept: ReadonlySet<string>): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of kept) {
    // The metadata log of a table names older versions, which may have been collected.
    if (name === '' || name.endsWith('.metadata.json') || (await files.open(name)) !== undefined) continue;
    findings.push({
      code: 'file.missing',
      severity: 'error',
      ref: name,
      message: `${name} is missing, and a published table or an open incident needs it`,
      hint: 'Restore it from a backup, or build its table again with --force.',
    });
  }
  return findings;
}

function lostRun({ id, ref, at }: { readonly id: string; readonly ref: string; readonly at: string }): Finding {
  return {
    code: 'run.lost',
    severity: 'warning',
    ref,
    message: `${ref}: run ${id} of ${at} is on record as running, and its process is gone`,
    hint: `Nothing of it was published. The next build puts that on record: hanse build ${ref}.`,
  };
}

async function stagedFiles({ files }: Platform, isBuilding: boolean): Promise<readonly Finding[]> {
  const staged = await Array.fromAsync(files.list('staged'));
  if (staged.length === 0 || isBuilding) return [];
  const hint = 'hanse collect removes them when nobody can be writing them any more.';
  return [{ code: 'file.staged', severity: 'info', message: `${countOf(staged)} were staged and never sealed`, hint }];
}

async function unneeded(platform: Platform, kept: ReadonlySet<string>): Promise<readonly Finding[]> {
  const files = await unneededFiles(platform, kept, platform.clock.now());
  if (files.length === 0) return [];
  const { marked } = await readCollection(platform);
  const known = files.filter(({ name }) => marked[name] !== undefined).length;
  const named = files.slice(0, EXAMPLES).map(({ name }) => name);
  const examples = `${named.join(', ')}${files.length > EXAMPLES ? ', ...' : ''}`;
  const message = `${countOf(files)} belong to no published table and no open incident; ${known} are marked to be removed: ${examples}`;
  return [{ code: 'file.unreferenced', severity: 'info', message, hint: 'hanse collect removes them after a grace; a server does it daily.' }];
}

function countOf(files: readonly { readonly bytes: number }[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} files (${(bytes / 2 ** 20).toFixed(1)} MB)`;
}
