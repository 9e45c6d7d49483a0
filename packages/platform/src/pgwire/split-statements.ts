/** What has a semicolon or a word in it that is none: texts, names, comments. */
const OPAQUE = /'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|--[^\n]*|\/\*/y;
const ESCAPE_TEXT = /'[^'\\]*(?:(?:''|\\[^])[^'\\]*)*'/y;

/** One statement of a script. */
export interface ScriptPart {
  readonly sql: string;
  /** Comments as a space. */
  readonly bare: string;
  /** And texts and quoted names empty. */
  readonly words: string;
}

/** Splits a script at its semicolons; parts with nothing in them are left out. What is opened and not closed goes to the end. */
export function splitStatements(script: string): readonly ScriptPart[] {
  const parts: ScriptPart[] = [];
  let part = { start: 0, bare: '', words: '' };
  const cut = (end: number) => {
    if (part.bare.trim() !== '') parts.push({ sql: script.slice(part.start, end).trim(), bare: part.bare.trim(), words: part.words });
    part = { start: end + 1, bare: '', words: '' };
  };
  let plain = 0;
  const take = (end: number) => {
    const text = script.slice(plain, end);
    part.bare += text;
    part.words += text;
  };
  for (let at = 0; at < script.length;) {
    const end = script[at] === ';' ? at : opaqueEnd(script, at);
    if (end === undefined) {
      at += 1;
      continue;
    }
    take(at);
    const opaque = script.slice(at, end);
    if (end === at) cut(at);
    else part.bare += /^(?:--|\/\*)/.test(opaque) ? ' ' : opaque;
    part.words += ' ';
    at = Math.max(end, at + 1);
    plain = at;
  }
  take(script.length);
  cut(script.length);
  return parts;
}

/** Where the text, name or comment that starts here ends. */
function opaqueEnd(script: string, at: number): number | undefined {
  const first = script[at];
  if (first !== "'" && first !== '"' && first !== '$' && first !== '-' && first !== '/') return undefined;
  if (first === "'" && /(?:^|\W)e$/i.test(script.slice(Math.max(0, at - 2), at))) return matched(ESCAPE_TEXT, script, at)?.end ?? script.length;
  if (first === '$' && /[\w$]/.test(script[at - 1] ?? '')) return undefined;
  const found = matched(OPAQUE, script, at);
  if (found === undefined) return first === "'" || first === '"' ? script.length : undefined;
  if (found.text === '/*') return commentEnd(script, at);
  if (first !== '$') return found.end;
  const close = script.indexOf(found.text, found.end);
  return close < 0 ? script.length : close + found.text.length;
}

function matched(pattern: RegExp, script: string, at: number): { readonly text: string; readonly end: number } | undefined {
  pattern.lastIndex = at;
  const text = pattern.exec(script)?.[0];
  return text === undefined ? undefined : { text, end: at + text.length };
}

/** Comments nest. */
function commentEnd(script: string, from: number): number {
  let depth = 0;
  for (const mark of script.slice(from).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return from + mark.index + 2;
  }
  return script.length;
}
