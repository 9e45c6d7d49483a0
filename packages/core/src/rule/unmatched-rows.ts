import { formatType } from '../table/wanted-type.ts';
import { type Dialect, type Field, isNumeric, type Value } from './dialect.ts';
import { formatPath, type Path } from './rule.ts';
import { valueAt } from './violation.ts';

interface Side {
  readonly columns: readonly Path[];
  readonly fields: readonly Field[];
  /** Said before what is wrong with it. */
  readonly name?: string;
}

export interface Pair {
  readonly own: Value;
  readonly theirs: Value;
}

/** The columns of two tables that must be equal, one by one. Types that compare only by a cast, which may fail or round, are an error. */
export function matchPairs(own: Side, theirs: Side, dialect: Dialect): { readonly pairs: readonly Pair[] } | { readonly error: string } {
  const pairs: Pair[] = [];
  for (const [index, path] of own.columns.entries()) {
    const [one, other] = [valueAt(path, own.fields, dialect), valueAt(theirs.columns[index] ?? [], theirs.fields, dialect)];
    if ('error' in one) return one;
    if ('error' in other) return { error: `${theirs.name === undefined ? '' : `${theirs.name}: `}${other.error}` };
    if (family(one) !== family(other)) return { error: `${formatPath(path)} is ${formatType(one.type)}, and its counterpart ${formatType(other.type)}` };
    pairs.push({ own: one, theirs: other });
  }
  return { pairs };
}

function family({ type }: Value): string {
  return isNumeric(type) ? 'number' : type.kind;
}

/** What follows SELECT to read the rows of one table, of those `asked`, that have no counterpart in another. A row with a null has none to have. */
export function unmatchedRows(
  own: string,
  other: string,
  pairs: readonly Pair[],
  { asked, dialect }: { readonly asked: string; readonly dialect: Dialect },
): string {
  const keys = pairs.map(({ theirs }, index) => `${theirs.sql} AS o${index}`).join(', ');
  const equal = pairs.map((pair, index) => `theirs.o${index} = ${qualified(pair.own, dialect)}`).join(' AND ');
  const present = pairs.map((pair) => dialect.isPresent(pair.own)).join(' AND ');
  const theirs = `(SELECT ${keys} FROM ${other}) AS theirs`;
  if (dialect.name === 'PostgreSQL')
    return `FROM (SELECT * FROM ${own}) AS ours WHERE ${present} AND ${asked} AND NOT EXISTS (SELECT FROM ${theirs} WHERE ${equal})`;
  return `FROM ${own} AS ours ANTI JOIN ${theirs} ON ${equal} WHERE ${present} AND ${asked}`;
}

/** The other side's columns are called `o0`, `o1`, ...; a column of ours may be too. */
function qualified({ sql }: Value, { name }: Dialect): string {
  return name === 'PostgreSQL' ? sql.replace(/^(\(*)"/, '$1ours."') : `ours.${sql}`;
}
