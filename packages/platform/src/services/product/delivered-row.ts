import { join } from 'node:path/posix';
import type { BuildSource, SourceColumn } from '@hanse/core/product/build-file.ts';
import { UserError } from '../../error.ts';

export interface NamedSources {
  /** The product's folder. */
  readonly folder: string;
  readonly sources: Readonly<Record<string, BuildSource>>;
}

/** DuckDB's words about a row of a CSV or JSON file as ours: which line of which source, which value, and what it should be. Undefined for other errors. */
export function rowRefusal({ folder, sources }: NamedSources, { message }: UserError): UserError | undefined {
  const name = /\bsource\.(\w+)/.exec(message)?.[1] ?? '';
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  const fault = csvFault(message, source?.kind === 'file' ? source.columns : undefined) ?? jsonFault(message);
  if (fault === undefined) return undefined;
  const file = source?.kind === 'file' ? (source.file.startsWith('$') ? source.file : join(folder, source.file)) : `source.${name}`;
  const shown = fault.text === undefined ? '' : `\n    ${fault.text.slice(0, 200)}`;
  return new UserError('invalid', `${file}:${fault.line}: ${fault.what}${shown}`, fault.hint);
}

interface Fault {
  readonly line: string;
  readonly what: string;
  readonly text?: string;
  readonly hint: string;
}

function csvFault(message: string, columns: readonly SourceColumn[] = []): Fault | undefined {
  const [, line, text] = /CSV Error on Line: (\d+)\s+Original Line: (.*)/.exec(message) ?? [];
  if (line === undefined || text === undefined) return undefined;
  const [, column, value] = /Error when converting column "(.+?)"\. Could not convert string "(.*)" to '/s.exec(message) ?? [];
  const type = columns.find(({ name }) => name === column)?.type ?? /to '([^']+)'/.exec(message)?.[1] ?? '';
  if (column !== undefined)
    return {
      line,
      text,
      what: `column ${column} is ${type}, and its value \`${value}\` is not`,
      hint: `Correct the value, or the type of ${column} under columns of this source in build.yaml.`,
    };
  const said =
    message
      .slice(message.indexOf(text) + text.length)
      .trim()
      .split('\n')[0] ?? '';
  return {
    line,
    text,
    what: `the line cannot be read: ${said.replace(/[.]$/, '')}`,
    hint: 'Correct the line; a value that holds the delimiter stands in double quotes.',
  };
}

function jsonFault(message: string): Fault | undefined {
  const [, malformed, line, why] =
    /(Malformed JSON|JSON transform error) in file .+?, (?:at byte \d+ )?in (?:line|record\/value) (\d+): (.*)/.exec(message) ?? [];
  if (line === undefined || why === undefined) return undefined;
  const what = malformed === 'Malformed JSON' ? `the line is no JSON: ${why}` : why;
  return {
    line,
    what: what.split('. ')[0]?.replace(/[.\s]+$/, '') ?? what,
    hint: 'Correct the line, or the types under columns of this source in build.yaml.',
  };
}
