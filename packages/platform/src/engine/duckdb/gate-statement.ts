import type { JsonValue } from '@hanse/core/document/document.ts';
import { comparableTree } from '@hanse/core/gate/comparable-tree.ts';
import { checkTree, type Held } from '@hanse/core/gate/gate.ts';
import { normaliseStatement } from '@hanse/core/gate/normalise-statement.ts';
import { placeInText } from '@hanse/core/gate/place-in-text.ts';
import { spellConstants } from '@hanse/core/gate/spell-constants.ts';
import type { Pass } from '@hanse/core/gate/verdict.ts';
import { UserError } from '../../error.ts';
import type { Analysis } from '../engine.ts';
import type { Asking } from './kept-statements.ts';
import { numberText } from './lossless-json.ts';
import { printTree, readTree } from './parse-tree.ts';

export interface Checked {
  readonly analysis: Analysis;
  readonly tree: JsonValue;
}

/**
 * Parses a statement and passes it through the gate. What may run is the text printed back from the checked tree, parsed
 * again to an equal tree: nothing that the tree does not say, as comments, is left in it.
 */
export async function gateStatement(connection: Asking, sql: string, held?: Held): Promise<Checked> {
  if (sql.includes('\u0000')) throw new UserError('statement', 'The statement has a NUL character.', 'Remove it.');
  const written = await readTree(connection, sql);
  const { tables } = judge(sql, written, held);
  const tree = spellConstants(written, numberText);
  const printed = await printAgain(connection, tree, held);
  return { analysis: { sql: printed, tables, normalised: normaliseStatement(printed) }, tree };
}

async function printAgain(connection: Asking, tree: JsonValue, held: Held | undefined): Promise<string> {
  const printed = await printTree(connection, tree);
  const again = await readTree(connection, printed);
  judge(printed, again, held);
  if (comparableTree(again) === comparableTree(tree)) return printed;
  throw new UserError(
    'denied',
    'The statement cannot be checked: printed back from its parse tree it reads differently.',
    'Write it another way; most often a rare spelling is the cause.',
  );
}

function judge(sql: string, tree: JsonValue, held: Held | undefined): Pass {
  const verdict = checkTree(tree, held);
  if (verdict.kind === 'passed') return verdict;
  const place = verdict.at === undefined ? '' : ` (${placeInText(sql, verdict.at)})`;
  throw new UserError(verdict.code, `${verdict.what}${place}.`, verdict.hint);
}
