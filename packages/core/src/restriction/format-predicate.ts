import { showName } from '../sql/quote.ts';
import type { Literal, Predicate } from './restriction.ts';

/** A predicate as `parsePredicate` reads it; what LIKE cannot say as a beginning is not expressible there. */
export function formatPredicate(predicate: Predicate<string>): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.of.map(grouped).join(` ${predicate.kind} `);
    case 'not':
      return `not ${grouped(predicate.of)}`;
    case 'compare':
      return `${formatColumn(predicate.column)} ${predicate.operator} ${formatLiteral(predicate.value)}`;
    case 'in':
      return `${formatColumn(predicate.column)} in (${predicate.values.map(formatLiteral).join(', ')})`;
    case 'starts-with':
      return `${formatColumn(predicate.column)} like ${formatLiteral(`${predicate.value}%`)}`;
    case 'is-null':
      return `${formatColumn(predicate.column)} is null`;
    default:
      return predicate satisfies never;
  }
}

function grouped(predicate: Predicate<string>): string {
  const text = formatPredicate(predicate);
  return predicate.kind === 'and' || predicate.kind === 'or' ? `(${text})` : text;
}

const PLAIN = /^(?!(?:and|or|not|in|is|null|like|true|false)$)[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*$/i;

function formatColumn(column: string): string {
  return PLAIN.test(column) ? column : showName(column);
}

function formatLiteral(value: Literal): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
