import { ExternalError, UserError } from '../../error.ts';

/** Text of an error with file places replaced by what people call them. */
export type Redact = (text: string) => string;

/** Replaces each place by its name, longer places first, so that a folder does not hide a file in it. */
export function redactor(places: ReadonlyMap<string, string>): Redact {
  const ordered = [...places].toSorted(([a], [b]) => b.length - a.length);
  return (text) => ordered.reduce((redacted, [place, name]) => redacted.replaceAll(place, name), text);
}

/** An error of DuckDB as one of ours: the statement's, or the engine's own. Other errors come back as they are. */
export function statementError(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error) || error instanceof UserError || error instanceof ExternalError) return error;
  const kind = /^([A-Za-z ]+?) Error: /.exec(error.message)?.[1];
  if (kind === undefined) return error;
  const message = redact(error.message);
  if (externalKinds.has(kind.toUpperCase())) {
    return new ExternalError(
      message,
      message.includes('No space left on device') ? { hint: 'The disk is full: free some space, then run the command again.' } : {},
    );
  }
  if (kind === 'Out of Memory') {
    return new UserError('limit', message, 'Select fewer columns or rows, or ask for a larger memory limit.');
  }
  const absent = message.startsWith('Catalog Error: Table with name');
  return new UserError(absent ? 'missing' : 'statement', message);
}

const externalKinds = new Set(['IO', 'INTERNAL', 'FATAL', 'HTTP', 'CONNECTION', 'INTERRUPT', 'TRANSACTIONCONTEXT']);

/** For SQL that wraps what a person wrote: leaves out DuckDB's excerpt of it. */
export async function withoutExcerpt<T>(run: Promise<T>): Promise<T> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(/\n\nLINE \d+:[\s\S]*$/, '');
    throw error;
  }
}
