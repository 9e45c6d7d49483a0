import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import type { TableName } from '../sql/table-name.ts';
import { refuseFunction } from './function-rule.ts';
import { expressionTypes, type NodeKind, singles, variants } from './shapes.ts';
import { refuseTable } from './table-rule.ts';
import { objectsOf, textOf } from './tree.ts';
import type { Refusal, Verdict } from './verdict.ts';

/** What a statement may name beside tables of the mesh. */
export interface Held {
  /** They may be called anything, as a file is. */
  readonly tables: readonly TableName[];
  /** Databases that are attached, to be read. */
  readonly databases: readonly string[];
}

interface Walk {
  /** By `nameKey`. */
  readonly tablesHeld: ReadonlySet<string>;
  readonly databasesHeld: ReadonlySet<string>;
  readonly tables: Map<string, TableName>;
  refusal: Refusal | undefined;
}

/** `names`: what common table expressions can be seen as, by `nameKey`. `at`: the last place the engine told. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly at: number | undefined;
}

type Rule = (walk: Walk, node: JsonObject, scope: Scope) => void;

/**
 * Judges the engine's parse tree of a text: one SELECT, of parts and functions that are allowed by name. What the lists do
 * not know is refused. The lists guard the machine; which rows there are to see is decided by what a worker holds.
 */
export function checkTree(tree: JsonValue, held: Held = { tables: [], databases: [] }): Verdict {
  const walk: Walk = {
    tablesHeld: new Set(held.tables.map(({ schema, name }) => nameKey(schema, name))),
    databasesHeld: new Set(held.databases.map((name) => name.toLowerCase())),
    tables: new Map(),
    refusal: undefined,
  };
  const scope: Scope = { names: new Set(), at: undefined };
  const statements = isObject(tree) ? listOf(tree.statements) : [];
  if (statements.length === 1) visit(walk, statements, 'statement', scope);
  else refuse(walk, scope, countRefusal(statements.length));
  return walk.refusal ?? { kind: 'passed', tables: [...walk.tables.values()] };
}

function countRefusal(count: number): Omit<Refusal, 'kind' | 'at'> {
  const what = count === 0 ? 'There is no statement in the text' : `There are ${count} statements in the text`;
  return { code: 'statement', what, hint: 'Send one SELECT at a time.' };
}

function refuse(walk: Walk, scope: Scope, refusal: Omit<Refusal, 'kind' | 'at'>): void {
  walk.refusal ??= { kind: 'refused', ...refusal, ...(scope.at !== undefined && { at: scope.at }) };
}

function refusePart(walk: Walk, scope: Scope, part: string): void {
  const hint = 'Write it another way: plain SELECTs over tables, sub-selects and joins are allowed.';
  refuse(walk, scope, { code: 'denied', what: `The statement has a part that is not allowed (${part})`, hint });
}

function visit(walk: Walk, value: JsonValue | undefined, kind: NodeKind, scope: Scope): void {
  if (walk.refusal !== undefined || value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of listOf(value)) visit(walk, item, kind, scope);
    return;
  }
  if (!isObject(value)) {
    if (kind !== 'content') refusePart(walk, scope, kind);
    return;
  }
  const inner = { ...scope, at: placeOf(value) ?? scope.at };
  const rule = rules[ruleName(kind, value)];
  if (rule === undefined) visitParts(walk, value, kind, inner);
  else rule(walk, value, inner);
}

function tagOf(kind: NodeKind, node: JsonObject): string {
  return textOf(kind === 'expression' ? node.class : node.type);
}

function ruleName(kind: NodeKind, node: JsonObject): string {
  return kind === 'query' ? kind : `${kind}.${tagOf(kind, node)}`;
}

function placeOf(node: JsonObject): number | undefined {
  return typeof node.query_location === 'number' ? node.query_location : undefined;
}

