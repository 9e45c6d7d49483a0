import { type FileHandle, open } from 'node:fs/promises';
import { ExternalError } from '../error.ts';

/** A run of bytes of a file. */
export interface Extent {
  readonly path: string;
  readonly position: number;
  readonly length: number;
}

/** Large enough that system calls do not count, small enough that a part is written from the processor's cache. */
const PART_BYTES = 1 << 20;

export interface CopyTarget {
  readonly handle: FileHandle;
  readonly position: number;
  /** Sees every part while it is in the processor's cache. */
  readonly see: (part: Uint8Array) => void;
}

/** Writes the extents one after another from `position` on; neighbours are copied in one run. */
export async function copyExtents({ handle: target, position, see }: CopyTarget, extents: readonly Extent[]): Promise<void> {
  const sources = new Map<string, FileHandle>();
  const runs = mergeNeighbours(extents);
  const buffer = Buffer.allocUnsafe(runs.reduce((most, { length }) => Math.min(PART_BYTES, Math.max(most, length)), 1));
  let at = position;
  try {
    for (const extent of runs) {
      const source = sources.get(extent.path) ?? (await open(extent.path, 'r'));
      sources.set(extent.path, source);
      await copyExtent({ source, target, buffer, see }, extent, at);
      at += extent.length;
    }
  } finally {
    await Promise.all([...sources.values()].map((source) => source.close()));
  }
}

interface Copying {
  readonly source: FileHandle;
  readonly target: FileHandle;
  readonly buffer: Buffer;
  readonly see: CopyTarget['see'];
}

async function copyExtent({ source, target, buffer, see }: Copying, extent: Extent, at: number): Promise<void> {
  for (let done = 0; done < extent.length;) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, extent.length - done), extent.position + done);
    if (bytesRead === 0)
      throw new ExternalError(`${extent.path} ends before its footer says.`, { hint: 'Restore the file from a backup, or build its table again.' });
    see(buffer.subarray(0, bytesRead));
    for (let written = 0; written < bytesRead;) {
      written += (await target.write(buffer, written, bytesRead - written, at + done + written)).bytesWritten;
    }
    done += bytesRead;
  }
}

function mergeNeighbours(extents: readonly Extent[]): readonly Extent[] {
  const merged: Extent[] = [];
  for (const extent of extents) {
    const last = merged.at(-1);
    if (last?.path === extent.path && last.position + last.length === extent.position) {
      merged[merged.length - 1] = { ...last, length: last.length + extent.length };
    } else merged.push(extent);
  }
  return merged;
}
