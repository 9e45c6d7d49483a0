import type { TreeFiles } from '../api/shapes.ts';
import type { JsonObject } from '../document/document.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding, Position } from '../finding/finding.ts';
import type { DesiredDocument } from './desired-document.ts';

export type TreeFile = TreeFiles['files'][number];

/** The files of a tree, as their parsers look at them. */
export interface FileTree {
  readonly files: readonly TreeFile[];
  readonly byFolder: ReadonlyMap<string, readonly TreeFile[]>;
  /** Domain names by their folder. */
  readonly domains: ReadonlyMap<string, string>;
}

/** What one file, or one folder, gave. */
export interface Parsed {
  readonly document?: DesiredDocument;
  readonly source?: SourceDocument;
  readonly findings: readonly Finding[];
}

/** The nearest folder above that is a domain's. */
export function domainOf(tree: Pick<FileTree, 'domains'>, path: string): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const name = tree.domains.get(folder);
    if (name !== undefined || folder === '') return name;
  }
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

export function top(file: string): Position {
  return { file, line: 1, column: 1 };
}

export function desired(file: TreeFile, key: Pick<DesiredDocument, 'kind' | 'id' | 'ref'>, domain: string, value: unknown): DesiredDocument {
  return { ...key, path: file.path, body: { path: file.path, domain, text: file.text, value: plain(value) } };
}

/** Typed values are JSON but for absent members, which JSON leaves out. */
function plain(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
