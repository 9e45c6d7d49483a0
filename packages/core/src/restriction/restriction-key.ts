import { canonicalJson } from '../document/document.ts';
import type { Predicate, Restriction } from './restriction.ts';

/** One text for restrictions that mean the same: the order of columns, of parts of and/or, of listed values does not matter. */
export function restrictionKey(restriction: Restriction): string {
  const columns = restriction.columns.toSorted((a, b) => a.column - b.column);
  const rows = restriction.rows === undefined ? null : normalisePredicate(restriction.rows);
  return canonicalJson({ columns: columns.map(({ column, action }) => ({ column, action: { ...action } })), rows });
}

/** Flattens and/or, orders and dedupes their parts, undoes double negation. Truth, falsehood and unknown stay what they are. */
export function normalisePredicate(predicate: Predicate<number>): Predicate<number> {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return normaliseGroup(predicate.kind, predicate.of);
    case 'not': {
      const inner = normalisePredicate(predicate.of);
      return inner.kind === 'not' ? inner.of : { kind: 'not', of: inner };
    }
    case 'in': {
      const values = [...new Map(predicate.values.map((value) => [canonicalJson(value), value]))].toSorted(byText).map(([, value]) => value);
      const [only] = values;
      return values.length === 1 && only !== undefined ? { kind: 'compare', column: predicate.column, operator: '=', value: only } : { ...predicate, values };
    }
    default:
      return predicate;
  }
}

function normaliseGroup(kind: 'and' | 'or', parts: readonly Predicate<number>[]): Predicate<number> {
  const flat = parts.map(normalisePredicate).flatMap((part) => (part.kind === kind ? part.of : [part]));
  const ordered = [...new Map(flat.map((part) => [canonicalJson(part), part]))].toSorted(byText).map(([, part]) => part);
  const [only] = ordered;
  return ordered.length === 1 && only !== undefined ? only : { kind, of: ordered };
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
