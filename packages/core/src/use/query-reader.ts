import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf } from '../document/json.ts';
import { offerFrom, offerJoins } from './from-clause.ts';
import { type Scope, scopeIn, sourceNamed, useName } from './query-scope.ts';
import { derived, opaque, type Source, type Star } from './query-source.ts';
import type { StatementUse } from './statement-use.ts';
import { fold, isIdentifier, nameOf, nodeOf, type SyntaxNode } from './syntax.ts';

const SET_OPERATIONS = new Set(['union', 'intersect', 'except']);
/** Of a SELECT and of a set operation: read by themselves, in their order. */
const CLAUSES = new Set(['expressions', 'from', 'joins', 'with', 'order_by', 'left', 'right', 'locks', 'into', 'hint', 'leading_comments']);
/** Names that are none of columns: what something is called from here on, fields of a value, types, functions. */
const LABELS = new Set(['alias', 'column_aliases', 'table_alias', 'alias_columns', 'offset_alias', 'field', 'to', 'data_type', 'over_name', 'window_name']);
/** Parts of statements as bare text, whose names nobody has looked up. */
const RAW = new Set(['raw', 'command', 'match_recognize', 'model']);

/** True where an expression is a query: a SELECT, a set operation, or one in parentheses. */
export function isQuery({ kind, parts }: SyntaxNode): boolean {
  if (kind === 'subquery' || kind === 'paren') {
    const inner = nodeOf(parts.this);
    return inner !== undefined && isQuery(inner);
  }
  return kind === 'select' || SET_OPERATIONS.has(kind);
}

/** Marks what a query names, and returns its columns: those that stars pass on are used only once somebody names them. */
export function readQuery(use: StatementUse, { kind, parts }: SyntaxNode, outer: Scope | undefined): Source {
  if (kind === 'select') return readSelect(use, parts, withCtes(use, parts, outer));
  if (SET_OPERATIONS.has(kind)) return readSetOperation(use, parts, withCtes(use, parts, outer));
  const inner = nodeOf(parts.this);
  if ((kind === 'subquery' || kind === 'paren') && inner !== undefined && isQuery(inner)) {
    const scope = withCtes(use, parts, outer);
    const source = readQuery(use, inner, scope);
    const around = { ...scopeIn(scope), offered: [{ alias: [], source }] };
    for (const [key, value] of Object.entries(parts)) if (key !== 'this' && key !== 'with' && !LABELS.has(key)) readExpression(use, value, around);
    return renamed(source, listOf(parts.column_aliases));
  }
  use.problem(`a part of the kind ${kind}`);
  return opaque;
}

/** Columns that are given names by their place: each counts, as do all. */
export function renamed(source: Source, names: readonly JsonValue[]): Source {
  if (names.length === 0) return source;
  const own = names.map(nameOf).filter((name) => name !== undefined);
  source.useAll();
  return derived(own, [{ of: opaque, without: new Set() }]);
}

function withCtes(use: StatementUse, parts: JsonObject, outer: Scope | undefined): Scope {
  if (!isObject(parts.with)) return scopeIn(outer);
  const ctes = new Map(outer?.ctes);
  const scope = scopeIn(outer, ctes);
  for (const cte of listOf(parts.with.ctes)) {
    const name = isObject(cte) ? nameOf(cte.alias) : undefined;
    const body = isObject(cte) ? nodeOf(cte.this) : undefined;
    if (!isObject(cte) || name === undefined || body === undefined) use.problem('a WITH clause of another shape');
    else {
      if (parts.with.recursive === true || mayNameItself(body)) ctes.set(fold(name), opaque);
      if (!isQuery(body) && body.kind !== 'values') use.problem(`a WITH clause with a part of the kind ${body.kind}`);
      const source = isQuery(body) ? readQuery(use, body, scope) : opaque;
      ctes.set(fold(name), renamed(source, listOf(cte.columns)));
    }
  }
  return scope;
}

/** T-SQL, Oracle and others write no RECURSIVE: any set operation may be one. */
function mayNameItself({ kind }: SyntaxNode): boolean {
  return SET_OPERATIONS.has(kind);
}

