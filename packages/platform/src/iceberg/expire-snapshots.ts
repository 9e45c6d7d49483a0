import type { TableMetadata } from './metadata.ts';

export interface Retention {
  /** Snapshots before this time may go; ISO 8601 in UTC. */
  readonly before: string;
  /** So many of the newest stay in any case; the current one always does. */
  readonly keep: number;
}

/** Ids of the snapshots that a retention rule lets go. Those that a branch or tag names stay. */
export function expiredBy(metadata: TableMetadata, { before, keep }: Retention): readonly string[] {
  const newest = metadata.snapshots?.slice(-Math.max(1, keep)) ?? [];
  const kept = new Set([...newest.map((snapshot) => snapshot['snapshot-id']), ...namedSnapshots(metadata)]);
  const old = metadata.snapshots?.filter((snapshot) => snapshot['timestamp-ms'] < Date.parse(before)) ?? [];
  return old.map((snapshot) => snapshot['snapshot-id']).filter((id) => !kept.has(id));
}

/**
 * Metadata without these snapshots (Iceberg table spec, "Snapshots"); `at` is ISO 8601 in UTC. Their files are no longer
 * reachable from it: whoever collects garbage removes them. The current snapshot cannot go.
 */
export function expireSnapshots(metadata: TableMetadata, ids: readonly string[], at: string): TableMetadata {
  const named = namedSnapshots(metadata);
  const held = ids.find((id) => named.has(id));
  if (held !== undefined) throw new Error(`snapshot ${held} is current or named by a branch or tag`);
  const log = metadata['snapshot-log'] ?? [];
  const lastGone = log.findLastIndex((entry) => ids.includes(entry['snapshot-id']));
  return {
    ...metadata,
    'last-updated-ms': Math.max(Date.parse(at), metadata['last-updated-ms']),
    snapshots: metadata.snapshots?.filter((snapshot) => !ids.includes(snapshot['snapshot-id'])) ?? [],
    'snapshot-log': log.slice(lastGone + 1),
  };
}

function namedSnapshots(metadata: TableMetadata): ReadonlySet<string> {
  const named = Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']);
  const current = metadata['current-snapshot-id'];
  return new Set(current === null || current === undefined ? named : [...named, current]);
}
