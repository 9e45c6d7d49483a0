import { quoteText } from '@hanse/core/sql/quote.ts';

/** Texts as a SQL list of literals. */
export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]`;
}