function readSetOperation(use: StatementUse, parts: JsonObject, scope: Scope): Source {
  const sides = [parts.left, parts.right].map((side) => {
    const node = nodeOf(side ?? null);
    if (node === undefined || !isQuery(node)) {
      readExpression(use, side ?? null, scope);
      if (node?.kind !== 'values') use.problem('a set operation of something else than queries');
      return opaque;
    }
    return readQuery(use, node, scopeIn(scope));
  });
  // Columns meet by their place: one less and the rows do not fit.
  for (const side of sides) side.useAll();
  const result = derived(sides[0]?.names() ?? [], [{ of: opaque, without: new Set() }]);
  const around = { ...scopeIn(scope), offered: [{ alias: [], source: result }] };
  for (const [key, value] of Object.entries(parts)) if (key === 'order_by' || !CLAUSES.has(key)) readExpression(use, value, around);
  return result;
}

function readSelect(use: StatementUse, parts: JsonObject, scope: Scope): Source {
  if (isObject(parts.from)) for (const item of listOf(parts.from.expressions)) offerFrom(use, item, scope);
  offerJoins(use, listOf(parts.joins), scope);
  for (const view of listOf(parts.lateral_views).filter(isObject)) {
    readExpression(use, view, scope);
    scope.offered.push({ alias: [nameOf(view.table_alias) ?? ''], source: opaque });
  }
  const output = readProjections(use, listOf(parts.expressions), scope);
  for (const [key, value] of Object.entries(parts)) if (!CLAUSES.has(key)) readExpression(use, value, scope);
  readOrder(use, parts.order_by ?? null, { scope, aliases: output.aliases });
  const isByPlace = hasPlace(parts.order_by) || hasPlace(parts.group_by);
  const source = derived(output.names, output.stars);
  if (parts.distinct === true || isByPlace || hasAll(parts.group_by)) source.useAll();
  return source;
}

interface Output {
  readonly names: readonly string[];
  readonly aliases: ReadonlySet<string>;
  readonly stars: readonly Star[];
}

function readProjections(use: StatementUse, expressions: readonly JsonValue[], scope: Scope): Output {
  const names: string[] = [];
  const aliases = new Set<string>();
  const stars: Star[] = [];
  for (const expression of expressions) {
    const node = nodeOf(expression);
    if (node?.kind === 'star') {
      const star = readStar(use, node.parts, scope);
      stars.push(...star.stars);
      names.push(...star.names);
      continue;
    }
    readExpression(use, expression, scope);
    const named = node?.kind === 'alias' ? [node.parts.alias, ...listOf(node.parts.column_aliases)].map(nameOf).filter((name) => name !== undefined) : [];
    for (const name of named) aliases.add(fold(name));
    names.push(...named, ...(named.length === 0 ? writtenName(node) : []));
  }
  return { names, aliases, stars };
}

function writtenName(node: SyntaxNode | undefined): readonly string[] {
  const name = node?.kind === 'column' ? nameOf(node.parts.name) : node?.kind === 'dot' ? nameOf(node.parts.field) : undefined;
  return name === undefined ? [] : [name];
}

/** A star in a list of columns: what it leaves out or names otherwise must be there, so it counts as used. */
function readStar(use: StatementUse, parts: JsonObject, scope: Scope): Pick<Output, 'names' | 'stars'> {
  const of = starSources(scope, nameOf(parts.table));
  const left = listOf(parts.except).map((one) => nameOf(one) ?? '');
  const replaced = listOf(parts.replace);
  const renames = listOf(parts.rename).map((pair) => listOf(pair).map((one) => nameOf(one) ?? ''));
  for (const name of [...left, ...renames.map(([from = '']) => from)]) for (const source of of) source.use(name.split('.').at(-1) ?? '');
  readExpression(use, replaced, scope);
  const instead = replaced.map((one) => (isObject(one) ? (nameOf(one.alias) ?? '') : ''));
  for (const name of instead) for (const source of of) source.use(name);
  const without = new Set([...left, ...instead, ...renames.map(([from = '']) => from)].map(fold));
  return { names: [...instead, ...renames.map(([, to = '']) => to)], stars: of.map((source) => ({ of: source, without })) };
}

function starSources(scope: Scope, alias: string | undefined): readonly Source[] {
  if (alias === undefined) return scope.offered.map(({ source }) => source);
  const named = sourceNamed(scope, alias.split('.').at(-1) ?? '');
  if (named !== undefined) return [named];
  // The star of a struct: `address.*`.
  useName(scope, [alias]);
  return [opaque];
}

