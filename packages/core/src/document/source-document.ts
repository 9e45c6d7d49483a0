import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode } from 'yaml';
import type { Position } from '../finding/finding.ts';
import type { JsonValue } from './document.ts';

/** A file as read: its text, its value as JSON, and where each part of it stands. */
export interface SourceDocument {
  readonly file: string;
  /** As read, with byte order mark and line ends. */
  readonly text: string;
  readonly value: JsonValue;
  readonly root: ParsedNode | null;
  /** Offsets at which lines start, ascending. */
  readonly lineStarts: readonly number[];
}

export type Path = readonly (string | number)[];

/** Where a value stands, or its key; for what is not written, the nearest part around it that is. */
export function positionOf(document: SourceDocument, path: Path, part: 'key' | 'value' = 'value'): Position {
  return positionAt(document, offsetOf(document.root, path, part));
}

export function positionAt(document: Pick<SourceDocument, 'file' | 'text' | 'lineStarts'>, offset: number): Position {
  const { lineStarts } = document;
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const mark = low === 0 && document.text.startsWith('\uFEFF') ? 1 : 0;
  return { file: document.file, line: low + 1, column: Math.max(1, offset - (lineStarts[low] ?? 0) - mark + 1) };
}

/** The node at a path; undefined where nothing is written or an alias stands in the way. */
export function nodeAt(root: Node | null, path: Path): Node | null | undefined {
  let node: unknown = root;
  for (const step of path) node = isMap(node) ? findPair(node.items, String(step))?.value : itemOf(node, step);
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node : undefined;
}

function offsetOf(root: Node | null, path: Path, part: 'key' | 'value'): number {
  let offset = startOf(root) ?? 0;
  let node: unknown = root;
  for (const [index, step] of path.entries()) {
    const pair = isMap(node) ? findPair(node.items, String(step)) : undefined;
    const next = pair === undefined ? itemOf(node, step) : pair.value;
    if (pair === undefined && next === undefined) return offset;
    const wantsKey = pair !== undefined && (next === null || (part === 'key' && index === path.length - 1) || isEmpty(next));
    offset = startOf(wantsKey ? pair.key : next) ?? offset;
    node = next;
  }
  return offset;
}

function itemOf(node: unknown, step: string | number): unknown {
  return isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
}

function findPair(items: readonly Pair[], key: string): Pair | undefined {
  return items.find((pair) => keyText(pair.key) === key);
}

/** A key as JSON names it; undefined for keys that JSON cannot name. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
