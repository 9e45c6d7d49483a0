import { chmod, link, lstat, mkdir, open, readdir, realpath, unlink } from 'node:fs/promises';

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The calls that local files make on a disk; errors carry Node's `code`. Symbolic links are not followed by `stat`. */
export interface FileSystem {
  makeFolder(path: string): Promise<void>;
  stat(path: string): Promise<FileStat>;
  realPath(path: string): Promise<string>;
  entries(path: string): Promise<readonly string[]>;
  /** Its bytes, part by part; a part is good until the next one is asked for. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Readable by all, writable by none. */
  protect(path: string): Promise<void>;
  /** Returns when the file's bytes, or the folder's entries, are on the disk. */
  sync(path: string): Promise<void>;
  /** Gives a file a second name; fails with `EEXIST` where the name is taken. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

const READ_BYTES = 1 << 20;

export const nodeFileSystem: FileSystem = {
  makeFolder: (path) => mkdir(path),
  async stat(path) {
    const found = await lstat(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { kind, bytes: found.size, modifiedMs: found.mtimeMs };
  },
  realPath: (path) => realpath(path),
  entries: (path) => readdir(path),
  read: readParts,
  protect: (path) => chmod(path, 0o444),
  async sync(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } catch (error) {
      // Windows syncs neither a folder nor a file opened for reading: there a crash of the machine, not of the process, can lose the last file.
      if (process.platform !== 'win32') throw error;
    } finally {
      await handle.close();
    }
  },
  link: (from, to) => link(from, to),
  unlink: (path) => unlink(path),
};

/** One buffer for all parts, no larger than the file: most files are small. */
async function* readParts(path: string): AsyncGenerator<Uint8Array> {
  await using handle = await open(path);
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(Math.min(Math.max(size, 1), READ_BYTES));
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
