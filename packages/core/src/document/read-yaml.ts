import { Composer, Lexer, Parser, type Document, type ParsedNode, type YAMLError } from 'yaml';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding } from '../finding/finding.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { documentLimits } from './limits.ts';
import { plainValue } from './plain-value.ts';
import { positionAt, type SourceDocument } from './source-document.ts';
import { watchTokens } from './watch-tokens.ts';

export interface ReadResult {
  /** Absent where a finding is an error. */
  readonly document?: SourceDocument;
  readonly findings: readonly Finding[];
}

interface Failure {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
  readonly offset?: number;
}

/**
 * Reads one YAML 1.2 or JSON document, given as UTF-8 bytes or as text. Timestamps stay text. Whatever the
 * content, it ends within `documentLimits` in a document or in findings.
 */
export function readYaml(file: string, content: string | Uint8Array): ReadResult {
  if (content.length > documentLimits.bytes) {
    return failed(
      { file, text: '', lineStarts: [0] },
      {
        code: 'document.too-large',
        message: `the file is larger than ${documentLimits.bytes / 1_000_000} MB, the most a document may have`,
        hint: 'A document describes data; keep the data itself in files that a source reads.',
      },
    );
  }
  const decoded = typeof content === 'string' ? { text: content } : decodeUtf8(content);
  if ('problem' in decoded) {
    return failed(
      { file, text: decoded.before, lineStarts: lineStartsOf(decoded.before) },
      {
        code: 'document.encoding',
        message: `the file cannot be read: ${decoded.problem}`,
        hint: 'Save it as UTF-8.',
        offset: decoded.before.length,
      },
    );
  }
  return readText(file, decoded.text);
}

function readText(file: string, text: string): ReadResult {
  const lineStarts: number[] = [0];
  const source = { file, text, lineStarts };
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    return failed(
      { ...source, lineStarts: lineStartsOf(text.slice(0, nul)) },
      {
        code: 'document.encoding',
        message: 'the file holds the character NUL',
        hint: 'Save it as UTF-8 text; a NUL often means UTF-16 or a binary file.',
        offset: nul,
      },
    );
  }
  try {
    const composed = compose(text, lineStarts);
    return 'code' in composed ? failed(source, composed) : convert(source, composed);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return failed(source, { code: 'document.too-deep', message: `the document nests more than ${documentLimits.depth} levels`, hint: 'Write it flatter.' });
  }
}

function compose(text: string, lineStarts: number[]): Document<ParsedNode> | Failure {
  const parser = new Parser((offset) => void (offset > (lineStarts.at(-1) ?? 0) && lineStarts.push(offset)));
  const composer = new Composer<ParsedNode>({ version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const watch = watchTokens();
  const documents: Document<ParsedNode>[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    const excess = watch(lexeme);
    if (excess !== undefined) return excess;
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive' && !/^%YAML\s+1\.2\b/.test(token.source)) return directive(token.source, token.offset);
      if (token.type === 'error') return { code: 'document.yaml', message: wellFormed(token.message), hint: DEFAULT_HINT, offset: token.offset };
      documents.push(...composer.next(token));
    }
    if (documents.length > 1) break;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  const [first, second] = documents;
  if (second !== undefined && first !== undefined) return severalDocuments(first);
  if (first?.contents === null && first.errors.length === 0) return empty;
  return first ?? empty;
}

const empty: Failure = { code: 'document.yaml', message: 'the file is empty', hint: 'Write the document, or remove the file.' };

const DEFAULT_HINT = 'Check indentation, quotes and brackets at this place.';

function wellFormed(message: string): string {
  return `not well-formed YAML: ${message.split('\n')[0] ?? ''}`;
}

function directive(source: string, offset: number): Failure {
  return {
    code: 'document.yaml',
    message: `the directive ${source.slice(0, 40)} is not read`,
    hint: 'Remove the line: documents are YAML 1.2, in which `no` is a text and a date stays as written.',
    offset,
  };
}

function severalDocuments(first: Document<ParsedNode>): Failure {
  return {
    code: 'document.yaml',
    message: 'the file holds more than one document, separated by `---`',
    hint: 'Keep one document in each file.',
    offset: first.range?.[2] ?? 0,
  };
}

function convert(source: Pick<SourceDocument, 'file' | 'text' | 'lineStarts'>, tree: Document<ParsedNode>): ReadResult {
  const [error] = tree.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error !== undefined) return failed(source, explain(error));
  const { value, problems } = plainValue(tree.contents);
  if (problems.length > 0) return { findings: problems.map((problem) => findingOf(source, problem)) };
  return { document: { ...source, value, root: tree.contents }, findings: [] };
}

const YAML_HINTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces: YAML allows no tabs there.',
  BAD_INDENT: 'Line it up with the lines it belongs to.',
  BLOCK_AS_IMPLICIT_KEY: 'Quote the text if it contains a colon followed by a space.',
  MISSING_CHAR: 'Close the quote or the bracket, or put the missing character in.',
  BAD_SCALAR_START: 'Quote the text: it begins with a character that YAML reserves.',
  BAD_DQ_ESCAPE: 'Double the backslash, or use single quotes, in which it means itself.',
  MULTILINE_IMPLICIT_KEY: 'Write each key on one line, followed by a colon.',
};

function explain(error: YAMLError): Failure {
  return { code: 'document.yaml', message: wellFormed(error.message), hint: YAML_HINTS[error.code] ?? DEFAULT_HINT, offset: error.pos[0] };
}

function lineStartsOf(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}

function failed(source: Pick<SourceDocument, 'file' | 'text' | 'lineStarts'>, failure: Failure): ReadResult {
  return { findings: [findingOf(source, failure)] };
}

function findingOf(source: Pick<SourceDocument, 'file' | 'text' | 'lineStarts'>, failure: Failure): Finding {
  return { code: failure.code, severity: 'error', at: positionAt(source, failure.offset ?? 0), message: failure.message, hint: failure.hint };
}
