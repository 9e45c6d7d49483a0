/** A table may be called anything: its file lies in the folder that was named, and is no hidden one. */
export function fileName(name: string): string {
  return name.replaceAll(/[/\\:\p{Cc}]/gu, '_').replace(/^\.+/, '_');
}
