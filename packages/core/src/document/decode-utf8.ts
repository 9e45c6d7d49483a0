/** Every runtime has it; core is compiled without the libraries that declare it. */
declare const TextDecoder: new (label: 'utf-8', options: { readonly fatal: boolean; readonly ignoreBOM: true }) => { decode(bytes: Uint8Array): string };

export type Decoded = { readonly text: string } | { readonly problem: string; readonly before: string };

/** Decodes UTF-8, keeping a byte order mark; otherwise says what the bytes are, with the text before the first bad one. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { problem: `it is ${wide}, not UTF-8`, before: '' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const lenient = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
    return { problem: 'it has bytes that are not UTF-8', before: lenient.slice(0, Math.max(0, lenient.indexOf('\uFFFD'))) };
  }
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) return 'UTF-32';
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  if ((a === 0 && b !== 0 && b !== undefined) || (b === 0 && a !== 0 && c !== undefined)) return 'UTF-16 without a byte order mark';
  return undefined;
}
