import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import { isQuery, readExpression, readQuery, renamed } from './query-reader.ts';
import { type Scope, scopeIn, sourceNamed } from './query-scope.ts';
import { derived, opaque, type Source } from './query-source.ts';
import type { StatementUse } from './statement-use.ts';
import { fold, nameOf, nodeOf, type SyntaxNode } from './syntax.ts';

/** Rows that are computed: their arguments may name what stands before them. */
const COMPUTED = new Set(['unnest', 'lateral', 'function', 'values', 'explode', 'flatten', 'generate_series', 'json_table', 'xml_table', 'open_j_s_o_n']);
const NAMES = new Set(['name', 'schema', 'catalog', 'alias', 'column_aliases', 'hints', 'trailing_comments', 'leading_comments']);

/** Adds what one item of a FROM clause offers to the scope of its query. */
export function offerFrom(use: StatementUse, item: JsonValue, scope: Scope): void {
  const node = nodeOf(item);
  if (node === undefined) return use.problem('a FROM clause of another shape');
  const { kind, parts } = node;
  if (kind === 'table') return offerTable(use, parts, scope);
  if (kind === 'joined_table') return offerJoined(use, parts, scope);
  if (kind === 'pivot' || kind === 'unpivot') return offerPivot(use, node, scope);
  if (kind === 'alias' || kind === 'table_sample') return offerAround(use, parts, scope);
  if (isQuery(node)) return offer(scope, parts.alias, readQuery(use, node, scope));
  const inner = nodeOf(parts.this ?? null);
  if ((kind === 'subquery' || kind === 'paren') && inner !== undefined) {
    if (parts.alias === null || parts.alias === undefined) return offerFrom(use, parts.this ?? null, scope);
    return offerAround(use, parts, scope);
  }
  if (!COMPUTED.has(kind)) return use.problem(`a FROM clause with a part of the kind ${kind}`);
  if (textsIn(item).some((text) => use.isNamedIn(text))) use.problem('a table that is named in a text');
  readExpression(use, item, scope);
  offer(scope, parts.alias, opaque);
  if (parts.offset_alias !== undefined && parts.offset_alias !== null) offer(scope, parts.offset_alias, opaque);
}

/** Texts among a function's arguments: `identifier('shop.orders')`, `openquery(there, 'select ...')`. */
function textsIn(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isObject(value)) return [];
  const node = nodeOf(value);
  if (node?.kind === 'literal') return typeof node.parts.value === 'string' ? [node.parts.value] : [];
  return Object.values(value).flatMap(textsIn);
}

function offer(scope: Scope, alias: JsonValue | undefined, source: Source): void {
  const name = nameOf(alias ?? null);
  scope.offered.push({ alias: name === undefined ? [] : [name], source });
}

/** Something under a name of its own: what lies below is named by that alone, and still found by its columns. */
function offerAround(use: StatementUse, parts: JsonObject, scope: Scope): void {
  const within = scopeIn(scope);
  offerFrom(use, parts.this ?? null, within);
  for (const [key, value] of Object.entries(parts)) if (key !== 'this' && !NAMES.has(key)) readExpression(use, value, within);
  const name = nameOf(parts.alias ?? null);
  if (name === undefined) return void scope.offered.push(...within.offered);
  const whole = derived(
    [],
    within.offered.map(({ source }) => ({ of: source, without: new Set<string>() })),
  );
  offer(scope, name, renamed(whole, listOf(parts.column_aliases)));
}

function offerTable(use: StatementUse, parts: JsonObject, scope: Scope): void {
  const written = [parts.catalog, parts.schema, parts.name].flatMap((part) => nameOf(part ?? null) ?? []);
  const path = written.flatMap((part) => part.split('.'));
  const [first = '', second] = path;
  const cte = path.length === 1 ? scope.ctes.get(fold(first)) : undefined;
  const rows = second === undefined ? undefined : sourceNamed(scope, first);
  // `FROM t, t.items`: the rows of a column that is a list.
  const isList = rows !== undefined && second !== undefined && rows.use(second) !== false;
  const found = cte ?? (isList ? opaque : use.tableNamed(path));
  const alias = nameOf(parts.alias ?? null);
  for (const [key, value] of Object.entries(parts)) if (!NAMES.has(key)) readExpression(use, value, scope);
  scope.offered.push({ alias: alias === undefined ? path : [alias], source: renamed(found, listOf(parts.column_aliases)) });
}

function offerJoined(use: StatementUse, parts: JsonObject, scope: Scope): void {
  const within = scopeIn(scope);
  offerFrom(use, parts.left ?? null, within);
  offerJoins(use, listOf(parts.joins), within);
  readExpression(use, parts.lateral_views ?? null, within);
  const alias = nameOf(parts.alias ?? null);
  if (alias === undefined) return void scope.offered.push(...within.offered);
  offer(
    scope,
    alias,
    derived(
      [],
      within.offered.map(({ source }) => ({ of: source, without: new Set<string>() })),
    ),
  );
}

/** A pivot groups by every column that it does not name; an unpivot passes them on. */
function offerPivot(use: StatementUse, { kind, parts }: SyntaxNode, scope: Scope): void {
  const within = scopeIn(scope);
  offerFrom(use, parts.this ?? null, within);
  const isUnpivot = kind === 'unpivot' || parts.unpivot === true;
  const made = ['value_column', 'name_column', 'extra_value_columns'];
  for (const [key, value] of Object.entries(parts)) if (key !== 'this' && !NAMES.has(key) && !made.includes(key)) readExpression(use, value, within);
  if (!isUnpivot) for (const { source } of within.offered) source.useAll();
  const names = made.flatMap((key) => [parts[key] ?? null].flat().flatMap((one) => nameOf(one) ?? []));
  const passed = isUnpivot ? within.offered.map(({ source }) => ({ of: source, without: new Set<string>() })) : [{ of: opaque, without: new Set<string>() }];
  offer(scope, parts.alias, renamed(derived(names, passed), listOf(parts.alias_columns)));
}

/** Adds joined tables, and marks what joins them. */
export function offerJoins(use: StatementUse, joins: readonly JsonValue[], scope: Scope): void {
  for (const join of joins) {
    if (!isObject(join)) continue;
    const before = scope.offered.map(({ source }) => source);
    offerFrom(use, join.this ?? null, scope);
    const added = scope.offered.slice(before.length).map(({ source }) => source);
    if (typeof join.kind === 'string' && join.kind.startsWith('Natural')) joinNaturally(before, added);
    for (const name of listOf(join.using).flatMap((one) => nameOf(one) ?? [])) for (const source of [...before, ...added]) source.use(name);
  }
  // Conditions of nested joins are written after several of them.
  for (const join of joins.filter(isObject))
    for (const [key, value] of Object.entries(join)) if (!['this', 'using', 'kind'].includes(key)) readExpression(use, value, scope);
}

/** A natural join is by every name that both sides have. */
function joinNaturally(before: readonly Source[], added: readonly Source[]): void {
  const [left, right] = [before, added].map((sources) => {
    const names = sources.map((source) => source.names());
    return names.every((some) => some !== undefined) ? new Set(names.flat().map(fold)) : undefined;
  });
  for (const source of [...before, ...added]) {
    if (left === undefined || right === undefined) source.blur('a natural join with a table whose columns are not known');
    else for (const name of left) if (right.has(name)) source.use(name);
  }
}
