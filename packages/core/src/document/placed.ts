import type { FindingCode } from '../finding/codes.ts';
import type { Finding, Severity } from '../finding/finding.ts';
import { positionOf, type Path, type SourceDocument } from './source-document.ts';

/** A parsed document and where it stands. */
export interface Placed<T> {
  readonly item: T;
  /** The file at hand. */
  readonly source?: SourceDocument;
  /** The file of a document that is known from elsewhere; one that has neither is not checked itself. */
  readonly path?: string;
}

export interface Words {
  readonly message: string;
  readonly hint: string;
  readonly severity?: Severity;
  readonly ref?: string;
}

/** A finding at its place in a document's file; none for what is not checked itself. */
export function reportAt({ source, path: file }: Placed<unknown>, code: FindingCode, path: Path, { severity = 'error', ...words }: Words): readonly Finding[] {
  if (source !== undefined) return [{ code, severity, at: positionOf(source, path), ...words }];
  return file === undefined ? [] : [{ code, severity, at: { file, line: 1, column: 1 }, ...words }];
}
