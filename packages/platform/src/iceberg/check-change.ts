import { UserError } from '../error.ts';
import type { Change, CurrentTable } from './commit.ts';

/** Throws where a change is none: our own mistakes as assertions, an outside writer's table that is not written as a `UserError`. */
export function checkChange({ metadata, manifests }: CurrentTable, change: Change, uri: (name: string) => string): void {
  const table = `The table ${metadata['table-uuid']}`;
  if (metadata['partition-specs'].some((spec) => spec.fields.length > 0)) {
    throw new UserError('invalid', `${table} is partitioned, and partitioned tables are not written.`, 'Publish it as a new table.');
  }
  if (metadata.snapshots?.some((snapshot) => snapshot['snapshot-id'] === change.snapshotId) === true) {
    throw new UserError('conflict', `${table} has the snapshot ${change.snapshotId} already.`, 'Read the table again: the run has been committed.');
  }
  if (change.kind === 'append' && change.removed.length > 0) throw new Error('an append removes no files');
  if (change.kind === 'delete' && change.added.length > 0) throw new Error('a delete adds no files');
  if (change.removed === 'all') return;
  const live = new Set(manifests.flatMap(({ entries }) => entries ?? []).map((entry) => entry.status !== 'deleted' && entry.file.uri));
  const unknown = change.removed.find((name) => !live.has(uri(name)));
  if (unknown !== undefined) throw new UserError('conflict', `${table} has no data file ${unknown} to remove.`, 'Read the table again.');
}
