import type { Rows } from './rows.ts';
import { type SessionStatement, sessionStatement } from './session-statement.ts';
import type { ScriptPart } from './split-statements.ts';
import { WireError } from './wire-error.ts';
import type { WireColumn } from './wire-type.ts';

/** A statement by who answers it. */
export type Prepared =
  | { readonly kind: 'empty' }
  | { readonly kind: 'session'; readonly statement: SessionStatement }
  | { readonly kind: 'query'; readonly sql: string; readonly words: string };

/** A statement that is being answered. */
export interface Portal {
  readonly prepared: Prepared;
  readonly control: AbortController;
  opened?: { readonly columns: readonly WireColumn[]; readonly rows: Rows };
  /** All its rows were sent. */
  done: boolean;
}

/** As over HTTP. */
const MAX_CHARACTERS = 1_000_000;

export function prepare({ sql, bare, words }: ScriptPart): Prepared {
  if (sql.length > MAX_CHARACTERS) throw new WireError('54000', `the statement has ${sql.length} characters, more than ${MAX_CHARACTERS}`);
  const statement = sessionStatement(bare);
  return statement === undefined ? { kind: 'query', sql, words } : { kind: 'session', statement };
}

/** Lets go of what it reads. */
export async function closePortal({ opened }: Portal): Promise<void> {
  await opened?.rows.close();
}
