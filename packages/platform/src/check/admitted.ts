import type { Analysis } from '../engine/engine.ts';
import { UserError } from '../error.ts';

/** A statement as it may run, and the tables it names; `UserError` where it may not run. */
export type Parse = (sql: string) => Promise<Pick<Analysis, 'sql' | 'tables'>>;

/** SQL that a contract's author wrote, as it may run, or why it may not: the place is left out, which is one in a statement of ours. */
export async function admitted(parse: Parse, sql: string): Promise<Awaited<ReturnType<Parse>> | { readonly error: string }> {
  try {
    return await parse(sql);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const said = error.message.replace(/ \(line \d+, column \d+\)/, '').replace(/\.$/, '');
    return { error: error.hint === undefined ? said : `${said}. ${error.hint.replace(/\.$/, '')}` };
  }
}
