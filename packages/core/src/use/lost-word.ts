import type { JsonValue } from '../document/document.ts';
import { isObject } from '../document/json.ts';
import { fold, nodeOf } from './syntax.ts';

const COMMENTS = new Set(['trailing_comments', 'leading_comments', 'comments']);

export interface Lost {
  /** True where a statement has one of these words more often than its tree. */
  readonly isLost: (names: readonly string[]) => boolean;
}

/** Guards against a parser that leaves out what it does not know: counts each word of a statement, and each in its tree. */
export function lostWord(trees: readonly JsonValue[], words: readonly string[]): Lost {
  const left = new Map<string, number>();
  const add = (word: string, by: number) => left.set(word, (left.get(word) ?? 0) + by);
  for (const word of words) add(fold(word), 1);
  for (const tree of trees) countWords(tree, (word, by) => add(word, -by));
  return { isLost: (names) => names.some((name) => (left.get(fold(name)) ?? 0) > 0) };
}

/** Text with spaces in it is a piece of the statement that nobody parsed: its words do not count. */
function countWords(value: JsonValue, found: (word: string, by: number) => void): void {
  if (typeof value === 'string') {
    if (!/\s/.test(value)) for (const word of new Set([value, ...value.split(/[^\p{L}\p{N}_$@#]+/u)])) found(fold(word), 1);
    else found(fold(value), 1);
    return;
  }
  if (Array.isArray(value)) return value.forEach((one) => countWords(one, found));
  if (!isObject(value)) return;
  const kind = nodeOf(value)?.kind;
  if (kind !== undefined) found(kind === 'star' || kind === 'mul' ? '*' : kind, 1);
  if (value.star === true) found('*', 1);
  for (const [key, part] of Object.entries(value)) if (!COMMENTS.has(key)) countWords(part, found);
}
