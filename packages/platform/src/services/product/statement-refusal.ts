import { excerpt, type TextPlace, writtenPlace } from '@hanse/core/sql/written-place.ts';
import { UserError } from '../../error.ts';

/** A file's statement, and the text that is run for it where it passed the gate. */
export interface FileStatement {
  readonly path: string;
  readonly sql: string;
  readonly printed?: string;
}

export interface StatementRefusal {
  readonly place: TextPlace | undefined;
  readonly what: string;
  readonly hint: string | undefined;
}

/** What the engine says of a statement, in terms of the file that has it. */
export function explainRefusal({ sql, printed }: FileStatement, { message, hint }: UserError): StatementRefusal {
  const [said = '', ...more] = (message.split('\n\n')[0] ?? message).split('\n');
  const place = gatePlace(message) ?? (printed === undefined ? undefined : writtenPlace({ written: sql, printed, message }));
  const what = said
    .replace(/^[A-Z][A-Za-z ]* Error: /, '')
    .replace(/ \(line \d+, column \d+\)/, '')
    .replace(/[.!]$/, '');
  return { place, what, hint: [...more, ...(hint === undefined ? [] : [hint])].join(' ').trim() || undefined };
}

/** The same as an error that shows the line. */
export function refusalInFile(statement: FileStatement, error: UserError): UserError {
  const { place, what, hint } = explainRefusal(statement, error);
  if (place === undefined) return new UserError(error.code, `${statement.path}: ${what}`, hint);
  return new UserError(error.code, `${statement.path}:${place.line}:${place.column}: ${what}\n${excerpt(statement.sql, place)}`, hint);
}

/** True for what the engine said of a statement, and not of anything else. */
export function isAboutStatement(error: unknown): error is UserError {
  return (
    error instanceof UserError &&
    (error.code === 'statement' ||
      error.message.includes('\n\nLINE ') ||
      /CSV Error on Line|(?:Malformed JSON|JSON transform error) in file/.test(error.message))
  );
}

function gatePlace(message: string): TextPlace | undefined {
  const [, line, column] = /\(line (\d+), column (\d+)\)/.exec(message) ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}