function visitParts(walk: Walk, node: JsonObject, kind: NodeKind, scope: Scope): void {
  const tag = tagOf(kind, node);
  const shape = singles[kind] ?? (Object.hasOwn(variants[kind] ?? {}, tag) ? variants[kind]?.[tag] : undefined);
  const types = kind === 'expression' && Object.hasOwn(expressionTypes, tag) ? expressionTypes[tag] : undefined;
  if (shape === undefined || (kind === 'expression' && types?.includes(textOf(node.type)) !== true)) {
    return refusePart(walk, scope, `${tag} ${textOf(node.type)}`.trim());
  }
  for (const [key, value] of Object.entries(node)) {
    const part = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (part === undefined) refusePart(walk, scope, `${tag} ${key}`);
    else if (part === 'plain') visitPlain(walk, value, scope, key);
    else if (part === 'empty') visitEmpty(walk, value, scope, key);
    else visit(walk, value, part, scope);
  }
}

function visitPlain(walk: Walk, value: JsonValue, scope: Scope, key: string): void {
  if (isObject(value)) refusePart(walk, scope, key);
  for (const item of listOf(value)) visitPlain(walk, item, scope, key);
}

function visitEmpty(walk: Walk, value: JsonValue, scope: Scope, key: string): void {
  const empty = value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
  if (!empty) refusePart(walk, scope, key);
}

const rules: Readonly<Partial<Record<string, Rule>>> = {
  query: visitQuery,
  'from.BASE_TABLE': visitTable,
  'from.TABLE_FUNCTION': visitTableFunction,
  'from.SHOW_REF': (walk, _node, scope) =>
    refuse(walk, scope, {
      code: 'denied',
      what: 'DESCRIBE, SHOW and SUMMARIZE are not answered',
      hint: 'Select from the table; its columns are in its contract.',
    }),
  'expression.FUNCTION': visitFunction,
  'expression.WINDOW': visitFunction,
};

/** A common table expression sees those before it; the part that recurs sees itself as well. */
function visitQuery(walk: Walk, node: JsonObject, scope: Scope): void {
  const { cte_map, ...rest } = node;
  const names = new Set(scope.names);
  visitParts(walk, { type: node.type ?? '', cte_map: { map: [] } }, 'query', scope);
  for (const entry of objectsOf(isObject(cte_map) ? cte_map.map : [])) {
    visit(walk, entry, 'cteEntry', { ...scope, names: new Set(names) });
    names.add(nameKey('', textOf(entry.key)));
  }
  if (node.type !== 'RECURSIVE_CTE_NODE') return visitParts(walk, rest, 'query', { ...scope, names });
  const { right, ...others } = rest;
  const own = textOf(node.cte_name);
  visitParts(walk, others, 'query', { ...scope, names });
  visit(walk, right, 'query', { ...scope, names: new Set([...names, nameKey('', own), nameKey('recurring', own)]) });
}

function visitTable(walk: Walk, written: JsonObject, scope: Scope): void {
  const node = walk.databasesHeld.has(textOf(written.catalog_name).toLowerCase()) ? { ...written, catalog_name: '' } : written;
  const [schema, name] = [textOf(node.schema_name), textOf(node.table_name)];
  if (node !== written || !scope.names.has(nameKey(schema, name))) {
    const refusal = node === written && walk.tablesHeld.has(nameKey(schema, name)) ? undefined : refuseTable(node);
    if (refusal !== undefined) return refuse(walk, scope, refusal);
    const key = JSON.stringify([schema, name]);
    if (!walk.tables.has(key)) walk.tables.set(key, { schema, name });
  }
  visitParts(walk, node, 'from', scope);
}

/** A name may hold a dot: `"a.b"` and `a.b` are two. */
function nameKey(schema: string, name: string): string {
  return JSON.stringify([schema.toLowerCase(), name.toLowerCase()]);
}

function visitTableFunction(walk: Walk, node: JsonObject, scope: Scope): void {
  const call = node.function;
  if (!isObject(call) || call.class !== 'FUNCTION') return refusePart(walk, scope, 'TABLE_FUNCTION');
  const inner = { ...scope, at: placeOf(call) ?? scope.at };
  const refusal = refuseFunction('table', textOf(call.function_name));
  if (refusal !== undefined) return refuse(walk, inner, refusal);
  visitParts(walk, call, 'expression', inner);
  visitParts(walk, { ...node, function: null }, 'from', scope);
}

function visitFunction(walk: Walk, node: JsonObject, scope: Scope): void {
  const refusal = refuseFunction('scalar', textOf(node.function_name));
  if (refusal !== undefined) return refuse(walk, scope, refusal);
  visitParts(walk, node, 'expression', scope);
}
