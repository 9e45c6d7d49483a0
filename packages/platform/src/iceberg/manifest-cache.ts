import type { ManifestEntry } from './manifest.ts';

/** Manifests by address, those used last, bounded by their entries. */
export interface ManifestCache {
  read(uri: string, load: () => Promise<readonly ManifestEntry[]>): Promise<readonly ManifestEntry[]>;
}

/** `maxEntries`: a data file's entry with statistics of 20 columns takes about 10 kB. */
export function createManifestCache(maxEntries = 10_000): ManifestCache {
  const kept = new Map<string, readonly ManifestEntry[]>();
  let entries = 0;
  const drop = (uri: string) => {
    entries -= kept.get(uri)?.length ?? 0;
    kept.delete(uri);
  };
  return {
    async read(uri, load) {
      const found = kept.get(uri) ?? (await load());
      drop(uri);
      kept.set(uri, found);
      entries += found.length;
      for (const [oldest] of kept) {
        if (entries <= maxEntries) break;
        drop(oldest);
      }
      return found;
    },
  };
}
