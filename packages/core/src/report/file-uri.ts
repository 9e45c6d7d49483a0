/** A path as the reference of a URI; a relative one stays relative, so that a viewer finds it in its checkout. */
export function fileUri(path: string): string {
  const slashes = path.toWellFormed().replaceAll('\\', '/');
  const encoded = slashes.split('/').map(encodeURIComponent).join('/');
  return slashes.startsWith('/') ? `file://${encoded}` : encoded;
}
