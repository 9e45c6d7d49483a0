/** Text from documents in GitHub's and GitLab's Markdown: it formats nothing, links nothing, calls nobody and stays in its cell. */

/** The most characters of one text from a document. */
const MOST = 300;

/** Text among our words. */
export function prose(text: string): string {
  // A character without width keeps a mention, an issue and a web address from being one.
  return escaped(text, (character) => (character === '@' || character === '#' ? `${entity(character)}&#8203;` : entity(character)));
}

/** A name, set as code: there mentions and issues mean nothing. A fence of backticks could not hold a `|` in a table. */
export function code(text: string): string {
  return `<code>${escaped(text, entity)}</code>`;
}

/** Lines as they are, in a block of code. */
export function block(language: string, text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  const lines = text.toWellFormed().split('\n').map((line) => line.replaceAll(HIDDEN, '\uFFFD'));
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

function escaped(text: string, replace: (character: string) => string): string {
  return shorten(text.toWellFormed()).replaceAll(/\s+/gu, ' ').replaceAll(HIDDEN, '\uFFFD').replaceAll(SPECIAL, replace);
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
