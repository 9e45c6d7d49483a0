import type { JsonValue } from '@hanse/core/document/document.ts';

/** Marks a number that JavaScript would write differently. No text holds it: statements with a NUL are refused. */
const mark = '\u0000#';

/** Parses the engine's JSON; numbers that would change on the way back are kept as marked text. */
export function parseLossless(text: string): JsonValue {
  return JSON.parse(text, (_key, value: JsonValue, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? `${mark}${context.source}` : value,
  );
}

/** The inverse of `parseLossless`. */
export function formatLossless(value: JsonValue): string {
  return JSON.stringify(value).replace(/"\\u0000#([^"]+)"/g, '$1');
}

/** The text of a number that `parseLossless` gave. */
export function numberText(value: JsonValue): string {
  return typeof value === 'string' ? value.slice(mark.length) : String(value);
}
