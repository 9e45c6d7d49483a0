import { duckdbType } from '../sql/duckdb-type.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column } from '../table/column.ts';
import { type ColumnPath, columnPaths, pathEnd } from './column-path.ts';
import { literalText } from './literal.ts';
import type { Literal, Predicate } from './restriction.ts';

/** A bound row predicate as SQL, with SQL's own three-valued logic. Throws where it was not bound to these columns. */
export function compilePredicate(columns: readonly Column[], predicate: Predicate<number>): string {
  const paths = new Map(columnPaths(columns).map((path) => [pathEnd(path).id, path]));
  return compile(paths, predicate);
}

type Paths = ReadonlyMap<number, ColumnPath>;

function compile(paths: Paths, predicate: Predicate<number>): string {
  switch (predicate.kind) {
    case 'and':
      return joined(paths, predicate.of, ' AND ', 'TRUE');
    case 'or':
      return joined(paths, predicate.of, ' OR ', 'FALSE');
    case 'not':
      return `(NOT ${compile(paths, predicate.of)})`;
    case 'is-null':
      return `(${value(pathTo(paths, predicate.column))} IS NULL)`;
    case 'starts-with':
      return `starts_with(${value(pathTo(paths, predicate.column))}, ${quoteText(predicate.value)})`;
    case 'compare': {
      const path = pathTo(paths, predicate.column);
      return `(${value(path)} ${predicate.operator} ${literal(path, predicate.value)})`;
    }
    case 'in': {
      const path = pathTo(paths, predicate.column);
      const values = predicate.values.map((item) => literal(path, item));
      return values.length === 0 ? 'FALSE' : `(${value(path)} IN (${values.join(', ')}))`;
    }
    default:
      return predicate satisfies never;
  }
}

function joined(paths: Paths, of: readonly Predicate<number>[], operator: string, empty: string): string {
  return of.length === 0 ? empty : `(${of.map((part) => compile(paths, part)).join(operator)})`;
}

function pathTo(paths: Paths, id: number): ColumnPath {
  const path = paths.get(id);
  if (path === undefined) throw new Error(`restriction not bound: no column ${id}`);
  return path;
}

function value([column, ...fields]: ColumnPath): string {
  return fields.reduce((outer, field) => `struct_extract(${outer}, ${quoteText(field.name)})`, quoteName(column.name));
}

function literal(path: ColumnPath, written: Literal): string {
  const { type } = pathEnd(path);
  const text = literalText(type, written);
  if (text === undefined) throw new Error(`restriction not bound: a literal does not fit column ${pathEnd(path).id}`);
  return `CAST(${quoteText(text)} AS ${duckdbType(type)})`;
}