function readOrder(use: StatementUse, order: JsonValue, { scope, aliases }: { readonly scope: Scope; readonly aliases: ReadonlySet<string> }): void {
  if (!isObject(order)) return readExpression(use, order, scope);
  for (const one of listOf(order.expressions)) {
    const node = isObject(one) ? nodeOf(one.this) : undefined;
    const bare = node?.kind === 'column' && node.parts.table === null ? nameOf(node.parts.name) : undefined;
    if (bare === undefined || !aliases.has(fold(bare))) readExpression(use, one, scope);
  }
  const rest = Object.entries(order).filter(([key]) => key !== 'expressions');
  for (const [, value] of rest) readExpression(use, value, scope);
}

function hasPlace(clause: JsonValue | undefined): boolean {
  if (!isObject(clause)) return false;
  return listOf(clause.expressions).some((one) => {
    const node = nodeOf(one) ?? (isObject(one) ? nodeOf(one.this) : undefined);
    return node?.kind === 'literal';
  });
}

function hasAll(clause: JsonValue | undefined): boolean {
  return isObject(clause) && (clause.all === true || listOf(clause.expressions).some((one) => fold(writtenName(nodeOf(one))[0] ?? '') === 'all'));
}

/** Marks every column that an expression names, in its subqueries too. */
export function readExpression(use: StatementUse, value: JsonValue, scope: Scope): void {
  if (Array.isArray(value)) return value.forEach((one) => readExpression(use, one, scope));
  if (!isObject(value)) return;
  const node = nodeOf(value);
  if (node !== undefined) return readNode(use, node, scope);
  if (isIdentifier(value)) {
    useName(scope, [nameOf(value) ?? '']);
    return;
  }
  for (const [key, part] of Object.entries(value)) if (!LABELS.has(key)) readExpression(use, part, scope);
}

/** A query in a text, which a function runs. */
function readText(use: StatementUse, text: JsonValue | undefined): void {
  if (typeof text === 'string' && /\b(?:select|from)\b/i.test(text) && use.isNamedIn(text)) use.problem('a query in a text');
}

/** Snowflake's `$1`, and DuckDB's `#1` and `COLUMNS('a.*')`: columns by their place or by a pattern. */
function namesByPlace({ dollarIsColumn }: StatementUse, { kind, parts }: SyntaxNode): boolean {
  if (kind === 'parameter') return dollarIsColumn && typeof parts.index === 'number' && parts.style === 'Dollar';
  return kind === 'function' && fold(nameOf(parts) ?? '') === 'columns';
}

function readNode(use: StatementUse, node: SyntaxNode, scope: Scope): void {
  const { kind, parts } = node;
  const path = pathOf(node);
  if (path?.length === 1 && /^#\d+$/.test(path[0] ?? '')) return scope.offered.forEach(({ source }) => source.useAll());
  if (path !== undefined) return void useName(scope, path);
  if (RAW.has(kind)) return use.problem(`a part of the kind ${kind}`);
  if (kind === 'table') return use.problem('a table where none is read');
  if (isQuery(node)) return readQuery(use, node, scope).useAll();
  const inner = nodeOf(parts.this ?? null);
  // Whether a row is there depends on no column of a star.
  if (kind === 'exists' && inner !== undefined && isQuery(inner)) return void readQuery(use, inner, scope);
  if (kind === 'star') return starSources(scope, nameOf(parts.table)).forEach((source) => source.useAll());
  if (kind === 'literal') return readText(use, parts.value);
  if (namesByPlace(use, node)) return scope.offered.forEach(({ source }) => source.useAll());
  if (kind === 'lambda') {
    const bound = new Set(listOf(parts.parameters).map((one) => fold(nameOf(one) ?? '')));
    return readExpression(use, parts.body ?? null, { ...scopeIn(scope), bound });
  }
  for (const [key, part] of Object.entries(parts)) if (!isLabel(kind, key)) readExpression(use, part, scope);
}

/** `name` is what is called, but for a column, which `pathOf` has read. */
function isLabel(kind: string, key: string): boolean {
  return LABELS.has(key) || (key === 'name' && (kind === 'function' || kind === 'named_argument' || kind.endsWith('function')));
}

/** A column's name with what is written before and after it; undefined where the node is no name. */
function pathOf({ kind, parts }: SyntaxNode): readonly string[] | undefined {
  if (kind === 'column') return [parts.catalog, parts.schema, parts.table, parts.name].flatMap((part) => nameOf(part) ?? []);
  if (kind === 'identifier') return [nameOf(parts) ?? ''];
  if (kind !== 'dot') return undefined;
  const inner = nodeOf(parts.this ?? null);
  const path = inner === undefined ? undefined : pathOf(inner);
  const field = nameOf(parts.field);
  return path === undefined || field === undefined ? undefined : [...path, field];
}
