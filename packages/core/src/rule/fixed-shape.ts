import { quoteText } from '../sql/quote.ts';

/** One character of a translated pattern, or a class of characters. */
const character = String.raw`\\u[0-9a-f]{4}|\\[^A-Za-z0-9]|[\w\u0080-\u{10ffff}]`;
const charClass = String.raw`\[\^?(?:\\.|[^\]\\])+\]`;
const piece = new RegExp(String.raw`(?:(${charClass})|(${character}))(?:\{(\d+)\})?`, 'yu');
const group = /\(\?:((?:\\.|[^()|?*+\\])*)\)(?:\{(\d+)\})?(?![?*+{])/su;
const longest = 255;

interface Piece {
  readonly written: string;
  readonly isClass: boolean;
  readonly from: number;
  readonly count: number;
}

/**
 * What is true of a text without the shape of a translated pattern whose matches are all of one length, as `^ORD\-[0-9]{10}$`; undefined for others.
 * PostgreSQL makes its automaton anew for each value, a state for each character of such a shape: LIKE for the characters that stand
 * for themselves, and one look for strangers among those of each class, cost a third to a fifth of that.
 */
export function fixedShapeMismatch(pattern: string, text: string): string | undefined {
  const pieces = piecesOf(pattern);
  if (pieces === undefined) return undefined;
  const classes = [
    ...Map.groupBy(
      pieces.filter(({ isClass }) => isClass),
      ({ written }) => written,
    ),
  ];
  const length = lengthOf(pieces);
  if (length <= 3 * classes.length + 2 * classes.flatMap(([, runs]) => runs).length) return undefined;
  const like = `${text} COLLATE "C" LIKE ${quoteText(pieces.map(likeOf).join(''))}`;
  const known = classes.map(([written, runs]) => `${joined(runs, length, text)} COLLATE "C" !~ ${quoteText(complement(written))}`);
  return `NOT (${[like, ...known].join(' AND ')})`;
}

/** Neighbours of one class as one; undefined where the pattern is more than a row of them. */
function piecesOf(pattern: string): readonly Piece[] | undefined {
  const body = /^\^(.+)\$$/su.exec(ungrouped(pattern))?.[1];
  if (body === undefined) return undefined;
  const pieces: Piece[] = [];
  for (let at = 0; at < body.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const [, ofClass, alone, times = '1'] = piece.exec(body) ?? [];
    const written = ofClass ?? alone;
    if (written === undefined || lengthOf(pieces) + Number(times) > longest) return undefined;
    const before = pieces.at(-1);
    const merged = before?.isClass && before.written === written ? pieces.pop() : undefined;
    pieces.push({ written, isClass: ofClass !== undefined, from: merged?.from ?? lengthOf(pieces) + 1, count: (merged?.count ?? 0) + Number(times) });
  }
  return pieces;
}

/** Groups that are only repeated, written out. */
function ungrouped(pattern: string): string {
  let written = pattern;
  for (let found = group.exec(written); found !== null; found = group.exec(written)) {
    const [whole, inside = '', times = '1'] = found;
    if (inside.length * Number(times) > longest * longest) return written;
    written = `${written.slice(0, found.index)}${inside.repeat(Number(times))}${written.slice(found.index + whole.length)}`;
  }
  return written;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { count }) => sum + count, 0);
}

function likeOf({ written, isClass, count }: Piece): string {
  const code = /^\\u(.{4})$/.exec(written)?.[1];
  const alone = code === undefined ? written.replace(/^\\(?=.)/su, '') : String.fromCodePoint(Number.parseInt(code, 16));
  return (isClass ? '_' : alone.replace(/[\\%_]/, String.raw`\$&`)).repeat(count);
}

/** The characters of the runs behind one another. */
function joined(runs: readonly Piece[], length: number, text: string): string {
  if (runs[0]?.count === length) return text;
  const parts = runs.map(({ from, count }) => (from + count > length ? `substr(${text}, ${from})` : `substr(${text}, ${from}, ${count})`));
  return parts.length === 1 ? parts.join('') : `(${parts.join(' || ')})`;
}

function complement(written: string): string {
  return written.startsWith('[^') ? written.replace('[^', '[') : written.replace('[', '[^');
}
