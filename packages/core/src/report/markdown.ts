/** Text from documents in GitHub's and GitLab's Markdown: it formats nothing, links nothing, calls nobody and stays in its cell. */

/** The most characters of one text from a document. */
const MOST = 300;

/** Text among our words; what it sets between backticks, and the first time it says one of `names`, is set as code. */
export function prose(text: string, names: readonly string[] = []): string {
  const parts = shorten(text).split('`');
  // A last backtick without a partner is one of the text's own.
  const [closed, open] = parts.length % 2 === 1 ? [parts, []] : [parts.slice(0, -1), parts.slice(-1)];
  const told = closed.map((part, index) => (index % 2 === 1 ? code(part) : plain(part, names))).join('');
  return `${told}${open.map((part) => plain(`\`${part}`, names)).join('')}`;
}

function plain(text: string, names: readonly string[]): string {
  const [name, ...others] = names;
  const at = name === undefined || name === '' ? -1 : text.indexOf(name);
  if (name === undefined || at < 0) return others.length > 0 ? plain(text, others) : escaped(text);
  return `${plain(text.slice(0, at), others)}${code(name)}${plain(text.slice(at + name.length), others)}`;
}

/** A path as code, a sentence as prose. */
export function evidenceText(text: string): string {
  return /\s/.test(text) ? prose(text) : code(text);
}

/** A name, set as code: there mentions and issues mean nothing. A fence of backticks could not hold a `|` in a table. */
export function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

/** Lines as they are, in a block of code. */
export function block(language: string, text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  const lines = text
    .toWellFormed()
    .split('\n')
    .map((line) => line.replaceAll(HIDDEN, '\uFFFD'));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

/** A part that is shut until somebody opens it. The summary is our words and escaped text. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function shorten(text: string, most = MOST): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Controls, and characters that turn or hide what stands beside them. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What Markdown, HTML or a link could begin with; an underscore inside a word begins nothing. */
const SPECIAL = /[&<>|`*[\]\\~!@#$^"{}]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?=\/)|(?<=www)\./giu;

function escaped(text: string): string {
  return escapeMarkdown(shorten(text.toWellFormed()));
}

/** Text on one line, every character of markup as itself. */
export function escapeMarkdown(text: string): string {
  return text.toWellFormed().replaceAll(/\s+/gu, ' ').replaceAll(HIDDEN, '\uFFFD').replaceAll(SPECIAL, entity);
}

/** Addresses, mentions and issues are looked for once entities are read: a character without width keeps them from being any. */
function entity(character: string): string {
  return `&#${character.charCodeAt(0)};${character === '@' || character === '#' ? '&#8203;' : ''}`;
}
