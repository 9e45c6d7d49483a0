import type { CollectionAnswer } from '@hanse/core/api/shapes.ts';
import { UserError } from '../../error.ts';
import type { Lease } from '../../store/store.ts';
import type { Platform } from '../platform.ts';
import { collectionExpectation, collectionWrite, readCollection, type VersionedCollection } from './collection.ts';
import { keptNames } from './kept-names.ts';
import { retention } from './retention.ts';
import { type UnneededFile, unneededFiles } from './unneeded-files.ts';

type Needs = Pick<Platform, 'store' | 'files' | 'tables' | 'slices' | 'clock'>;

export interface Removal {
  readonly graceMs: number;
  /** Files from this time on may belong to a run that lives; ISO 8601 in UTC. */
  readonly since: string;
  readonly dryRun: boolean;
  readonly lease: Lease;
}

/**
 * Under the lease of collections: marks files that nothing needs, and removes those marked a grace ago. First their names are
 * put on record, where every publish looks; then it is asked once more what is needed; then they go. So a run that
 * sealed the same bytes meanwhile either keeps its file or is refused.
 */
export async function removeFiles(
  platform: Needs,
  removal: Removal,
): Promise<Pick<CollectionAnswer, 'filesMarked' | 'filesWaiting' | 'filesRemoved' | 'bytesRemoved'>> {
  const now = platform.clock.now();
  const before = new Date(Math.min(Date.parse(now) - removal.graceMs, Date.parse(removal.since))).toISOString();
  let last = await readCollection(platform);
  const known = { ...last.marked, ...Object.fromEntries(last.removing.map((name) => [name, ''])) };
  const found = (await unneededFiles(platform, await keptNames(platform), before)).slice(0, retention.marks);
  const latest = new Date(Date.parse(now) - removal.graceMs).toISOString();
  const [waiting, due] = split(found, ({ name }) => (known[name] ?? now) <= latest);
  const answer = { filesMarked: found.filter(({ name }) => known[name] === undefined).length, filesWaiting: waiting.length };
  if (removal.dryRun) return { ...answer, filesRemoved: due.length, bytesRemoved: sum(due) };
  const marked = Object.fromEntries(waiting.map(({ name }) => [name, known[name] ?? now]));
  if (due.length > 0) last = await remember(platform, removal, { ...last, marked, removing: due.map(({ name }) => name) });
  const removed = await remove(platform, last, due);
  await remember(platform, removal, { ...last, at: now, marked, removing: [] });
  return { ...answer, filesRemoved: removed.length, bytesRemoved: sum(removed) };
}

/** Slices go first, so that none outlives its data file. `begun` is looked at before each: a process that slept may have lost its turn. */
async function remove(platform: Needs, begun: VersionedCollection, due: readonly UnneededFile[]): Promise<readonly UnneededFile[]> {
  const kept = due.length === 0 ? new Set() : await keptNames(platform);
  const removed: UnneededFile[] = [];
  for (const file of due.filter(({ name }) => !kept.has(name))) {
    await platform.slices.forget(file.name);
    if ((await readCollection(platform)).version !== begun.version) break;
    await platform.files.remove(file.name);
    removed.push(file);
  }
  return removed;
}

async function remember({ store }: Needs, { lease }: Removal, next: VersionedCollection): Promise<VersionedCollection> {
  const reason = next.removing.length === 0 ? 'done' : `removing ${next.removing.length} files`;
  const fence = { lease: lease.name, number: lease.number };
  const result = await store.transact({
    actor: 'hanse',
    intent: 'collect.files',
    reason,
    writes: [collectionWrite(next)],
    expect: [collectionExpectation(next)],
    fence,
  });
  if (result.kind === 'committed') return { ...next, version: result.entry.sequence };
  throw new UserError('conflict', 'the collection slept beyond its lease; another goes on from where it was', 'Look with: hanse doctor.');
}

function split<Item>(items: readonly Item[], isSecond: (item: Item) => boolean): readonly [readonly Item[], readonly Item[]] {
  return [items.filter((item) => !isSecond(item)), items.filter(isSecond)];
}

function sum(files: readonly UnneededFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
