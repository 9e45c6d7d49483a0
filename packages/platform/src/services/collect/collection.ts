import { UserError } from '../../error.ts';
import type { Expectation, Write } from '../../store/store.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { withLease } from '../product/with-lease.ts';

/** What collections remember from one to the next. */
export interface Collection {
  /** When the last one ended; ISO 8601 in UTC. */
  readonly at: string;
  /** Files that nothing needs, by name, and since when that is known. */
  readonly marked: Readonly<Record<string, string>>;
  /** Files that are being removed: no table may be published with one of them. */
  readonly removing: readonly string[];
}

export interface VersionedCollection extends Collection {
  readonly version: Expectation['version'];
}

const KEY = { kind: 'collection', id: 'files' } as const;
export const COLLECT_LEASE = 'collect';

export async function readCollection({ store }: Pick<Platform, 'store'>): Promise<VersionedCollection> {
  const document = await store.read(KEY);
  if (document === undefined) return { at: '', marked: {}, removing: [], version: 'absent' };
  return { ...storedValue<Collection>(document), version: document.version };
}

export function collectionWrite({ at, marked, removing }: Collection): Write {
  return { op: 'put', ...KEY, home: { kind: 'mesh' }, body: bodyOf({ at, marked, removing } satisfies Collection) };
}

export function collectionExpectation({ version }: VersionedCollection): Expectation {
  return { ...KEY, version };
}

type Needs = Pick<Platform, 'store' | 'files' | 'holder' | 'newId'>;

/**
 * Says that sealed files are there and not about to be removed; with the expectation it returns, a transaction may refer to
 * them. A run can seal bytes that a collection had marked when they were of no use to anybody.
 */
export async function expectFiles(platform: Needs, names: readonly string[]): Promise<Expectation> {
  const collection = await settled(platform, names);
  const paths = await Promise.all(names.map((name) => platform.files.open(name)));
  const gone = names.find((name, index) => paths[index] === undefined || collection.removing.includes(name));
  if (gone === undefined) return collectionExpectation(collection);
  throw new UserError('conflict', `${gone} was collected as garbage before it could be published`, 'Build again.');
}

/** A collection that was killed leaves names on its list; whoever needs one of them, and finds nobody removing, clears the list. */
async function settled(platform: Needs, names: readonly string[]): Promise<VersionedCollection> {
  const collection = await readCollection(platform);
  if (!names.some((name) => collection.removing.includes(name))) return collection;
  await withLease(platform, COLLECT_LEASE, () =>
    platform.store.transact({
      actor: 'hanse',
      intent: 'collect.ended',
      reason: 'the collection ended before it was done',
      writes: [collectionWrite({ ...collection, removing: [] })],
      expect: [collectionExpectation(collection)],
    }),
  );
  return readCollection(platform);
}
