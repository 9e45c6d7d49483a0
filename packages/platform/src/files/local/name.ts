import { isAbsolute, sep } from 'node:path';
import type { FileKind } from '../files.ts';

const kinds: readonly FileKind[] = ['data', 'slice', 'metadata', 'keys'];
const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** True for `<kind>/<segment>/...`: no segment can leave the folder. */
export function isName(name: string): boolean {
  const [kind, ...rest] = name.split('/');
  return kinds.some((known) => known === kind) && rest.length > 0 && rest.every((part) => segment.test(part));
}

/** The name of the file that a `file://` address or a path below `folder` means; undefined for any other. */
export function nameOf(folder: string, uri: string): string | undefined {
  const path = uri.startsWith('file://') ? uri.slice('file://'.length) : uri;
  const prefix = `${slashes(folder)}/`;
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(prefix.length);
  return isName(name) ? name : undefined;
}

/** A path with `/` and, where it is absolute, a leading one. */
export function slashes(path: string): string {
  const forward = sep === '/' ? path : path.split(sep).join('/');
  return isAbsolute(path) && !forward.startsWith('/') ? `/${forward}` : forward;
}
