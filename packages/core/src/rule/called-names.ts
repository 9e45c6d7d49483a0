/** As PostgreSQL reads a text, where `standard_conforming_strings` is on. */
const token =
  /[ \t\n\r\f\v]+|--[^\n\r]*|\/\*|[eE]'|[uU]&['"]|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$((?:[A-Za-z_\u{80}-\u{10FFFF}][\w\u{80}-\u{10FFFF}]*)?)\$[\s\S]*?\$\1\$|[A-Za-z_\u{80}-\u{10FFFF}][\w$\u{80}-\u{10FFFF}]*|[\s\S]/uy;
const open = /^(?:['"]|\$(?:[A-Za-z_\u{80}-\u{10FFFF}][\w\u{80}-\u{10FFFF}]*)?\$)/u;

/**
 * The names before brackets in SQL of PostgreSQL: all functions that it may call by name, and words of the language. Undefined where it
 * cannot be seen what is a name: texts that stay open or have escapes (E'', U&''), comments in comments.
 */
export function calledNames(sql: string): readonly string[] | undefined {
  const called = new Set<string>();
  let last = '';
  for (let at = 0; at < sql.length;) {
    token.lastIndex = at;
    const [text = ''] = token.exec(sql) ?? [];
    const end = text === '/*' ? endOfComment(sql, at) : at + text.length;
    if (end === undefined || /^(?:e'|u&)/i.test(text) || (text.length === 1 && open.test(sql.slice(at)))) return undefined;
    at = end;
    if (text === '(' && /^[\w"\u{80}-\u{10FFFF}]/u.test(last)) called.add(last.startsWith('"') ? last.slice(1, -1).replaceAll('""', '"') : last.toLowerCase());
    if (!/^(?:[ \t\n\r\f\v]|--|\/\*)/.test(text)) last = text;
  }
  return [...called];
}

function endOfComment(sql: string, at: number): number | undefined {
  const end = sql.indexOf('*/', at + 2);
  return end < 0 || sql.slice(at + 2, end).includes('/*') ? undefined : end + 2;
}
