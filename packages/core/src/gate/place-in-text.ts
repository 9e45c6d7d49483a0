/** "line 2, column 5" of a byte offset in a text; lines and columns count from 1, columns in characters. */
export function placeInText(text: string, byteOffset: number): string {
  let bytes = 0;
  let line = 1;
  let column = 1;
  for (const character of text) {
    if (bytes >= byteOffset) break;
    bytes += utf8Length(character);
    column = character === '\n' ? 1 : column + 1;
    line += character === '\n' ? 1 : 0;
  }
  return `line ${line}, column ${column}`;
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
