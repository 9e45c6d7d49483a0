import { sep } from 'node:path';

/** True for a folder itself and all that lies in it; both absolute, without symbolic links. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
