// Plain JavaScript for Node 20: finds a Node 24 or newer, the system's or the one npm brought.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export function findNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const executable = process.platform === 'win32' ? 'node.exe' : 'bin/node';
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve(`node-${system}-${process.arch}/package.json`));
    for (const path of [join(folder, executable), join(folder, 'bin', executable)]) if (existsSync(path)) return path;
  } catch {
    // not installed for this machine
  }
  return undefined;
}
