import { type Translated, translateToRe2 } from './regular-expression.ts';

/** What is left to read, and what was made of the rest. */
interface Reading {
  readonly ecma: string;
  rest: string;
  written: string;
  /** What a repetition repeats, where that is one character or class. */
  atom?: string;
}

type Range = readonly [low: number, high: number];

/** RE2's classes: ASCII, whatever the collation. */
const classes: Readonly<Record<string, readonly Range[]>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ],
};
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
/** Constraints by what PostgreSQL calls them. */
const constraints: Readonly<Record<string, string>> = { b: '\\y', B: '\\Y', A: '\\A', z: '\\Z' };
/** PostgreSQL's own bound on counted repetition (DUPMAX). */
const repetitionLimit = 255;

/**
 * An ECMA-262 expression as PostgreSQL's advanced regular expressions, with the meaning that it has in RE2, so that both engines
 * judge alike; to be matched under `COLLATE "C"`. What RE2 refuses is refused here too, and so are inline flags, Unicode classes and
 * long repetitions of a group.
 */
export function translateToAre(ecma: string): Translated {
  const re2 = translateToRe2(ecma);
  if ('error' in re2) return re2;
  const reading: Reading = { ecma, rest: ecma, written: '' };
  while (reading.rest !== '') {
    const refused = step(reading);
    if (refused !== undefined) return { error: `the pattern ${ecma} uses ${refused}, which PostgreSQL does not have` };
  }
  return { pattern: reading.written };
}

/** Reads one token; says what it is where there is no counterpart. */
function step(reading: Reading): string | undefined {
  const { rest } = reading;
  if (rest.startsWith('[')) return bracket(reading);
  if (rest.startsWith('(')) return group(reading);
  if (rest.startsWith('{')) return repetition(reading);
  if (rest.startsWith('\\')) return escape(reading);
  const quantifier = /^[*+?]/.exec(rest)?.[0];
  if (quantifier !== undefined)
    return reading.written === '' ? `a quantifier ${quantifier} of nothing` : take(reading, `${quantifier}${/^.\?/.test(rest) ? '?' : ''}`, quantifier);
  if (rest.startsWith('.')) return takeAtom(reading, '.', '[^\\n]');
  if (/^[\^$|)]/.test(rest)) return take(reading, rest.slice(0, 1), rest.slice(0, 1));
  const [character = ''] = rest;
  return takeAtom(reading, character, one(character.codePointAt(0) ?? 0));
}

/** Greed decides which text matches, not whether one does: a lazy mark is read and left out. */
function take(reading: Reading, taken: string, written: string): undefined {
  reading.rest = reading.rest.slice(taken.length);
  reading.written += written;
  delete reading.atom;
}

function takeAtom(reading: Reading, taken: string, atom: string): undefined {
  take(reading, taken, atom);
  reading.atom = atom;
}

function group(reading: Reading): string | undefined {
  const named = /^\(\?<[A-Za-z_]\w*>/.exec(reading.rest)?.[0];
  if (named !== undefined) return take(reading, named, '(?:');
  if (reading.rest.startsWith('(?:')) return take(reading, '(?:', '(?:');
  const special = /^\(\?[^:)]*[:)]?/.exec(reading.rest)?.[0];
  return special === undefined ? take(reading, '(', '(?:') : `${special} inside`;
}

function repetition(reading: Reading): string | undefined {
  const [taken, low = '', comma, high = ''] = /^\{(\d+)(?:(,)(\d*))?\}\??/.exec(reading.rest) ?? [];
  if (taken === undefined) return takeAtom(reading, '{', '\\{');
  const least = Number(low);
  const most = comma === undefined ? least : high === '' ? undefined : Number(high);
  if (Math.max(least, most ?? 0) <= repetitionLimit) return take(reading, taken, taken.replace(/\?$/, ''));
  const { atom } = reading;
  if (atom === undefined) return `a repetition of a group above ${repetitionLimit} times`;
  reading.written = reading.written.slice(0, -atom.length);
  return take(reading, taken, `(?:${repeat(atom, least, most)})`);
}

