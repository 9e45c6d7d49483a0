/** A statement as a person wrote it, as it was printed back and run, and what the engine said of the latter. */
export interface Refused {
  readonly written: string;
  readonly printed: string;
  readonly message: string;
}

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

interface Word {
  readonly text: string;
  readonly offset: number;
}

/**
 * Where in the written statement the engine's caret points: printing moves words and keeps their order, so the n-th of a word is
 * the n-th of it there. Undefined where the engine has no caret, or a word was written more or less often than printed.
 */
export function writtenPlace({ written, printed, message }: Refused): TextPlace | undefined {
  const offset = caretOffset(printed, message);
  if (offset === undefined) return undefined;
  const words = wordsOf(printed);
  const pointed = words.findLast((word) => word.offset <= offset);
  if (pointed === undefined) return undefined;
  const same = words.filter(({ text }) => text === pointed.text);
  const candidates = wordsOf(written).filter(({ text }) => text === pointed.text);
  const found = candidates.length === same.length ? candidates[same.indexOf(pointed)] : candidates.length === 1 ? candidates[0] : undefined;
  return found === undefined ? undefined : placeAt(written, found.offset);
}

/** DuckDB shows a window of the statement, cut with `...` at either end, and a caret below. */
function caretOffset(printed: string, message: string): number | undefined {
  const [, head, shown, spaces] = /\n\n(LINE \d+: )(.*)\n( *)\^/.exec(message) ?? [];
  if (head === undefined || shown === undefined || spaces === undefined) return undefined;
  const cut = shown.startsWith('...') ? 3 : 0;
  const window = shown.slice(cut).replace(/\.\.\.$/, '');
  const start = printed.indexOf(window);
  return start < 0 || printed.indexOf(window, start + 1) >= 0 ? undefined : start + spaces.length - head.length - cut;
}

const WORD = /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*/gu;

function wordsOf(sql: string): readonly Word[] {
  const found = [...sql.matchAll(WORD)].filter(([text]) => !text.startsWith('--') && !text.startsWith('/*'));
  return found.map(({ 0: text, index }) => ({ text: text.replaceAll('"', '').toLowerCase(), offset: index }));
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const WINDOW = 120;

/** The line of a text, with a caret below its column; of a long line, what is around. */
export function excerpt(text: string, { line, column }: TextPlace): string {
  const whole = (text.split(/\r?\n/)[line - 1] ?? '').replaceAll('\t', ' ');
  const start = whole.length > WINDOW ? Math.max(0, column - 1 - WINDOW / 2) : 0;
  return `    ${whole.slice(start, start + WINDOW).trimEnd()}\n    ${' '.repeat(column - 1 - start)}^`;
}
