import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { FindingCode } from '../finding/codes.ts';
import type { JsonValue } from './document.ts';
import { documentLimits } from './limits.ts';
import { keyText } from './source-document.ts';

/** Something in a tree that JSON cannot hold, or that goes beyond a limit. */
export interface TreeProblem {
  readonly code: FindingCode;
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

interface Walk {
  readonly anchors: Map<string, Node>;
  readonly problems: TreeProblem[];
  aliased: number;
}

/**
 * The value of a tree as JSON. `yaml`'s own conversion searches the whole tree for each alias and each new key, which
 * takes minutes for a hostile file; this one is linear and stops at the limits.
 */
export function plainValue(root: Node | null): { readonly value: JsonValue; readonly problems: readonly TreeProblem[] } {
  const walk: Walk = { anchors: new Map(), problems: [], aliased: 0 };
  return { value: valueOf(walk, root, { depth: 0, aliased: false }), problems: walk.problems };
}

interface Place {
  readonly depth: number;
  readonly aliased: boolean;
}

function valueOf(walk: Walk, node: unknown, place: Place): JsonValue {
  if (walk.problems.length >= documentLimits.findings) return null;
  if (place.aliased && ++walk.aliased > documentLimits.aliased) return tooManyAliases(walk, node);
  if (isAlias(node)) return aliasValue(walk, node, place);
  if (isScalar(node)) return scalarValue(walk, node);
  if (!isMap(node) && !isSeq(node)) return null;
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  checkTag(walk, node);
  if (place.depth >= documentLimits.depth) {
    return problem(walk, node, { code: 'document.too-deep', message: `nests more than ${documentLimits.depth} levels`, hint: 'Write it flatter.' });
  }
  const inner = { ...place, depth: place.depth + 1 };
  if (isSeq(node)) return node.items.map((item) => valueOf(walk, item, inner));
  return mapValue(walk, node.items, inner);
}

function mapValue(walk: Walk, items: readonly Pair[], place: Place): JsonValue {
  const entries = new Map<string, JsonValue>();
  for (const pair of items) {
    const key = keyText(pair.key);
    if (key === undefined) {
      problem(walk, pair.key, { code: 'document.yaml', message: 'a key is not a plain text', hint: 'Write each key as one word or a quoted text.' });
      continue;
    }
    if (isScalar(pair.key)) scalarValue(walk, pair.key);
    if (entries.has(key)) {
      problem(walk, pair.key, {
        code: 'document.duplicate-key',
        message: `the key \`${key.slice(0, 100)}\` stands here a second time`,
        hint: 'Keep one of the two: readers disagree about which one counts.',
      });
    }
    entries.set(key, valueOf(walk, pair.value, place));
  }
  return Object.fromEntries(entries);
}

function aliasValue(walk: Walk, alias: Node & { readonly source: string }, place: Place): JsonValue {
  const target = walk.anchors.get(alias.source);
  if (target !== undefined) return valueOf(walk, target, { depth: place.depth + 1, aliased: true });
  return problem(walk, alias, {
    code: 'document.alias',
    message: `*${alias.source} points to nothing above it`,
    hint: `Name a part with &${alias.source} first, or quote the text if it begins with a star.`,
  });
}

function tooManyAliases(walk: Walk, node: unknown): JsonValue {
  if (walk.problems.some((known) => known.code === 'document.alias')) return null;
  return problem(walk, node, {
    code: 'document.alias',
    message: `its aliases expand to more than ${documentLimits.aliased} values`,
    hint: 'Write the repeated parts out, or repeat less.',
  });
}

function scalarValue(walk: Walk, node: Scalar): JsonValue {
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  checkTag(walk, node);
  const { value } = node;
  if (typeof value === 'string') return textValue(walk, node, value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return problem(walk, node, {
    code: 'document.yaml',
    message: `${node.source ?? String(value)} is no number that JSON knows`,
    hint: 'Quote it if a text is meant.',
  });
}

function textValue(walk: Walk, node: Scalar, value: string): JsonValue {
  if (value.length > documentLimits.scalar) {
    return problem(walk, node, {
      code: 'document.too-large',
      message: `a text is longer than ${documentLimits.scalar} characters`,
      hint: 'Move it to a file of its own.',
    });
  }
  if (value.includes('\0') || !value.isWellFormed()) {
    return problem(walk, node, {
      code: 'document.encoding',
      message: 'a text holds NUL or half a character',
      hint: 'Remove the escape: no database stores it.',
    });
  }
  return value;
}

function checkTag(walk: Walk, node: Node): void {
  if (node.tag === undefined || node.tag.startsWith('tag:yaml.org,2002:')) return;
  problem(walk, node, { code: 'document.yaml', message: `the tag ${node.tag} is not read`, hint: 'Remove the tag: a document holds plain values only.' });
}

function problem(walk: Walk, node: unknown, words: Omit<TreeProblem, 'offset'>): null {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  walk.problems.push({ ...words, offset: range?.[0] ?? 0 });
  return null;
}