/** As often in pieces that are short enough. */
function repeat(atom: string, least: number, most: number | undefined): string {
  const long = Math.max(least, most ?? 0) > repetitionLimit;
  if (!long) return `${atom}{${least},${most ?? ''}}`;
  const now = Math.min(least, repetitionLimit);
  const piece = `${atom}{${now},${most === undefined ? now : repetitionLimit}}`;
  return `${piece}${repeat(atom, least - now, most === undefined ? undefined : most - repetitionLimit)}`;
}

function escape(reading: Reading): string | undefined {
  const [taken = '', letter = ''] = /^\\([\s\S]?)/.exec(reading.rest) ?? [];
  const constraint = constraints[letter];
  if (constraint !== undefined) return take(reading, taken, constraint);
  const ranges = shorthand(letter);
  if (ranges !== undefined) return takeAtom(reading, taken, `[${ranges.map(range).join('')}]`);
  const escaped = escapedCharacter(reading.rest);
  return escaped === undefined ? `the escape ${taken}` : takeAtom(reading, escaped.taken, one(escaped.code));
}

function bracket(reading: Reading): string | undefined {
  const [opening = '['] = /^\[\^?/.exec(reading.rest) ?? [];
  let rest = reading.rest.slice(opening.length);
  const ranges: Range[] = [];
  while (!rest.startsWith(']')) {
    const [, letter = ''] = /^\\([\s\S])/.exec(rest) ?? [];
    const short = shorthand(letter);
    const low = short === undefined ? character(rest) : undefined;
    if (short === undefined && low === undefined) return `the escape \\${letter} in a character class`;
    ranges.push(...(short ?? []));
    rest = rest.slice(low?.taken.length ?? 2);
    if (low === undefined) continue;
    const ends = /^-[^\]]/.test(rest);
    const high = ends ? character(rest.slice(1)) : low;
    if (high === undefined) return `a range that ends in ${rest.slice(1, 3)}`;
    if (high.code < low.code) return `a range ${low.taken}-${high.taken} that runs backwards`;
    ranges.push([low.code, high.code]);
    rest = rest.slice(ends ? high.taken.length + 1 : 0);
  }
  return takeAtom(reading, reading.rest.slice(0, reading.rest.length - rest.length + 1), `${opening}${ranges.map(range).join('')}]`);
}

function shorthand(letter: string): readonly Range[] | undefined {
  const lower = letter.toLowerCase();
  const ranges = Object.hasOwn(classes, lower) ? classes[lower] : undefined;
  if (ranges === undefined || letter === lower) return ranges;
  const edges = [0, ...ranges.flatMap(([low, high]) => [low - 1, high + 1]), 0x10ffff];
  return ranges.concat([[0, 0]]).map((_, index): Range => [edges[index * 2] ?? 0, edges[index * 2 + 1] ?? 0]);
}

interface Character {
  readonly taken: string;
  readonly code: number;
}

function character(rest: string): Character | undefined {
  if (rest.startsWith('\\')) return escapedCharacter(rest);
  const [taken = ''] = rest;
  return { taken, code: taken.codePointAt(0) ?? 0 };
}

function escapedCharacter(rest: string): Character | undefined {
  const [hex, braced, four, two] = /^\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/.exec(rest) ?? [];
  const code = Number.parseInt(braced ?? four ?? two ?? '', 16);
  if (hex !== undefined) return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : { taken: hex, code };
  const [taken = '', letter = ''] = /^\\([!-/:-@[-`{-~ afnrtv])/.exec(rest) ?? [];
  if (letter === '') return undefined;
  return { taken, code: controls[letter] ?? letter.charCodeAt(0) };
}

function range([low, high]: Range): string {
  return low === high ? one(low) : `${one(low)}-${one(high)}`;
}

/** A character that stands for itself, also in a class; a range begins at 1, because no text holds the character 0. */
function one(code: number): string {
  if (code < 0x20) return `\\u${Math.max(code, 1).toString(16).padStart(4, '0')}`;
  const text = String.fromCodePoint(code);
  return /[\w\u0080-\u{10ffff}]/u.test(text) ? text : `\\${text}`;
}
