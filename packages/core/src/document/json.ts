import type { JsonObject, JsonValue } from './document.ts';

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping under a key, empty where there is none: for documents that their schema has already accepted. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function textsOf(value: JsonValue | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}

/** `{key: value}`, or nothing where the value is absent: for optional keys. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V };
export function optional(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}
