import { duckdb } from '../rule/duckdb-dialect.ts';
import type { Scalar } from '../rule/rule.ts';
import { quoteText } from '../sql/quote.ts';
import type { ColumnType } from '../table/column.ts';
import type { WantedType } from '../table/wanted-type.ts';
import { steps } from './number-space.ts';
import { scalesOf } from './scales.ts';
import { listed, type Space } from './space.ts';
import { textSpace } from './text-space.ts';
import type { ValueWish } from './wishes.ts';

export type LeafType = Exclude<WantedType, { readonly kind: 'list' | 'map' | 'struct' }>;

/** The values of a type that holds no others, or why there is none. `distinct`: how many different ones are wanted. */
export function leafSpace(type: LeafType, wish: ValueWish, distinct: bigint | undefined): Space | string {
  const lists = wish.tests.flatMap((test) => (test.kind === 'enum' ? [test.values] : []));
  const [first, ...others] = lists;
  if (first !== undefined) return listedSpace(type, { values: first, others, excluded: wish.excluded });
  const space = freeSpace(type, wish, distinct);
  if (space === undefined) return 'no value that keeps it could be made';
  return wish.excluded.some((value) => space.holds(value)) ? 'a value that it excludes lies among those that are made' : space;
}

function freeSpace(type: LeafType, wish: ValueWish, distinct: bigint | undefined): Space | undefined {
  const text = () => textSpace(wish.tests, { excluded: wish.excluded, ...(distinct !== undefined && { distinct }) });
  switch (type.kind) {
    case 'boolean':
      return listed([true, false].map((value) => ({ value, sql: String(value) })));
    case 'string':
      return text();
    case 'uuid':
      return textSpace([{ kind: 'format', format: 'uuid' }], { excluded: [], distinct: distinct ?? 1n });
    case 'binary': {
      const space = text();
      return space && { ...space, at: (number) => `encode(${space.at(number)})` };
    }
    default: {
      const wanted = distinct ?? 1n;
      const spaces = scalesOf(type).flatMap((scale) => steps(scale, wish.tests, wanted) ?? []);
      return spaces.find(({ size }) => size >= (wanted > 2n ? wanted : 2n)) ?? spaces.at(-1);
    }
  }
}

interface Lists {
  readonly values: readonly Scalar[];
  readonly others: readonly (readonly Scalar[])[];
  readonly excluded: readonly Scalar[];
}

function listedSpace(type: LeafType, { values, others, excluded }: Lists): Space | string {
  const has = (list: readonly Scalar[], value: Scalar) => list.some((one) => String(one) === String(value));
  const kept = values.filter((value, index) => {
    const isFirst = values.findIndex((one) => String(one) === String(value)) === index;
    return isFirst && others.every((list) => has(list, value)) && !has(excluded, value);
  });
  const literals = kept.flatMap((value) => {
    const compiled = type.kind === 'binary' ? { sql: `encode(${quoteText(String(value))})` } : duckdb.literal(value, type satisfies ColumnType);
    return 'sql' in compiled ? [{ value, sql: compiled.sql }] : [];
  });
  return literals.length === 0 ? 'none of the values that it lists is left' : listed(literals);
}
