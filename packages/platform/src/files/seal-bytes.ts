import { writeFile } from 'node:fs/promises';
import { ExternalError } from '../error.ts';
import type { FileKind, Files, SealedFile } from './files.ts';

export interface NewFile {
  readonly kind: FileKind;
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** As `Files.seal` takes it; the hash where absent. */
  readonly name?: string;
}

/** Stages and seals bytes in memory; whatever goes wrong, nothing staged is left. */
export async function sealBytes(files: Files, { kind, extension, bytes, name }: NewFile): Promise<SealedFile> {
  const staged = await files.stage(kind, extension);
  try {
    await writeFile(staged.path, bytes).catch((cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ExternalError(`Writing ${staged.path} failed: ${said}.`, {
        cause,
        hint: 'Check the disk for space and permissions, then run the command again.',
      });
    });
    return await files.seal(staged, name);
  } catch (error) {
    await files.discard(staged).catch(() => undefined);
    throw error;
  }
}
