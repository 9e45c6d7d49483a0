import type { JsonValue } from '@hanse/core/document/document.ts';
import { isObject } from '@hanse/core/document/json.ts';
import { textOf } from '@hanse/core/gate/tree.ts';
import { placeInText } from '@hanse/core/gate/place-in-text.ts';
import { UserError } from '../../error.ts';
import type { Asking } from './kept-statements.ts';
import { formatLossless, parseLossless } from './lossless-json.ts';

/** DuckDB repeats the rest of the text after an open quote. */
const maxMessage = 200;

const oneSelect = 'Only one SELECT can be run here.';

/** DuckDB's parse tree of a text. Throws a `UserError` with its message and place for what is no SELECT. */
export async function readTree(connection: Asking, sql: string): Promise<JsonValue> {
  const text = await value(connection, 'SELECT json_serialize_sql($1::VARCHAR)', sql);
  const tree = parsed(text);
  if (!isObject(tree) || tree.error !== true) return tree;
  throw syntaxError(sql, textOf(tree.error_message), textOf(tree.position));
}

/** The text that DuckDB prints of a tree. */
export async function printTree(connection: Asking, tree: JsonValue): Promise<string> {
  return value(connection, 'SELECT json_deserialize_sql($1::JSON)', formatLossless(tree));
}

async function value(connection: Asking, sql: string, argument: string): Promise<string> {
  const reader = await connection.runAndReadAll(sql, [argument]);
  const found = reader.getRows()[0]?.[0];
  if (typeof found !== 'string') throw new Error(`DuckDB gave no text for: ${sql}`);
  return found;
}

function parsed(text: string): JsonValue {
  try {
    return parseLossless(text);
  } catch {
    throw new UserError('statement', 'A number in the statement is too large.', 'Write it as text and cast it.');
  }
}

function syntaxError(sql: string, message: string, position: string): UserError {
  if (message.startsWith('Only SELECT statements')) return notSelect(sql);
  const place = position === '' ? '' : ` (${placeInText(sql, Number(position))})`;
  const said = message.replace(/ Use "SET .*$/s, '').replace(/[.!]$/, '');
  const short = said.length > maxMessage ? `${said.slice(0, maxMessage)}…` : said;
  return new UserError('statement', `The statement cannot be parsed: ${short}${place}.`);
}

function notSelect(sql: string): UserError {
  const word = /^(?:\s|;|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
  if (['SELECT', 'WITH', 'FROM', 'PIVOT', ''].includes(word) && /\bpivot\b/i.test(sql)) {
    const hint = "List the values: PIVOT t ON c IN ('a', 'b') USING sum(v).";
    return new UserError('denied', `${oneSelect} PIVOT without a list of values becomes several statements.`, hint);
  }
  const what = word === '' || word === 'SELECT' || word === 'WITH' || word === 'FROM' ? '' : ` ${word} is not allowed.`;
  return new UserError('denied', `${oneSelect}${what}`, 'Products are changed by building and publishing them.');
}
