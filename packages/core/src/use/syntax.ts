import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject } from '../document/json.ts';

/** A node of a statement's syntax tree: one key, its kind, over its parts. */
export interface SyntaxNode {
  readonly kind: string;
  readonly parts: JsonObject;
}

/** What the parts of a node are called that hold a single node: such a pair is no node itself. */
const FIELDS = new Set(['this', 'query', 'expression', 'left', 'right', 'body', 'condition', 'value', 'filter', 'on']);

export function nodeOf(value: JsonValue | undefined): SyntaxNode | undefined {
  if (!isObject(value)) return undefined;
  const [entry, another] = Object.entries(value);
  return entry !== undefined && another === undefined && !FIELDS.has(entry[0]) && isObject(entry[1]) ? { kind: entry[0], parts: entry[1] } : undefined;
}

/** The text of an identifier, which some parts hold bare. */
export function nameOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  const name = isObject(value) ? (isObject(value.identifier) ? value.identifier.name : value.name) : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

export function isIdentifier(value: JsonObject): boolean {
  return typeof value.name === 'string' && typeof value.quoted === 'boolean';
}

/** Databases differ in how they fold names; none has two columns that differ by case alone often enough to be told apart here. */
export function fold(name: string): string {
  return name.toLowerCase();
}
