const token = /(?<name>"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|#\d+)|(?<literal>'(?:[^']|'')*'|\$\w+|-?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)/g;

/** A statement as the engine prints it, with its literals and parameters replaced by `?`. */
export function normaliseStatement(printed: string): string {
  return printed.replace(token, (text, name: string | undefined) => (name === undefined ? '?' : text));
}
