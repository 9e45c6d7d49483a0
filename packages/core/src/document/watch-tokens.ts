import type { FindingCode } from '../finding/codes.ts';
import { documentLimits } from './limits.ts';

interface Excess {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
}

/** What `yaml`'s lexer puts before the text of a scalar. */
const SCALAR = '\x1f';
const OPENING = new Set(['[', '{']);
const CLOSING = new Set([']', '}']);
/** Lexemes that can begin a block collection, or an entry of one. */
const BEGINNING = new Set(['-', '?', ':', SCALAR]);

/**
 * Follows the lexemes of a document and says so when they go beyond the limits, before the recursive part of the parser
 * sees them. Columns that stand open bound the depth of block collections from above by a factor of two.
 */
export function watchTokens(): (lexeme: string) => Excess | undefined {
  const columns: number[] = [];
  let offset = 0;
  let lineStart = 0;
  let flow = 0;
  let tokens = 0;
  let isText = false;
  return (lexeme) => {
    const at = offset;
    offset += isControl(lexeme) ? 0 : lexeme.length;
    if (++tokens > documentLimits.tokens) return tooMany(at);
    if (lexeme.length > documentLimits.scalar) return tooLong(at);
    if (!isText) {
      if (OPENING.has(lexeme)) flow++;
      else if (CLOSING.has(lexeme)) flow--;
      if (flow <= 0 && BEGINNING.has(lexeme)) open(columns, at - lineStart);
    }
    isText = lexeme === SCALAR;
    const newline = lexeme.lastIndexOf('\n');
    if (newline >= 0) lineStart = at + newline + 1;
    return flow > documentLimits.depth || columns.length > 2 * documentLimits.depth + 2 ? tooDeep(at) : undefined;
  };
}

function isControl(lexeme: string): boolean {
  return lexeme === SCALAR || lexeme === '\x02' || lexeme === '\x18';
}

function open(columns: number[], column: number): void {
  while ((columns.at(-1) ?? -1) > column) columns.pop();
  if (columns.at(-1) !== column) columns.push(column);
}

function tooDeep(offset: number): Excess {
  return { code: 'document.too-deep', message: `the document nests more than ${documentLimits.depth} levels`, hint: 'Write it flatter.', offset };
}

function tooMany(offset: number): Excess {
  return {
    code: 'document.too-large',
    message: `the document has more than ${documentLimits.tokens} parts`,
    hint: 'Split it: one document describes one thing.',
    offset,
  };
}

function tooLong(offset: number): Excess {
  return { code: 'document.too-large', message: `a text is longer than ${documentLimits.scalar} characters`, hint: 'Move it to a file of its own.', offset };
}
