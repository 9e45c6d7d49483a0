/** A name as SQL writes it, whatever is in it. Throws for a name no statement can hold. */
export function quoteName(name: string): string {
  return showName(expressible(name));
}

/** A name quoted for people to read; it may hold what no statement can. */
export function showName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text as a SQL literal, whatever is in it. Throws for text that no statement can hold. */
export function quoteText(text: string): string {
  return `'${expressible(text).replaceAll("'", "''")}'`;
}

/** A statement ends at NUL, and half a character would silently become another: both would change its meaning. */
export function isExpressible(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function expressible(text: string): string {
  if (!isExpressible(text)) throw new Error('SQL cannot hold NUL or half a character');
  return text;
}
