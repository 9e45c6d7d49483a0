import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject } from '../document/json.ts';
import { lostWord, type Lost } from './lost-word.ts';
import { isQuery, readExpression, readQuery } from './query-reader.ts';
import { scopeIn } from './query-scope.ts';
import { type AskedTable, opaque, type Source, TableUse } from './query-source.ts';
import { fold, nodeOf, type SyntaxNode } from './syntax.ts';

/** What a statement uses of one of the tables asked for. */
export interface TableReading {
  /** The id that it was asked for under. */
  readonly table: string;
  /** In the table's order; undefined where they cannot be told. */
  readonly columns: readonly string[] | undefined;
  /** Why not. */
  readonly why?: string;
}

/** What is gathered of one statement. */
export interface StatementUse {
  /** The source of a written name: one of the tables asked for, or another. */
  readonly tableNamed: (path: readonly string[]) => Source;
  /** Something that is not read: the statement's columns are then unknown. */
  readonly problem: (what: string) => void;
  readonly dollarIsColumn: boolean;
  /** True where a text names one of the tables asked for. */
  readonly isNamedIn: (text: string) => boolean;
}

/** A statement as a parser of its dialect gives it: a tree for each of its parts, and its words. */
export interface ParsedStatement {
  readonly trees: readonly JsonValue[];
  readonly words: readonly string[];
  /** Folded, also those in its texts and comments: what parts that are not read may be about. */
  readonly said: ReadonlySet<string>;
  /** True where `$1` is the first column, as in Snowflake; elsewhere it is a parameter. */
  readonly dollarIsColumn: boolean;
}

/**
 * Which columns of the tables asked for a statement uses anywhere: a column missing here is not named, and reaches no star that matters.
 * Where that cannot be said for certain the columns are undefined. A table that the statement does not name is absent.
 */
export function readStatement({ trees, words, said, dollarIsColumn }: ParsedStatement, tables: readonly AskedTable[]): readonly TableReading[] {
  const uses = new Map<AskedTable, TableUse>();
  let problem: string | undefined;
  const use: StatementUse = {
    dollarIsColumn,
    problem: (what) => {
      problem ??= what;
    },
    isNamedIn: (text) => tables.some((table) => mentions(plainWords(text), table)),
    tableNamed: (path) => {
      const named = tables.filter((table) => table.names.some((name) => endsAlike(name, path)));
      const sources = named.map((table) => {
        const known = uses.get(table) ?? new TableUse(table);
        uses.set(table, known);
        return known.source();
      });
      const [only = opaque, another] = sources;
      return another === undefined ? only : together(sources);
    },
  };
  for (const tree of trees) readTree(use, tree);
  const lost = lostWord(trees, words);
  const named = tables.filter((table) => uses.has(table) || (problem !== undefined && mentions(said, table)) || lost.isLost(lastParts(table)));
  return named.map((table) => answer(table, { use: uses.get(table), problem, lost }));
}

interface Gathered {
  readonly use: TableUse | undefined;
  readonly problem: string | undefined;
  readonly lost: Lost;
}

function answer(table: AskedTable, { use, problem, lost }: Gathered): TableReading {
  const rest = (table.columns ?? []).filter((column) => use?.columns.has(column) !== true);
  const missed = lost.isLost([...rest, '*', ...lastParts(table)]) ? 'a part that the parser left out of its tree' : undefined;
  const why = problem ?? use?.unknown ?? missed ?? (use === undefined ? 'a name that is not read' : undefined);
  if (why !== undefined) return { table: table.id, columns: undefined, why: `the statement holds ${why}` };
  const columns = table.columns === undefined ? [...(use?.columns.keys() ?? [])] : table.columns.filter((column) => use?.columns.has(column));
  return { table: table.id, columns };
}

/** The names of a statement that could not be parsed still say which tables it is about. */
export function unreadable(said: ReadonlySet<string>, tables: readonly AskedTable[], why: string): readonly TableReading[] {
  return tables.filter((table) => mentions(said, table)).map((table) => ({ table: table.id, columns: undefined, why }));
}

/** True where words hold those of a table's name, without the parts before it. */
export function mentions(said: ReadonlySet<string>, table: AskedTable): boolean {
  return lastParts(table).some((name) => name.split(WORD_ENDS).every((word) => said.has(fold(word))));
}

/** Every word of a text, folded, also those in strings and comments. */
export function plainWords(text: string): ReadonlySet<string> {
  return new Set(fold(text).split(WORD_ENDS));
}

const WORD_ENDS = /[^\p{L}\p{N}_$@#]+/u;

function lastParts({ names }: AskedTable): readonly string[] {
  return names.flatMap((name) => name.slice(-1));
}

/** `shop.orders` is `warehouse.shop.orders`, and `orders` is either. */
function endsAlike(name: readonly string[], path: readonly string[]): boolean {
  const length = Math.min(name.length, path.length);
  const [one, other] = [name.slice(-length), path.slice(-length)];
  return length > 0 && one.every((part, index) => fold(part) === fold(other[index] ?? ''));
}

/** A name that may be any of several tables. */
function together(sources: readonly Source[]): Source {
  return {
    use: (name) => {
      const found = sources.map((source) => source.use(name));
      return found.every((one) => one === true) ? true : found.every((one) => one === false) ? false : undefined;
    },
    useAll: () => sources.forEach((source) => source.useAll()),
    names: () => undefined,
    blur: (why) => sources.forEach((source) => source.blur(why)),
  };
}

function readTree(use: StatementUse, tree: JsonValue): void {
  const node = nodeOf(tree);
  if (node === undefined) return use.problem('a statement of another shape');
  if (isQuery(node)) return readQuery(use, node, undefined).useAll();
  const made = madeFrom(node);
  if (made === undefined) return use.problem(`a statement of the kind ${node.kind}`);
  const scope = scopeIn(undefined);
  for (const query of made) {
    const inner = nodeOf(query);
    if (inner !== undefined && isQuery(inner)) readQuery(use, inner, scope).useAll();
    else readExpression(use, query, scope);
  }
}

/** The queries whose rows a statement writes elsewhere; undefined for any other statement. */
function madeFrom({ kind, parts }: SyntaxNode): readonly JsonValue[] | undefined {
  if (kind === 'insert')
    return hasOnly(parts, ['returning', 'on_conflict', 'output']) ? [parts.query ? withCtesOf(parts, parts.query) : (parts.values ?? [])] : undefined;
  if (kind === 'create_view' && parts.query) return [parts.query];
  if (kind === 'create_table' && parts.as_select) return [parts.as_select];
  return undefined;
}

function hasOnly(parts: JsonObject, none: readonly string[]): boolean {
  return none.every((key) => parts[key] === null || parts[key] === undefined || (Array.isArray(parts[key]) && parts[key].length === 0));
}

/** `WITH ... INSERT` has its CTEs beside its query. */
function withCtesOf(parts: JsonObject, query: JsonValue): JsonValue {
  return isObject(parts.with) ? { subquery: { this: query, with: parts.with } } : query;
}
