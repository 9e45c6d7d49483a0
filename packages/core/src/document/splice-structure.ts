import { isMap, isNode, isSeq, type Node, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type { JsonValue } from './document.ts';
import { nodeAt, type Path, type SourceDocument, keyText } from './source-document.ts';

type Source = Pick<SourceDocument, 'text' | 'root'>;

/**
 * Puts lines for a new key or list item at the end of its block, takes those of one out, or writes a flow collection anew;
 * undefined where it is not that simple.
 */
export function spliceStructure(source: Source, path: Path, value: JsonValue | undefined): string | undefined {
  const depth = path.findIndex((_, index) => nodeAt(source.root, path.slice(0, index + 1)) === undefined);
  const at = depth < 0 ? path : path.slice(0, depth + 1);
  const whole = path.slice(at.length).reduceRight<JsonValue | undefined>((inner, step) => (inner === undefined ? undefined : { [step]: inner }), value);
  const old = nodeAt(source.root, at);
  if (isFlow(old) && whole !== undefined) return withFlow(source, old, whole);
  const parent = nodeAt(source.root, at.slice(0, -1));
  const step = at.at(-1);
  if (step === undefined || !(isMap(parent) || isSeq(parent)) || parent.flow === true || parent.items.length === 0) return undefined;
  if (old !== undefined) return whole === undefined ? withoutLines(source, parent, indexOf(parent, step)) : undefined;
  return whole === undefined ? undefined : withLines(source, parent, isSeq(parent) ? [whole] : { [step]: whole });
}

function indexOf(parent: Block, step: string | number): number {
  return isSeq(parent) ? Number(step) : parent.items.findIndex((pair) => keyText(pair.key) === step);
}

function isFlow(node: unknown): node is Block {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

type Block = YAMLMap | YAMLSeq;

function withFlow({ text }: Source, old: Block, value: JsonValue): string | undefined {
  const [start, end] = old.range ?? [];
  if (start === undefined || end === undefined || old.anchor !== undefined) return undefined;
  return text.slice(0, start) + stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd() + text.slice(end);
}

function withLines({ text }: Source, parent: Block, value: JsonValue): string | undefined {
  const start = itemStart(text, parent, 0);
  const end = endOf(parent);
  if (start === undefined || end === undefined) return undefined;
  const at = lineAfter(text, end);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = ' '.repeat(start - lineStart(text, start));
  const lines = stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line) + newline);
  const before = text.slice(0, at);
  return `${before}${before.endsWith('\n') ? '' : newline}${lines.join('')}${text.slice(at)}`;
}

function withoutLines({ text }: Source, parent: Block, index: number): string | undefined {
  const start = itemStart(text, parent, index);
  if (start === undefined || parent.items.length < 2) return undefined;
  const from = lineStart(text, start);
  const item = parent.items[index];
  const end = endOf(isSeq(parent) ? item : pairEnd(item));
  if (text.slice(from, start).trim() !== '' || end === undefined) return undefined;
  return text.slice(0, from) + text.slice(lineAfter(text, end));
}

/** Where an item begins: its key, or the dash before it. */
function itemStart(text: string, parent: Block, index: number): number | undefined {
  const item: unknown = parent.items[index];
  if (isMap(parent)) return isPairLike(item) && isNode(item.key) ? item.key.range?.[0] : undefined;
  const start = isNode(item) ? item.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const dash = text.lastIndexOf('-', start - 1);
  return dash >= 0 && text.slice(dash + 1, start).trim() === '' ? dash : undefined;
}

function isPairLike(item: unknown): item is { readonly key: unknown; readonly value: unknown } {
  return typeof item === 'object' && item !== null && 'key' in item;
}

function pairEnd(item: unknown): Node | undefined {
  if (!isPairLike(item)) return undefined;
  return isNode(item.value) ? item.value : isNode(item.key) ? item.key : undefined;
}

function endOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[1] : undefined;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The start of the line after an offset; the offset itself where a line begins there. */
function lineAfter(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}
