import type { Predicate } from './restriction.ts';

/** The same predicate over other names of its columns. */
export function mapPredicate<A, B>(predicate: Predicate<A>, rename: (column: A) => B): Predicate<B> {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return { kind: predicate.kind, of: predicate.of.map((part) => mapPredicate(part, rename)) };
    case 'not':
      return { kind: 'not', of: mapPredicate(predicate.of, rename) };
    default:
      return { ...predicate, column: rename(predicate.column) };
  }
}
