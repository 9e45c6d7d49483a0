import { type FileSystem, nodeFileSystem } from './file-system.ts';

/** A disk whose call number `failing` (from 0) fails with `code`, and which counts its calls. */
export function faultyDisk(failing: number, code: string): FileSystem & { calls(): readonly string[] } {
  const calls: string[] = [];
  const fault = (call: string) => {
    calls.push(call);
    if (calls.length - 1 === failing) throw Object.assign(new Error(`${code}: injected into ${call}`), { code });
  };
  const disk = nodeFileSystem;
  return {
    calls: () => calls,
    makeFolder: async (path) => (fault('makeFolder'), disk.makeFolder(path)),
    stat: async (path) => (fault('stat'), disk.stat(path)),
    realPath: async (path) => (fault('realPath'), disk.realPath(path)),
    entries: async (path) => (fault('entries'), disk.entries(path)),
    async *read(path) {
      fault('read');
      yield* disk.read(path);
    },
    protect: async (path) => (fault('protect'), disk.protect(path)),
    sync: async (path) => (fault('sync'), disk.sync(path)),
    link: async (from, to) => (fault('link'), disk.link(from, to)),
    unlink: async (path) => (fault('unlink'), disk.unlink(path)),
  };
}
