import { Document, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml';
import type { Finding } from '../finding/finding.ts';
import { canonicalJson, type JsonObject, type JsonValue } from './document.ts';
import { isObject } from './json.ts';
import { valueAt } from './path-text.ts';
import { readYaml } from './read-yaml.ts';
import { spliceStructure } from './splice-structure.ts';
import { nodeAt, positionOf, type Path, type SourceDocument } from './source-document.ts';

/** A new value at a path; `undefined` removes what is there. */
export interface Edit {
  readonly path: Path;
  readonly value: JsonValue | undefined;
}

export type Edited = { readonly text: string; readonly finding?: undefined } | { readonly text?: undefined; readonly finding: Finding };

/**
 * The text with the edits made, in their order. Comments, order and unknown keys stay; where a text, number or truth value
 * takes the place of another, every other byte stays too. Without edits it is the same text.
 */
export function editDocument(document: SourceDocument, edits: readonly Edit[]): Edited {
  let current = document;
  for (const edit of edits) {
    const wanted = withValue(current.value, edit);
    if (wanted === undefined) return { finding: unreachable(current, edit) };
    const next = firstThatReads(current, edit, canonicalJson(wanted));
    if (next === undefined) return { finding: unreachable(current, edit) };
    current = next;
  }
  return { text: current.text };
}

/** The text that changes least, of those that have the edit made: each is read again before it is believed. */
function firstThatReads(document: SourceDocument, edit: Edit, wanted: string): SourceDocument | undefined {
  for (const make of [spliced, structured, restructured]) {
    const text = make(document, edit);
    const read = text === undefined ? undefined : readYaml(document.file, text).document;
    if (read !== undefined && canonicalJson(read.value) === wanted) return read;
  }
  return undefined;
}

function structured(document: SourceDocument, { path, value }: Edit): string | undefined {
  return spliceStructure(document, path, value);
}

/** The value after an edit: what the new text must read as. Undefined where the way to the path is not there. */
function withValue(value: JsonValue | undefined, edit: Edit): JsonValue | undefined {
  const [step, ...rest] = edit.path;
  if (step === undefined) return edit.value;
  if (edit.value === undefined && valueAt(value ?? null, [step]) === undefined) return undefined;
  const inner = (existing: JsonValue | undefined): JsonValue | undefined =>
    rest.length === 0 ? edit.value : withValue(existing ?? {}, { ...edit, path: rest });
  if (Array.isArray(value)) {
    if (typeof step !== 'number' || step > value.length) return undefined;
    const item = inner(value[step]);
    if (rest.length > 0 && item === undefined) return undefined;
    return value.toSpliced(step, 1, ...(item === undefined ? [] : [item]));
  }
  if (!isObject(value) || typeof step !== 'string') return undefined;
  const item = inner(value[step]);
  if (item !== undefined) return { ...value, [step]: item };
  return rest.length > 0 ? undefined : without(value, step);
}

function without(value: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function spliced({ text, root }: SourceDocument, { path, value }: Edit): string | undefined {
  const node = nodeAt(root, path);
  if (!isScalar(node) || value === undefined || (typeof value === 'object' && value !== null) || node.anchor !== undefined) return undefined;
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined || node.tag !== undefined) return undefined;
  const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  const lineEnd = isBlock && text.slice(start, end).endsWith('\n') ? (text.slice(start, end).endsWith('\r\n') ? '\r\n' : '\n') : '';
  return `${text.slice(0, start)}${start === end ? ' ' : ''}${written(value, node)}${lineEnd}${text.slice(end)}`;
}

/** A scalar on one line: as the old one was quoted, where that reads back as the same value. */
function written(value: string | number | boolean | null, old: Scalar): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = /^[A-Za-z0-9_./][\w ./@+-]*$/.test(value) && value.trim() === value && parseDocument(value).contents?.toJSON() === value;
  const wasQuoted = old.type === 'QUOTE_SINGLE' || old.type === 'QUOTE_DOUBLE';
  if (isPlain && !wasQuoted) return value;
  if (old.type === 'QUOTE_SINGLE' && !/[\p{C}\n]/u.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

function restructured({ text }: SourceDocument, { path, value }: Edit): string | undefined {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const tree = parseDocument(text, { uniqueKeys: false, logLevel: 'error', keepSourceTokens: true });
  if (tree.errors.length > 0) return undefined;
  if (value === undefined) tree.deleteIn(path);
  else setIn(tree, path, value);
  const indent = indentOf(tree.contents);
  const output = tree.toString({ lineWidth: 0, indent, indentSeq: indentsSequences(tree.contents, text), flowCollectionPadding: !/[[{]\S/.test(text) });
  return mark + (lineEnd === '\n' ? output : output.replaceAll('\n', lineEnd));
}

function setIn(tree: Document, path: Path, value: JsonValue): void {
  const existing = tree.getIn(path, true);
  if (isScalar(existing) && (typeof value !== 'object' || value === null)) existing.value = value;
  else tree.setIn(path, tree.createNode(value));
}

const DEFAULT_INDENT = 2;

/** The indentation of the first mapping within the outermost one. */
function indentOf(root: Node | null): number {
  if (!isMap(root)) return DEFAULT_INDENT;
  for (const { value } of root.items) {
    const token = isMap(value) && value.flow !== true ? value.srcToken : undefined;
    if (token !== undefined && 'indent' in token && token.indent > 0) return token.indent;
  }
  return DEFAULT_INDENT;
}

/** Whether `- ` stands further in than the key above it. */
function indentsSequences(root: Node | null, text: string): boolean {
  if (!isMap(root)) return true;
  const sequence = root.items.map(({ value }) => value).find((value) => isSeq(value) && value.flow !== true);
  const start = isSeq(sequence) ? sequence.range?.[0] : undefined;
  return start === undefined || start === 0 || text[start - 1] !== '\n';
}

function unreachable(document: SourceDocument, edit: Edit): Finding {
  return {
    code: 'document.edit',
    severity: 'error',
    at: positionOf(document, edit.path),
    message: `${edit.path.join('.')} cannot be changed without changing something else: ${valueAt(document.value, edit.path) === undefined ? 'nothing is there to hold it' : 'an alias or an anchor stands there'}`,
    hint: 'Change it by hand.',
  };
}
