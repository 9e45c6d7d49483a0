import { ExternalError } from '../../error.ts';
import { runGit } from './run-git.ts';

/** The first bytes of each blob, at most `limit` plus one, in one run of git; in the order asked. */
export async function readBlobs(folder: string, ids: readonly string[], limit: number): Promise<readonly Uint8Array[]> {
  if (ids.length === 0) return [];
  const blobs: Uint8Array[] = [];
  const take = blobReader(limit + 1, (blob) => blobs.push(blob));
  const { code, stderr } = await runGit(folder, ['cat-file', '--batch'], { input: `${ids.join('\n')}\n`, take });
  if (code === 0 && blobs.length === ids.length) return blobs;
  throw new ExternalError(`${folder}: git gave ${blobs.length} of ${ids.length} files (${stderr.split('\n')[0] || `it ended with ${code}`})`, {
    hint: 'See what `git fsck` says; a partial clone needs its remote.',
  });
}

/** Reads `<id> blob <size>`, that many bytes and a line end, again and again; keeps what is below the limit. */
function blobReader(kept: number, done: (blob: Uint8Array) => void): (bytes: Buffer) => void {
  let header = Buffer.alloc(0);
  let blob: { readonly bytes: Buffer; readonly size: number; at: number } | undefined;
  return (bytes) => {
    let rest = bytes;
    while (rest.length > 0) {
      if (blob === undefined) {
        const end = rest.indexOf(10);
        header = Buffer.concat([header, end < 0 ? rest : rest.subarray(0, end)]);
        rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1);
        if (end < 0) continue;
        const size = Number(/ blob (\d+)$/.exec(header.toString())?.[1] ?? Number.NaN);
        // What is no blob, or is not there, has no bytes: the count tells.
        if (!Number.isNaN(size)) blob = { bytes: Buffer.alloc(Math.min(size, kept)), size, at: 0 };
        header = Buffer.alloc(0);
      } else {
        const taken = rest.subarray(0, blob.size + 1 - blob.at);
        if (blob.at < blob.bytes.length) taken.copy(blob.bytes, blob.at);
        blob.at += taken.length;
        rest = rest.subarray(taken.length);
        if (blob.at <= blob.size) continue;
        done(blob.bytes);
        blob = undefined;
      }
    }
  };
}
