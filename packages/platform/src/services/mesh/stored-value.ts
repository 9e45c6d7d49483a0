import type { JsonObject } from '@hanse/core/document/document.ts';

/**
 * A document's body as apply wrote it: `value` is what the mesh reasons about, `text` the file as it stood.
 * Bodies come only from our own writes, and the store verifies their hashes, so their shape is trusted here and nowhere else.
 */
export function storedValue<Value>(document: { readonly body: JsonObject }): Value {
  return document.body.value as Value;
}

/** A value of ours as a document's body. */
export function bodyOf(value: unknown): JsonObject {
  return { value: JSON.parse(JSON.stringify(value)) as JsonObject };
}
