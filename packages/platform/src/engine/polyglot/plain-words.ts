/** Every word of a text, also those in strings and comments: what a statement that cannot be parsed may be about. */
export function plainWords(sql: string): readonly string[] {
  return [...new Set(sql.match(/[\p{L}\p{N}_$@#]+/gu) ?? [])];
}
