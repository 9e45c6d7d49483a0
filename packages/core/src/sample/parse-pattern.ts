/** What a regular expression takes. Assertions take nothing: who makes texts of it tries them against the expression. */
export type PatternNode =
  | { readonly kind: 'set'; readonly characters: readonly string[] }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly of: PatternNode; readonly least: number; readonly most?: number };

interface Reading {
  readonly text: string;
  at: number;
}

const between = (first: string, last: string) =>
  Array.from({ length: (last.codePointAt(0) ?? 0) - (first.codePointAt(0) ?? 0) + 1 }, (_, index) => String.fromCodePoint((first.codePointAt(0) ?? 0) + index));
const lower = between('a', 'z');
const upper = between('A', 'Z');
const digits = between('0', '9');
const printable = between(' ', '~');
const words = [...lower, ...digits, '_', ...upper];
const shorthands: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: words,
  s: [' '],
  D: lower,
  W: ['-', '.', ' '],
  S: [...lower, ...digits],
};
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', '0': '\0' };
/** No character range is taken beyond. */
const longestRange = 256;

/** Parses a regular expression (ECMA-262 as `rule/` takes it) as far as texts can be made of it; undefined where they cannot. */
export function parsePattern(text: string): PatternNode | undefined {
  const reading: Reading = { text, at: 0 };
  const node = choice(reading);
  return reading.at === text.length ? node : undefined;
}

function choice(reading: Reading): PatternNode | undefined {
  const of: PatternNode[] = [];
  do {
    const one = sequence(reading);
    if (one === undefined) return undefined;
    of.push(one);
  } while (take(reading, /^\|/) !== undefined);
  const [only] = of;
  return of.length === 1 ? only : { kind: 'choice', of };
}

function sequence(reading: Reading): PatternNode | undefined {
  const of: PatternNode[] = [];
  while (reading.at < reading.text.length && !'|)'.includes(reading.text[reading.at] ?? '')) {
    if (take(reading, /^(?:[$^]|\\[bB])/) !== undefined) continue;
    const atom = atomOf(reading);
    if (atom === undefined) return undefined;
    of.push(repeated(reading, atom));
  }
  return { kind: 'sequence', of };
}

function repeated(reading: Reading, of: PatternNode): PatternNode {
  const match = take(reading, /^(?:([*+?])|\{(\d+)(,(\d*))?\})[?+]?/);
  if (match === undefined) return of;
  const [, sign, least, comma, most] = match;
  if (sign !== undefined) return { kind: 'repeat', of, least: sign === '+' ? 1 : 0, ...(sign === '?' && { most: 1 }) };
  if (comma === undefined) return { kind: 'repeat', of, least: Number(least), most: Number(least) };
  return { kind: 'repeat', of, least: Number(least), ...(most !== undefined && most !== '' && { most: Number(most) }) };
}

function atomOf(reading: Reading): PatternNode | undefined {
  if (take(reading, /^\((?:\?:|\?<[A-Za-z_]\w*>|(?!\?))/) !== undefined) {
    const inside = choice(reading);
    return take(reading, /^\)/) === undefined ? undefined : inside;
  }
  if (take(reading, /^\./) !== undefined) return { kind: 'set', characters: lower };
  if (take(reading, /^\[/) !== undefined) return setOf(classOf(reading));
  const escaped = setOf(escapeOf(reading));
  if (escaped !== undefined) return escaped;
  const character = take(reading, /^[^()[\]{}*+?\\|]/su) ?? take(reading, /^[\]{}]/);
  return character && { kind: 'set', characters: [character[0]] };
}

function setOf(characters: readonly string[] | undefined): PatternNode | undefined {
  return characters && { kind: 'set', characters };
}

/** The characters of an escape; undefined where none stands here, or what it means is not known. */
function escapeOf(reading: Reading): readonly string[] | undefined {
  const code = take(reading, /^\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/);
  if (code !== undefined) return [String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16))];
  const property = take(reading, /^\\p\{(L|Lu|Ll|N|Nd)\}/);
  if (property !== undefined) return { L: [...lower, ...upper], Lu: upper, Ll: lower, N: digits, Nd: digits }[property[1] ?? ''];
  const [, letter = ''] = take(reading, /^\\([dwsDWSnrtfv0]|[^A-Za-z0-9])/su) ?? [];
  if (letter === '') return undefined;
  const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined;
  return Object.hasOwn(shorthands, letter) ? shorthands[letter] : [control ?? letter];
}

function classOf(reading: Reading): readonly string[] | undefined {
  const isNegated = take(reading, /^\^/) !== undefined;
  const found = new Set<string>();
  while (take(reading, /^\]/) === undefined) {
    const part = rangeOf(reading);
    if (part === undefined) return undefined;
    for (const character of part) found.add(character);
  }
  const others = isNegated ? printable.filter((character) => !found.has(character)) : [...found];
  const plain = others.filter((character) => (isNegated ? words : printable).includes(character));
  return plain.length > 0 ? plain : others;
}

function rangeOf(reading: Reading): readonly string[] | undefined {
  const first = escapeOf(reading) ?? literalIn(reading);
  if (first === undefined || first.length !== 1 || take(reading, /^-(?!\])/) === undefined) return first;
  const last = escapeOf(reading) ?? literalIn(reading);
  const [from = '', to = ''] = [first[0], last?.[0]];
  if (last?.length !== 1) return undefined;
  const length = (to.codePointAt(0) ?? 0) - (from.codePointAt(0) ?? 0) + 1;
  return length > 0 && length <= longestRange ? between(from, to) : undefined;
}

function literalIn(reading: Reading): readonly string[] | undefined {
  const character = take(reading, /^[^\\\]]/su);
  return character && [character[0]];
}

function take(reading: Reading, expression: RegExp): RegExpExecArray | undefined {
  const match = expression.exec(reading.text.slice(reading.at));
  if (match === null) return undefined;
  reading.at += match[0].length;
  return match;
}
