import type { CompareOperator, Literal, Predicate } from './restriction.ts';

/** Why a text is no predicate, and at which character (from 0). */
export interface PredicateError {
  readonly offset: number;
  readonly message: string;
}

export type ParsedPredicate = { readonly predicate: Predicate<string> } | { readonly error: PredicateError };

interface Token {
  readonly kind: 'word' | 'column' | 'text' | 'number' | 'symbol' | 'end' | 'bad';
  readonly text: string;
  readonly offset: number;
}

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const TOKEN =
  /\s*(?:(?<column>"(?:[^"]|"")+")|(?<text>'(?:[^']|'')*')|(?<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(?<symbol><>|!=|<=|>=|[=<>(),])|(?<bad>\S))/gy;
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'like', 'true', 'false']);
const OPERATORS: Readonly<Record<string, CompareOperator>> = { '=': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };
/** Parentheses and `not` within one another; deeper text is nobody's. */
const MAX_DEPTH = 100;

/**
 * Parses the row condition of a role, in SQL's words: `and`, `or`, `not`, parentheses, `= <> < <= > >=`, `in`, `is null`,
 * and `like 'x%'` for a beginning. Each comparison has a column on the left and a literal on the right, so that it sees one row.
 */
export function parsePredicate(text: string): ParsedPredicate {
  const parser: Parser = { tokens: tokenize(text), at: 0, depth: 0 };
  try {
    const predicate = parseOr(parser);
    if (peek(parser).kind !== 'end') fail(peek(parser), 'expected `and`, `or` or the end');
    return { predicate };
  } catch (error) {
    if (error instanceof PredicateFailure) return { error: { offset: error.offset, message: error.message } };
    throw error;
  }
}

class PredicateFailure extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

function tokenize(text: string): readonly Token[] {
  const tokens = [...text.matchAll(TOKEN)].map((match): Token => {
    const [kind, found] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? ['bad', ''];
    return { kind: tokenKind(kind), text: found ?? '', offset: match.index + match[0].length - (found ?? '').length };
  });
  return [...tokens, { kind: 'end', text: '', offset: text.length }];
}

function tokenKind(group: string): Token['kind'] {
  return group === 'column' || group === 'text' || group === 'number' || group === 'word' || group === 'symbol' ? group : 'bad';
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.at] ?? { kind: 'end', text: '', offset: 0 };
}

function next(parser: Parser): Token {
  const token = peek(parser);
  parser.at++;
  return token;
}

function takes(parser: Parser, word: string): boolean {
  const token = peek(parser);
  if ((token.kind !== 'word' && token.kind !== 'symbol') || token.text.toLowerCase() !== word) return false;
  parser.at++;
  return true;
}

function expect(parser: Parser, word: string): void {
  if (!takes(parser, word)) fail(peek(parser), `expected \`${word}\``);
}

function fail(token: Token, message: string): never {
  const found =
    token.kind === 'end' ? 'the end' : token.text.startsWith("'") && token.kind === 'bad' ? 'a text that is not closed' : `\`${token.text.slice(0, 40)}\``;
  throw new PredicateFailure(token.offset, `${message}, found ${found}`);
}

function parseOr(parser: Parser): Predicate<string> {
  const of = [parseAnd(parser)];
  while (takes(parser, 'or')) of.push(parseAnd(parser));
  return joined('or', of);
}

function parseAnd(parser: Parser): Predicate<string> {
  const of = [parseNot(parser)];
  while (takes(parser, 'and')) of.push(parseNot(parser));
  return joined('and', of);
}

function joined(kind: 'and' | 'or', of: readonly Predicate<string>[]): Predicate<string> {
  const [only, second] = of;
  return only !== undefined && second === undefined ? only : { kind, of };
}

function parseNot(parser: Parser): Predicate<string> {
  if (++parser.depth > MAX_DEPTH) fail(peek(parser), `at most ${MAX_DEPTH} levels`);
  const predicate = takes(parser, 'not') ? negated(parseNot(parser)) : parseGroup(parser);
  parser.depth--;
  return predicate;
}

function negated(of: Predicate<string>): Predicate<string> {
  return { kind: 'not', of };
}

function parseGroup(parser: Parser): Predicate<string> {
  if (!takes(parser, '(')) return parseComparison(parser);
  const predicate = parseOr(parser);
  expect(parser, ')');
  return predicate;
}

function parseComparison(parser: Parser): Predicate<string> {
  const column = parseColumn(parser);
  if (takes(parser, 'is')) {
    const isNot = takes(parser, 'not');
    expect(parser, 'null');
    const predicate: Predicate<string> = { kind: 'is-null', column };
    return isNot ? negated(predicate) : predicate;
  }
  const isNot = takes(parser, 'not');
  if (takes(parser, 'in')) return isNot ? negated(parseIn(parser, column)) : parseIn(parser, column);
  if (takes(parser, 'like')) return isNot ? negated(parseLike(parser, column)) : parseLike(parser, column);
  const token = next(parser);
  const operator = token.kind === 'symbol' && !isNot ? OPERATORS[token.text] : undefined;
  if (operator === undefined) return fail(token, isNot ? 'expected `in` or `like`' : 'expected a comparison');
  return { kind: 'compare', column, operator, value: parseLiteral(parser) };
}

function parseColumn(parser: Parser): string {
  const token = next(parser);
  if (token.kind === 'column') return token.text.slice(1, -1).replaceAll('""', '"');
  if (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase())) return token.text;
  return fail(token, 'expected a column');
}

function parseIn(parser: Parser, column: string): Predicate<string> {
  expect(parser, '(');
  const values = [parseLiteral(parser)];
  while (takes(parser, ',')) values.push(parseLiteral(parser));
  expect(parser, ')');
  return { kind: 'in', column, values };
}

function parseLike(parser: Parser, column: string): Predicate<string> {
  const token = next(parser);
  const text = token.kind === 'text' ? unquoted(token.text) : undefined;
  if (text === undefined || !text.endsWith('%') || /[%_\\]/.test(text.slice(0, -1))) return fail(token, "expected a beginning, as 'x%'");
  return { kind: 'starts-with', column, value: text.slice(0, -1) };
}

function parseLiteral(parser: Parser): Literal {
  const token = next(parser);
  if (token.kind === 'text') return unquoted(token.text);
  if (token.kind === 'number') return exactNumber(token);
  const word = token.kind === 'word' ? token.text.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null') return fail(token, 'expected a value; write `is null` to ask for nothing');
  return fail(token, 'expected a text in single quotes, a number, true or false');
}

function exactNumber(token: Token): number {
  const value = Number(token.text);
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) fail(token, 'expected a number below 2^53, or the digits in single quotes');
  return Object.is(value, -0) ? 0 : value;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}
