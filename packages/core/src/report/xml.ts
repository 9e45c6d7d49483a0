/** Text as a quoted attribute of XML 1.0. */
export function xmlAttribute(value: string): string {
  return `"${xmlText(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)}"`;
}

/** Characters that no XML 1.0 document can hold are shown as U+FFFD. */
export function xmlText(value: string): string {
  const legal = value.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
