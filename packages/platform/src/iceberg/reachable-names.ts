import { nameIn } from './name-in.ts';
import { parseMetadata, type TableMetadata } from './metadata.ts';
import { outside, readManifest, readManifestList, readWhole, type TableFiles } from './table-files.ts';

/** Names of every file that a version of a table needs, for all its snapshots: what garbage collection and backups must keep. */
export async function reachableNames(tables: TableFiles, metadataName: string): Promise<ReadonlySet<string>> {
  const metadata = parseMetadata(Buffer.from(await readWhole(tables.files, metadataName)).toString('utf8'), metadataName);
  const names = new Set([metadataName]);
  const seen = new Set<string>();
  for (const snapshot of metadata.snapshots ?? []) {
    names.add(ours(tables, metadata, snapshot['manifest-list']));
    for (const manifest of await readManifestList(tables, metadata, snapshot)) {
      if (seen.has(manifest.uri)) continue;
      seen.add(manifest.uri);
      names.add(ours(tables, metadata, manifest.uri));
      for (const { status, file } of await readManifest(tables, metadata, manifest)) {
        if (status !== 'deleted') names.add(ours(tables, metadata, file.uri));
      }
    }
  }
  return names;
}

function ours(tables: TableFiles, metadata: TableMetadata, uri: string): string {
  const name = nameIn(tables.files, metadata, uri);
  if (name === undefined) throw outside(uri);
  return name;
}
